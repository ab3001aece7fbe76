package epc_test

import (
	"testing"

	"trueward/internal/standard/epc"
)

// stable checks that a decoded tag writes bits that decode to itself.
func stable(t *testing.T, tag epc.Tag) {
	t.Helper()
	text := tag.Hex()
	again, err := epc.Decode(text)
	if err != nil {
		t.Fatalf("%s, written by %s, is refused: %v", text, tag.Scheme(), err)
	}
	if got := again.Hex(); got != text {
		t.Fatalf("%s came back as %s", text, got)
	}
	if again.ElementString() != tag.ElementString() || again.TagURI() != tag.TagURI() || again.Host() != tag.Host() {
		t.Fatalf("%s names another thing than it was made of", text)
	}
}

func FuzzEPCHex(f *testing.F) {
	for _, v := range loadVectors(f) {
		f.Add(v.Hex)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tag, err := epc.Decode(s)
		if err != nil {
			if tag != (epc.Tag{}) {
				t.Fatal("a partial tag came with an error")
			}
			return
		}
		stable(t, tag)
		if uri := tag.TagURI(); uri != "" {
			back, err := epc.ParseTagURI(uri)
			if err != nil || back != tag {
				t.Fatalf("%s: %v", uri, err)
			}
		}
	})
}

func FuzzTagURI(f *testing.F) {
	for _, v := range loadVectors(f) {
		if v.TagURI != nil {
			f.Add(*v.TagURI)
		}
		if v.EPCURI != nil {
			f.Add(*v.EPCURI)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		tag, err := epc.ParseTagURI(s)
		if err != nil {
			tag, err = epc.ParseEPCURI(s)
		}
		if err == nil {
			stable(t, tag)
		}
	})
}

// FuzzPlus puts each "+" header before arbitrary bytes.
func FuzzPlus(f *testing.F) {
	for _, v := range loadVectors(f) {
		if tag, err := epc.Decode(v.Hex); err == nil && tag.TagURI() == "" {
			raw := tag.AppendBytes(nil)
			f.Add(raw[0], raw[1:])
		}
	}
	f.Fuzz(func(t *testing.T, header byte, body []byte) {
		tag, err := epc.DecodeBytes(append([]byte{0xE6 | header}, body...))
		if err == nil {
			stable(t, tag)
		}
	})
}
