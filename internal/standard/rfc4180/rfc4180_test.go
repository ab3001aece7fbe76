package rfc4180_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"trueward/internal/standard/rfc4180"
)

func TestRowsAreReadBack(t *testing.T) {
	rows := [][]string{{"a", "b"}, {"1,5", `say "so"`}, {" blank", "two\nlines"}, {"", "ä;ö"}}
	var out bytes.Buffer
	w := rfc4180.New(&out)
	for _, row := range rows {
		for _, field := range row {
			w.Field(field)
		}
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "\r\n") || strings.Count(out.String(), "\r\n") != len(rows) {
		t.Errorf("rows end otherwise than by CRLF: %q", out.String())
	}
	got, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(got) != len(rows) {
		t.Fatalf("read back %d rows (%v)", len(got), err)
	}
	for i, row := range rows {
		for k, field := range row {
			if got[i][k] != field {
				t.Errorf("row %d, field %d: %q became %q", i, k, field, got[i][k])
			}
		}
	}
}

func TestFormulasAreHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+49": "'+49", "-2": "'-2", "@sum": "'@sum", "  =x": "'  =x", "\u00a0=x": "'\u00a0=x", "＝x": "'＝x", "\tx": "'\tx",
		"\x00=x": "'=x", "plain": "plain", "a=b": "a=b", "": "",
	} {
		if got := rfc4180.Harmless(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestAFailedWriteIsTold(t *testing.T) {
	w := rfc4180.New(broken{})
	w.Text("a")
	if err := errors.Join(w.End(), w.Flush()); err == nil {
		t.Error("a failed write is not told")
	}
}
