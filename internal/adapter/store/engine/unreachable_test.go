package engine_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"trueward/internal/adapter/store/engine"
)

func TestIsUnreachable(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nothing":            {nil, false},
		"reset":              {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		"a dead connection":  {driver.ErrBadConn, true},
		"cut in the middle":  {fmt.Errorf("reading: %w", io.ErrUnexpectedEOF), true},
		"server stopped":     {&pgconn.PgError{Code: "57P01"}, true},
		"connection failure": {&pgconn.PgError{Code: "08006"}, true},
		"a unique violation": {&pgconn.PgError{Code: "23505"}, false},
		"anything else":      {errors.New("no such column"), false},
	} {
		if got := engine.IsUnreachable(c.err); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
