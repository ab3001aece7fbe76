package ntag21x_test

import (
	"errors"
	"strings"
	"testing"

	"trueward/internal/standard/ntag21x"
)

func TestVersionRefusal(t *testing.T) {
	for _, bad := range [][]byte{nil, {0}, {1, 4, 4, 2, 1, 0, 0x11, 3}, make([]byte, 9)} {
		if _, err := ntag21x.ParseVersion(bad); !errors.Is(err, ntag21x.ErrVersion) || !strings.Contains(err.Error(), "GET_VERSION") {
			t.Errorf("%X: %v", bad, err)
		}
	}
}
