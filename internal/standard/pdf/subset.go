package pdf

import (
	"encoding/binary"
	"slices"
)

// subset is the part of a face that a document uses. Glyphs are numbered anew
// in the order of their characters, behind the empty box.
type subset struct {
	face    *Face
	runes   map[rune]uint16 // new numbers
	order   []uint16        // the face's glyphs, by new number
	chars   []rune          // by new number; zero for parts of others
	program []byte          // the font, compressed
	length  int             // of the font before that
	unicode []byte          // the way back to characters, compressed
}

// mostSubsets bounds how many subsets of a face are remembered.
const mostSubsets = 64

// subset returns the part of a face for the characters used. ASCII is always
// part of it: most documents then share one subset, which is made once.
func (f *Face) subset(used map[rune]bool) *subset {
	sorted := make([]rune, 0, len(used)+95)
	for r := ' '; r <= '~'; r++ {
		sorted = append(sorted, r)
	}
	for r := range used {
		if _, known := f.glyphs[r]; known && (r < ' ' || r > '~') {
			sorted = append(sorted, r)
		}
	}
	slices.Sort(sorted)
	key := string(sorted)
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.subsets[key]; s != nil {
		return s
	}
	if len(f.subsets) >= mostSubsets {
		clear(f.subsets)
	}
	s := newSubset(f, sorted)
	f.subsets[key] = s
	return s
}

func newSubset(f *Face, sorted []rune) *subset {
	s := &subset{face: f, runes: map[rune]uint16{}, order: []uint16{0}, chars: []rune{0}}
	for _, r := range sorted {
		if glyph, ok := f.glyphs[r]; ok {
			s.runes[r] = uint16(len(s.order))
			s.order, s.chars = append(s.order, glyph), append(s.chars, r)
		}
	}
	for i := 0; i < len(s.order); i++ { // grows by the parts of composed glyphs
		components(f.outline(s.order[i]), func(part uint16, _ int) { s.number(part) })
	}
	font := s.font()
	s.program, s.length, s.unicode = squeeze(font), len(font), squeeze(s.characters())
	return s
}

// number returns the new number of a glyph, giving it one if needed.
func (s *subset) number(glyph uint16) uint16 {
	if i := slices.Index(s.order, glyph); i >= 0 {
		return uint16(i)
	}
	s.order, s.chars = append(s.order, glyph), append(s.chars, 0)
	return uint16(len(s.order) - 1)
}

// Flags of a component of a composed glyph.
const (
	wordArguments = 1 << 0
	oneScale      = 1 << 3
	moreFollow    = 1 << 5
	twoScales     = 1 << 6
	fourScales    = 1 << 7
)

// components calls visit for each part of a composed glyph with the place of
// its number in the outline.
func components(outline []byte, visit func(glyph uint16, at int)) {
	if len(outline) < 10 || i16(outline, 0) >= 0 {
		return
	}
	for at := 10; ; {
		flags := u16(outline, at)
		visit(u16(outline, at+2), at+2)
		at += 6
		if flags&wordArguments != 0 {
			at += 2
		}
		switch {
		case flags&oneScale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&fourScales != 0:
			at += 8
		}
		if flags&moreFollow == 0 {
			return
		}
	}
}

// font writes the subset as a TrueType font with what a reader of PDF needs.
func (s *subset) font() []byte {
	var glyf, hmtx []byte
	loca := make([]byte, 0, 4*(len(s.order)+1))
	for _, glyph := range s.order {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		outline := s.face.outline(glyph)
		start := len(glyf)
		glyf = append(glyf, outline...)
		components(outline, func(part uint16, at int) { binary.BigEndian.PutUint16(glyf[start+at:], s.number(part)) })
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, s.face.width[glyph])
		hmtx = append(hmtx, 0, 0)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(s.face.tables["head"]), slices.Clone(s.face.tables["hhea"]), slices.Clone(s.face.tables["maxp"])
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(s.order)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(s.order)))
	return assemble([]table{
		{"cvt ", s.face.tables["cvt "]}, {"fpgm", s.face.tables["fpgm"]}, {"glyf", glyf}, {"head", head}, {"hhea", hhea},
		{"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"prep", s.face.tables["prep"]},
	})
}

type table struct {
	tag     string
	content []byte
}

// assemble lays tables out behind their directory, with their checksums.
func assemble(tables []table) []byte {
	tables = slices.DeleteFunc(tables, func(t table) bool { return len(t.content) == 0 })
	n, power := len(tables), 0
	for 1<<(power+1) <= n {
		power++
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 << power, power, 16*n - 16<<power} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	offset := 12 + 16*n
	for _, t := range tables {
		out = append(out, t.tag...)
		out = binary.BigEndian.AppendUint32(out, checksum(t.content))
		out = binary.BigEndian.AppendUint32(out, uint32(offset))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.content)))
		offset += (len(t.content) + 3) &^ 3
	}
	for _, t := range tables {
		out = append(out, t.content...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out
}

func checksum(content []byte) (sum uint32) {
	for len(content) >= 4 {
		sum += binary.BigEndian.Uint32(content)
		content = content[4:]
	}
	var rest [4]byte
	copy(rest[:], content)
	return sum + binary.BigEndian.Uint32(rest[:])
}
