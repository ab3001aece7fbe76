package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"unicode/utf16"
)

// Bytes writes the document.
func (d *Document) Bytes() []byte {
	w := &file{}
	w.out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	const catalogue, tree, info = 1, 2, 3
	w.next = 4
	subsets := make([]*subset, len(d.faces))
	fonts := ""
	for i, f := range d.faces {
		if len(d.used[i]) == 0 {
			continue
		}
		subsets[i] = f.subset(d.used[i])
		fonts += fmt.Sprintf("/F%d %d 0 R ", i+1, w.font(subsets[i], i))
	}
	var kids strings.Builder
	for _, p := range d.pages {
		content := w.stream("", squeeze(p.content(subsets)))
		id := w.object(fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources<</Font<<%s>>>>/Contents %d 0 R>>",
			tree, num(PageWidth*point), num(PageHeight*point), fonts, content))
		fmt.Fprintf(&kids, "%d 0 R ", id)
	}
	w.at(tree, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(d.pages), kids.String()))
	w.at(catalogue, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang %s/ViewerPreferences<</DisplayDocTitle true>>>>", tree, literal(d.info.Language)))
	date := d.info.At.UTC().Format("(D:20060102150405Z)")
	w.at(info, fmt.Sprintf("<</Title %s/Author %s/Producer(Trueward)/CreationDate %s/ModDate %s>>", literal(d.info.Title), literal(d.info.Author), date, date))
	w.end(catalogue, info)
	return w.out.Bytes()
}

// content writes a page's operators with the numbers of the glyphs.
func (p *page) content(subsets []*subset) []byte {
	var b bytes.Buffer
	for _, t := range p.text {
		if t.text == "" {
			b.WriteString(t.operators)
			continue
		}
		b.WriteByte('<')
		for _, r := range t.text {
			n := subsets[t.face].runes[r]
			b.Write([]byte{hexDigits[n>>12], hexDigits[n>>8&15], hexDigits[n>>4&15], hexDigits[n&15]})
		}
		b.WriteByte('>')
	}
	return b.Bytes()
}

const hexDigits = "0123456789ABCDEF"

// file is the output with the places of its objects.
type file struct {
	out     bytes.Buffer
	next    int
	offsets []int // by object number, less one
}

func (w *file) object(body string) int {
	id := w.next
	w.next++
	w.at(id, body)
	return id
}

func (w *file) at(id int, body string) {
	for len(w.offsets) < id {
		w.offsets = append(w.offsets, 0)
	}
	w.offsets[id-1] = w.out.Len()
	fmt.Fprintf(&w.out, "%d 0 obj\n%s\nendobj\n", id, body)
}

var squeezers = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

// squeeze compresses bytes.
func squeeze(content []byte) []byte {
	z := squeezers.Get().(*zlib.Writer)
	defer squeezers.Put(z)
	var b bytes.Buffer
	z.Reset(&b)
	_, _ = z.Write(content) // a Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// stream writes bytes that squeeze has made as an object.
func (w *file) stream(entries string, squeezed []byte) int {
	return w.object(fmt.Sprintf("<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", entries, len(squeezed), squeezed))
}

// end writes the table of places and the trailer. The identity of the file is
// the digest of what it holds.
func (w *file) end(catalogue, info int) {
	digest := sha256.Sum256(w.out.Bytes())
	place := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, o := range w.offsets {
		fmt.Fprintf(&w.out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&w.out, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%X><%X>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets)+1, catalogue, info, digest[:16], digest[:16], place)
}

// font writes a subset as a composite font and returns its object.
func (w *file) font(s *subset, place int) int {
	f := s.face
	scale := func(v int) int { return v * 1000 / f.perEm }
	name := string([]byte{'A' + byte(place), 'T', 'R', 'U', 'E', 'W'}) + "+" + f.name
	embedded := w.stream(fmt.Sprintf("/Length1 %d", s.length), s.program)
	descriptor := w.object(fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, scale(f.box[0]), scale(f.box[1]), scale(f.box[2]), scale(f.box[3]), scale(f.ascent), scale(f.descent), scale(f.ascent), embedded))
	var widths strings.Builder
	for _, glyph := range s.order {
		fmt.Fprintf(&widths, "%d ", scale(int(f.width[glyph])))
	}
	inner := w.object(fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[0[%s]]>>",
		name, descriptor, widths.String()))
	unicode := w.stream("", s.unicode)
	return w.object(fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, inner, unicode))
}

// characters is the map from glyph numbers back to characters.
func (s *subset) characters() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	var rows []string
	for n, r := range s.chars {
		if r != 0 {
			rows = append(rows, fmt.Sprintf("<%04X><%04X>\n", n, r))
		}
	}
	for len(rows) > 0 {
		part := rows[:min(100, len(rows))]
		rows = rows[len(part):]
		fmt.Fprintf(&b, "%d beginbfchar\n%sendbfchar\n", len(part), strings.Join(part, ""))
	}
	b.WriteString("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// literal writes text as UTF-16 in hexadecimal.
func literal(text string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteByte('>')
	return b.String()
}
