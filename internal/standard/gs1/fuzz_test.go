package gs1

import (
	"reflect"
	"testing"
)

// seed adds the inputs of the vectors that have the given form.
func seed(f *testing.F, forms ...string) {
	messages, _ := loadVectors(f)
	for _, m := range messages {
		for _, form := range forms {
			if m.Form == form {
				f.Add(m.In)
			}
		}
	}
}

// sound checks what holds for every outcome of a parser: an error is well
// formed and stands alone; a message survives each of its own forms.
func sound(t *testing.T, in string, m Message, err error) {
	t.Helper()
	if err != nil {
		wellFormedError(t, "fuzz", in, err)
		if m.Elements != nil || m.Warnings != nil {
			t.Fatal("a result beside an error")
		}
		return
	}
	for _, again := range []func() (Message, error){
		func() (Message, error) { return ParseBracketed(m.ElementString()) },
		func() (Message, error) { return ParseElementString(m.Unbracketed()) },
		func() (Message, error) { s, err := ParseScan("]d2" + m.ScanData()); return s.Message, err },
		func() (Message, error) { return New(m.Elements...) },
	} {
		back, err := again()
		if err != nil || !reflect.DeepEqual(back.Elements, m.Elements) {
			t.Fatalf("%q became %v, %v; was %v", in, back, err, m)
		}
	}
	for _, w := range m.Warnings {
		if w.Offset < 0 || w.Offset >= len(in) {
			t.Fatalf("warning outside of the input: %+v", w)
		}
	}
	linkIsStable(t, m)
}

// linkIsStable checks that a link, where there is one, says the same elements
// and is its own canonical form.
func linkIsStable(t *testing.T, m Message) {
	t.Helper()
	link, err := m.DigitalLink()
	if err != nil {
		return
	}
	back, err := ParseDigitalLink(link)
	if err != nil {
		// A link has rules of its own, for example on where qualifiers stand.
		if e := err.(*Error); e.Code != CodeConflict && e.Code != CodeOversize {
			t.Fatalf("own link %q: %v", link, err)
		}
		return
	}
	for _, e := range m.Elements {
		if v, ok := back.Value(e.AI); !ok || v != e.Value {
			t.Fatalf("%s lost %s", link, e.AI)
		}
	}
	if again, err := back.DigitalLink(); err != nil || again != link {
		t.Fatalf("%s became %s, %v", link, again, err)
	}
}

func FuzzElementString(f *testing.F) {
	seed(f, "text", "bracketed")
	f.Add("\x1d010950600013435210LOT42\x1d17261231")
	f.Fuzz(func(t *testing.T, in string) {
		m, err := ParseElementString(in)
		sound(t, in, m, err)
		if found, err := Splits(in, DeviceLabel()); err == nil {
			for _, m := range found {
				if _, err := New(m.Elements...); err != nil {
					t.Fatalf("a split is not valid: %v", err)
				}
			}
		}
	})
}

func FuzzDigitalLink(f *testing.F) {
	seed(f, "text")
	f.Add("https://a/01/09506000134352/10/A%zz?17=261231&x=%00#f")
	f.Fuzz(func(t *testing.T, in string) {
		m, err := ParseDigitalLink(in)
		sound(t, in, m, err)
	})
}

func FuzzScan(f *testing.F) {
	seed(f, "scan", "text")
	f.Fuzz(func(t *testing.T, in string) {
		for _, parse := range []func(string) (Scan, error){ParseScan, ParseText} {
			scan, err := parse(in)
			if err != nil {
				wellFormedError(t, "fuzz", in, err)
				if !reflect.DeepEqual(scan, Scan{}) {
					t.Fatal("a result beside an error")
				}
				continue
			}
			if scan.Message.Elements != nil {
				sound(t, in, scan.Message, nil)
			}
			if scan.GTIN != "" && checkSum(scan.GTIN) != nil {
				t.Fatalf("%q gave a GTIN with a wrong check digit", in)
			}
		}
	})
}
