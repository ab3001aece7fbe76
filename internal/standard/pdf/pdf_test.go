package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/goregular"
)

func face(t testing.TB) *Face {
	f, err := Parse("GoRegular", goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func drawn(f *Face, text string) []byte {
	d := New(Info{Title: "T", Language: "en", At: time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)}, f)
	d.AddPage()
	d.Type(0, 10, Colour{})
	d.Text(20, 20, text)
	d.Text(20, 30, "")
	d.Line(0, 0, 10, 10, 0.2, Colour{R: 255})
	d.Fills([][4]float64{{1, 1, 2, 2}, {5, 5, 1, 1}}, Colour{})
	return d.Bytes()
}

func TestEqualCallsGiveEqualBytes(t *testing.T) {
	f := face(t)
	first := drawn(f, "Größe → 3 × 18 mm")
	for i := range 2 * mostSubsets { // whatever was made before
		drawn(f, string(rune(0x100+i)))
	}
	if again := drawn(f, "Größe → 3 × 18 mm"); !bytes.Equal(first, again) {
		t.Error("another file")
	}
	if fresh := drawn(face(t), "Größe → 3 × 18 mm"); !bytes.Equal(first, fresh) {
		t.Error("a fresh face makes another file")
	}
	if bytes.Equal(first, drawn(f, "Größe → 3 × 19 mm")) {
		t.Error("other text, same file")
	}
}

// TestThePlacesOfObjects reads the table of places back.
func TestThePlacesOfObjects(t *testing.T) {
	out := drawn(face(t), "abc")
	table := out[bytes.LastIndex(out, []byte("xref\n0 ")):]
	rows := strings.Split(string(table), "\n")
	for id, row := range rows[3:] {
		if !strings.HasSuffix(row, " 00000 n ") {
			break
		}
		var place int
		if _, err := fmt.Sscanf(row, "%d", &place); err != nil || !bytes.HasPrefix(out[place:], fmt.Appendf(nil, "%d 0 obj\n", id+1)) {
			t.Errorf("object %d is not at %d", id+1, place)
		}
	}
}

func TestWrap(t *testing.T) {
	d := New(Info{}, face(t))
	d.Type(0, 10, Colour{})
	for _, text := range []string{"", "one", "one two three four five six seven eight", strings.Repeat("x", 200), "a " + strings.Repeat("y", 90) + " b"} {
		rows := d.Wrap(text, 30)
		if got, want := strings.Join(rows, ""), strings.ReplaceAll(text, " ", ""); strings.ReplaceAll(got, " ", "") != want {
			t.Errorf("%q became %q", text, rows)
		}
		for _, row := range rows {
			if d.Width(row) > 30 {
				t.Errorf("%q is %f wide", row, d.Width(row))
			}
		}
	}
}

func TestParseRefusesOtherThings(t *testing.T) {
	for _, font := range [][]byte{nil, []byte("x"), goregular.TTF[:2000], bytes.Repeat([]byte{0xff}, 500)} {
		if _, err := Parse("x", font); !errors.Is(err, ErrFace) {
			t.Errorf("%d bytes: %v", len(font), err)
		}
	}
}
