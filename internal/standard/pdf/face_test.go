package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func be16(values ...int) []byte {
	var out []byte
	for _, v := range values {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	return out
}

// glyphs of the small font below.
const (
	box = iota
	stem
	dot
	composed // of stem and dot
	nested   // of composed
	small    = nested + 1
)

// small is a font that has what Go's own lacks: composed glyphs with each kind
// of arguments and scale, a character map by glyph numbers, long offsets.
func smallFont(change func(tables map[string][]byte)) []byte {
	simple := be16(1, 0, 0, 10, 10, 0)
	part := func(flags, glyph, arguments int) []byte {
		return append(be16(flags, glyph), make([]byte, arguments)...)
	}
	header := be16(-1&0xFFFF, 0, 0, 10, 10)
	glyf := [][]byte{
		simple, simple, simple,
		slices.Concat(header, part(wordArguments|moreFollow|oneScale, stem, 6), part(twoScales|moreFollow, dot, 6), part(fourScales, dot, 10)),
		slices.Concat(header, part(0, composed, 2)),
	}
	loca := []byte{}
	var outlines []byte
	for _, g := range glyf {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(outlines)))
		outlines = append(outlines, g...)
		for len(outlines)%4 != 0 {
			outlines = append(outlines, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(outlines)))
	head := make([]byte, 54)
	copy(head[18:], be16(1000))
	copy(head[50:], be16(1))
	hhea := make([]byte, 36)
	copy(hhea[34:], be16(1))
	// Two segments: "a" to "c" by a list of glyph numbers, "b" being missing;
	// then the end.
	cmap := slices.Concat(be16(0, 2, 1, 0, 0, 20, 0, 3, 0, 20)[:4], be16(1, 0, 0, 20), be16(3, 1, 0, 20))
	cmap = append(cmap, be16(4, 40, 0, 4, 0, 0, 0, 'c', 0xFFFF, 0, 'a', 0xFFFF, 0, 1, 4, 0, nested, 0, dot)...)
	tables := map[string][]byte{
		"head": head, "hhea": hhea, "maxp": be16(1, 0, small), "hmtx": be16(500, 0), "cmap": cmap, "loca": loca, "glyf": outlines,
	}
	if change != nil {
		change(tables)
	}
	var all []table
	for tag, content := range tables {
		all = append(all, table{tag, content})
	}
	slices.SortFunc(all, func(a, b table) int { return strings.Compare(a.tag, b.tag) })
	return assemble(all)
}

// TestComposedGlyphs: a subset carries the parts of its glyphs and the parts of
// those, and the outlines name them by their new numbers.
func TestComposedGlyphs(t *testing.T) {
	f, err := Parse("Small", smallFont(nil))
	if err != nil {
		t.Fatal(err)
	}
	if f.glyphs['a'] != nested || f.glyphs['c'] != dot || f.glyphs['b'] != 0 {
		t.Fatalf("characters: %v", f.glyphs)
	}
	s := f.subset(map[rune]bool{'a': true, 'z': true})
	if want := []uint16{box, nested, dot, composed, stem}; !slices.Equal(s.order, want) {
		t.Fatalf("glyphs %v, want %v", s.order, want)
	}
	z, err := zlib.NewReader(bytes.NewReader(s.program))
	if err != nil {
		t.Fatal(err)
	}
	program, err := io.ReadAll(z)
	if err != nil || len(program) != s.length {
		t.Fatalf("%d bytes, %v", len(program), err)
	}
	// The font that was written has no character map of its own; it gets one.
	parts := map[uint16][]uint16{}
	tables := tablesOf(program)
	for n := range s.order {
		from, to := u32(tables["loca"], 4*n), u32(tables["loca"], 4*n+4)
		components(tables["glyf"][from:to], func(part uint16, _ int) { parts[uint16(n)] = append(parts[uint16(n)], part) })
	}
	if !slices.Equal(parts[1], []uint16{3}) || !slices.Equal(parts[3], []uint16{4, 2, 2}) || len(parts) != 2 {
		t.Errorf("parts %v", parts)
	}
}

func tablesOf(font []byte) map[string][]byte {
	tables := map[string][]byte{}
	for i := range int(u16(font, 4)) {
		entry := font[12+16*i:]
		tables[string(entry[:4])] = font[u32(entry, 8) : u32(entry, 8)+u32(entry, 12)]
	}
	return tables
}

