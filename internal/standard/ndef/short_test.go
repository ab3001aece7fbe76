package ndef_test

import (
	"errors"
	"testing"

	"trueward/internal/standard/ndef"
)

// TestBlocksCutByOneByte: a block whose last byte is missing is truncated, also
// where more memory lies behind the slice.
func TestBlocksCutByOneByte(t *testing.T) {
	whole, err := ndef.AppendType2(nil, []byte{0xD1, 0x01, 0x02, 'U', 0x04, 'a'})
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < len(whole); cut++ {
		if _, err := ndef.Type2Message(whole[:len(whole)-cut]); err == nil && cut > 2 {
			t.Errorf("cut by %d bytes it is still a message", cut)
		}
	}
	memory := []byte{0x03, 0x04, 0xD1, 0x01, 0x00, 'U'}
	if m, err := ndef.Type2Message(memory[:5]); !truncated(err) || m != nil {
		t.Errorf("a message of 3 bytes of 4: %v", err)
	}
	if m, err := ndef.Type2Message(memory); err != nil || len(m) != 4 {
		t.Errorf("a message of 4 bytes of 4: %d, %v", len(m), err)
	}
}

func truncated(err error) bool {
	var e *ndef.Error
	return errors.As(err, &e) && e.Code == ndef.CodeTruncated
}
