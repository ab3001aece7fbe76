package pdf

import (
	"encoding/binary"
	"errors"
	"sync"
)

// ErrFace means that bytes are no TrueType font that this package can embed.
var ErrFace = errors.New("pdf: not a TrueType font with glyph outlines")

// Face is a parsed TrueType font. It is safe for use by many documents at once.
type Face struct {
	name    string // PostScript name, without blanks
	tables  map[string][]byte
	glyphs  map[rune]uint16
	width   []uint16 // by glyph, in units
	loca    []uint32
	perEm   int
	ascent  int
	descent int
	box     [4]int

	mu      sync.Mutex
	subsets map[string]*subset // by their characters
}

// Parse reads a TrueType font (Apple TrueType Reference Manual; OpenType 1.9
// with glyf outlines) under the name that documents give it. It fails with
// ErrFace.
func Parse(name string, font []byte) (f *Face, err error) {
	defer func() {
		if recover() != nil { // a table shorter than it says
			f, err = nil, ErrFace
		}
	}()
	font = font[:len(font):len(font)] // so that a table that goes on behind it is noticed
	f = &Face{name: name, tables: map[string][]byte{}, glyphs: map[rune]uint16{}, subsets: map[string]*subset{}}
	for i := range int(u16(font, 4)) {
		entry := font[12+16*i:]
		offset, length := u32(entry, 8), u32(entry, 12)
		f.tables[string(entry[:4])] = font[offset : offset+length]
	}
	for _, needed := range []string{"head", "hhea", "maxp", "hmtx", "cmap", "loca", "glyf"} {
		if f.tables[needed] == nil {
			return nil, ErrFace
		}
	}
	f.metrics()
	if !f.characters() || f.perEm == 0 {
		return nil, ErrFace
	}
	f.outlines()
	return f, nil
}

// outlines looks at each outline once, and panics as everything here does when
// it or a part of it is not there: documents that are written later trust them.
func (f *Face) outlines() {
	for g := range f.width {
		components(f.outline(uint16(g)), func(part uint16, _ int) { _ = f.width[part] })
	}
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
func i16(b []byte, at int) int    { return int(int16(u16(b, at))) }
func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }

func (f *Face) metrics() {
	head, hhea := f.tables["head"], f.tables["hhea"]
	f.perEm = int(u16(head, 18))
	for i := range f.box {
		f.box[i] = i16(head, 36+2*i)
	}
	f.ascent, f.descent = i16(hhea, 4), i16(hhea, 6)
	count, measured := int(u16(f.tables["maxp"], 4)), int(u16(hhea, 34))
	f.width = make([]uint16, count)
	for g := range count {
		f.width[g] = u16(f.tables["hmtx"], 4*min(g, measured-1))
	}
	f.loca = make([]uint32, count+1)
	for g := range f.loca {
		if u16(head, 50) == 0 {
			f.loca[g] = 2 * uint32(u16(f.tables["loca"], 2*g))
		} else {
			f.loca[g] = u32(f.tables["loca"], 4*g)
		}
	}
}

// characters reads the Unicode character map of format 4.
func (f *Face) characters() bool {
	cmap := f.tables["cmap"]
	for i := range int(u16(cmap, 2)) {
		record := cmap[4+8*i:]
		platform, encoding := u16(record, 0), u16(record, 2)
		table := cmap[u32(record, 4):]
		if u16(table, 0) == 4 && (platform == 0 || platform == 3 && encoding == 1) {
			f.segments(table)
			return len(f.glyphs) > 0
		}
	}
	return false
}

func (f *Face) segments(table []byte) {
	n := int(u16(table, 6)) / 2
	ends, starts, deltas, offsets := 14, 16+2*n, 16+4*n, 16+6*n
	next := 0 // segments rise; one that does not adds nothing
	for s := range n {
		first, last := max(next, int(u16(table, starts+2*s))), int(u16(table, ends+2*s))
		next = max(next, last+1)
		delta, offset := u16(table, deltas+2*s), int(u16(table, offsets+2*s))
		for c := first; c <= last && c < 0xFFFF; c++ {
			glyph := uint16(c) + delta
			if offset != 0 {
				if glyph = u16(table, offsets+2*s+offset+2*(c-int(u16(table, starts+2*s)))); glyph != 0 {
					glyph += delta
				}
			}
			if glyph != 0 && int(glyph) < len(f.width) {
				f.glyphs[rune(c)] = glyph
			}
		}
	}
}

// Width is how wide a text is at size one.
func (f *Face) Width(text string) float64 {
	total := 0
	for _, r := range text {
		total += int(f.width[f.glyphs[r]])
	}
	return float64(total) / float64(f.perEm)
}

// outline is a glyph's bytes; nothing for a blank.
func (f *Face) outline(glyph uint16) []byte {
	return f.tables["glyf"][f.loca[glyph]:f.loca[glyph+1]]
}