// TestParseRefusesBrokenFonts: what a document would trip over later is refused
// when the font is read.
func TestParseRefusesBrokenFonts(t *testing.T) {
	for what, change := range map[string]func(map[string][]byte){
		"a table is missing":               func(f map[string][]byte) { delete(f, "hhea") },
		"no units":                         func(f map[string][]byte) { copy(f["head"][18:], be16(0)) },
		"a character map of another kind":  func(f map[string][]byte) { copy(f["cmap"][20:], be16(12)) },
		"no character":                     func(f map[string][]byte) { copy(f["cmap"][20+32:], be16(0, 0, 0)) },
		"an outline behind the end":        func(f map[string][]byte) { copy(f["loca"][4*small:], be16(0x7FFF, 0)) },
		"outlines out of order":            func(f map[string][]byte) { copy(f["loca"][4:], be16(0, 0xFFF0)) },
		"a part that is no glyph":          func(f map[string][]byte) { g := f["glyf"]; copy(g[len(g)-4:], be16(99)) },
		"parts without end":                func(f map[string][]byte) { g := f["glyf"]; copy(g[len(g)-6:], be16(moreFollow)) },
		"fewer offsets than glyphs":        func(f map[string][]byte) { f["loca"] = f["loca"][:8] },
		"a character map that is cut":      func(f map[string][]byte) { f["cmap"] = f["cmap"][:30] },
		"a horizontal table that is empty": func(f map[string][]byte) { f["hmtx"] = []byte{0} },
	} {
		if _, err := Parse("Small", smallFont(change)); !errors.Is(err, ErrFace) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(smallFont(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, font []byte) {
		face, err := Parse("F", font)
		if err != nil {
			return
		}
		d := New(Info{}, face)
		d.AddPage()
		d.Type(0, 10, Colour{})
		d.Text(1, 1, "abc")
		if len(d.Bytes()) == 0 {
			t.Fatal("nothing was written")
		}
	})
}

var stream = regexp.MustCompile(`(?s)/Length (\d+)>>\nstream\n`)

// contents are the unpacked streams of a file.
func contents(t *testing.T, file []byte) []string {
	t.Helper()
	var out []string
	for _, at := range stream.FindAllSubmatchIndex(file, -1) {
		length, err := strconv.Atoi(string(file[at[2]:at[3]]))
		if err != nil {
			t.Fatal(err)
		}
		z, err := zlib.NewReader(bytes.NewReader(file[at[1] : at[1]+length]))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

// TestPagesHoldWhatIsDrawnOnThem reads the operators back, page by page.
func TestPagesHoldWhatIsDrawnOnThem(t *testing.T) {
	d := New(Info{}, face(t), face(t)) // the second is never used
	d.Type(0, 10, Colour{})
	for range 2 {
		d.AddPage()
	}
	d.Fill(0, 0, 25.4, 25.4, Colour{R: 255})
	d.Text(25.4, 297-25.4, "a\tb")
	d.Turn(1)
	d.Frame(0, 25.4, 25.4, 25.4, 25.4/72, Colour{B: 51})
	d.Slanted(25.4, 297-25.4, 90, "c")
	d.Line(-0.0001, 297, 25.4, 297, 25.4/72, Colour{})
	if d.Pages() != 2 {
		t.Fatalf("%d pages", d.Pages())
	}
	file := d.Bytes()
	all := contents(t, file)
	pages := all[len(all)-2:]
	for n, want := range [][]string{
		{"0 0 0.2 RG 1 w 0 697.89 72 72 re S\n", "BT 0 0 0 rg /F1 10 Tf 0 1 -1 0 72 72 Tm <", "0 0 0 RG 1 w 0 0 m 72 0 l S\n"},
		{"1 0 0 rg 0 769.89 72 72 re f\n", "BT 0 0 0 rg /F1 10 Tf 1 0 0 1 72 72 Tm <"},
	} {
		for _, operators := range want {
			if !strings.Contains(pages[n], operators) {
				t.Errorf("page %d lacks %q:\n%s", n+1, operators, pages[n])
			}
		}
	}
	if bytes.Contains(file, []byte("/F2 ")) {
		t.Error("a face that no text uses is embedded")
	}
}
