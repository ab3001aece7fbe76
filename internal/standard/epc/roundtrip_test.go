package epc

import (
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	set82     = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
	set39     = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	setADI    = "-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	setCAGE   = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	setDigits = "0123456789"
)

func pick(r *rand.Rand, set string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = set[r.IntN(len(set))]
	}
	return string(b)
}

func between(r *rand.Rand, low, high int) int { return low + r.IntN(high-low+1) }

// randomTag draws a tag of a scheme from the whole range of each field.
func randomTag(r *rand.Rand, l *layout) Tag {
	t := Tag{l: l, filter: uint8(r.Uint64() & (1<<l.filterBits - 1))}
	switch {
	case l.plus != 0:
		randomPlus(r, &t)
		return t
	case l.kind == gid:
		t.gcp, t.ref, t.num = r.Uint64N(1<<28), r.Uint64N(1<<24), r.Uint64N(1<<36)
		return t
	case l.kind == usdod:
		t.part, t.num = pick(r, setCAGE, between(r, 5, 6)), r.Uint64N(1<<36)
		return t
	case l.kind == adi:
		t.part = pick(r, setCAGE, between(r, 5, 6)) + "." + pick(r, setADI, r.IntN(33))
		t.text = []string{"", "#"}[r.IntN(2)] + pick(r, setADI, between(r, 1, 30))
		return t
	}
	t.prefixLen = uint8(between(r, 6, 12))
	t.gcp = r.Uint64N(pow10[t.prefixLen])
	randomReference(r, &t)
	if l.kind == itip {
		t.piece, t.total = uint8(r.IntN(100)), uint8(r.IntN(100))
	}
	switch l.serial {
	case integer:
		t.num = r.Uint64N(min(1<<l.serialBits, pow10[l.serialMax]))
	case absent:
	default:
		t.text = randomSerial(r, l)
	}
	return t
}

func randomReference(r *rand.Rand, t *Tag) {
	k := t.referenceDigits()
	switch t.l.ref {
	case seven:
		t.part = pick(r, set82, between(r, 1, k))
	case six:
		t.part = pick(r, set39, between(r, 1, k))
	default:
		top := uint64(1) << (t.l.refBits - prefixBits[t.prefixLen])
		if k < len(pow10) {
			top = min(top, pow10[k])
		}
		t.ref = r.Uint64N(top)
	}
}

func randomSerial(r *rand.Rand, l *layout) string {
	n := between(r, 1, int(l.serialMax))
	if l.serial == numeric || l.serial == oneled {
		return pick(r, setDigits, n)
	}
	return pick(r, []string{set82, setDigits, upperHex, lowerHex, base64url, urn40[1:]}[r.IntN(6)], n)
}

func randomPlus(r *rand.Rand, t *Tag) {
	switch n := int(t.l.keyDigits); {
	case t.l.kind == cpi:
		t.part = pick(r, setDigits, r.IntN(10)) + pick(r, set39, between(r, 1, 20))
	case n == 0:
		t.part = pick(r, setDigits, r.IntN(10)) + pick(r, set82, between(r, 1, 20))
	case t.l.kind == itip:
		v := r.Uint64N(pow10[13])
		t.ref = (v*10+checkDigit(v))*10000 + r.Uint64N(10000)
	default:
		if t.l.kind == grai {
			n--
		}
		v := r.Uint64N(pow10[n-1])
		t.ref = v*10 + checkDigit(v)
	}
	if t.l.serial != absent {
		t.text = randomSerial(r, t.l)
	}
	if t.l.dated {
		t.dateKind = uint8(r.IntN(len(dateAIs)))
		t.date = uint32(r.IntN(100)*10000 + between(r, 1, 12)*100 + r.IntN(29))
	}
	if t.l.plus == 2 {
		t.host = []string{"id.", "www.", "qr.", ""}[r.IntN(4)] + pick(r, "abcxyz0189", between(r, 1, 9)) +
			[]string{".com", ".org", ".example", ".com.br", ""}[r.IntN(5)]
	}
	if r.IntN(3) == 0 {
		t.aidc, t.extra, t.extraN = true, "\xA5\xC0", 12
	}
}

const rounds = 400

// everyScheme runs a property on random tags of each scheme.
func everyScheme(t *testing.T, property func(t *testing.T, tag Tag)) {
	t.Helper()
	for i := range schemeTable {
		l := &schemeTable[i]
		t.Run(string(l.scheme), func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, uint64(l.header)))
			for range rounds {
				property(t, randomTag(r, l))
			}
		})
	}
}

func TestHexRoundTrip(t *testing.T) {
	everyScheme(t, func(t *testing.T, tag Tag) {
		text := tag.Hex()
		got, err := Decode(text)
		if err != nil {
			t.Fatalf("%s of %+v: %v", text, tag, err)
		}
		if tag.aidc { // word padding counts as data that follow
			tag.extra, tag.extraN = got.extra, got.extraN
		}
		if got != tag {
			t.Fatalf("%s gave\n%+v, want\n%+v", text, got, tag)
		}
		if again := got.Hex(); again != text {
			t.Fatalf("hex %s came back as %s", text, again)
		}
		raw, err := DecodeBytes(got.AppendBytes(nil))
		if err != nil || raw != got {
			t.Fatalf("bytes gave %+v, %v", raw, err)
		}
	})
}

func TestTagURIRoundTrip(t *testing.T) {
	everyScheme(t, func(t *testing.T, tag Tag) {
		uri := tag.TagURI()
		if tag.l.plus != 0 {
			if uri != "" {
				t.Fatalf("plus scheme has tag URI %s", uri)
			}
			return
		}
		got, err := ParseTagURI(uri)
		if err != nil {
			t.Fatalf("%s: %v", uri, err)
		}
		if got != tag {
			t.Fatalf("%s gave\n%+v, want\n%+v", uri, got, tag)
		}
	})
}

func TestEPCURIRoundTrip(t *testing.T) {
	everyScheme(t, func(t *testing.T, tag Tag) {
		uri := tag.EPCURI()
		if tag.l.plus != 0 {
			if uri != "" {
				t.Fatalf("plus scheme has EPC URI %s", uri)
			}
			return
		}
		got, err := ParseEPCURI(uri)
		if err != nil {
			t.Fatalf("%s: %v", uri, err)
		}
		if got.EPCURI() != uri || got.l.kind != tag.l.kind {
			t.Fatalf("%s came back as %s", uri, got.EPCURI())
		}
	})
}

// TestElementsRoundTrip writes the elements of a tag in the same scheme again.
func TestElementsRoundTrip(t *testing.T) {
	everyScheme(t, func(t *testing.T, tag Tag) {
		tag.aidc, tag.extra, tag.extraN = false, "", 0
		elements := tag.Elements()
		if tag.l.kind >= gid {
			if elements != nil || tag.ElementString() != "" || tag.DigitalLink() != "" {
				t.Fatal("an identity outside GS1 has elements")
			}
			return
		}
		o := Options{Scheme: tag.Scheme(), PrefixLength: tag.PrefixLength(), Filter: tag.Filter(), Host: tag.Host()}
		got, err := FromElements(elements, o)
		if err != nil {
			t.Fatalf("%v: %v", elements, err)
		}
		if got != tag {
			t.Fatalf("%v gave\n%+v, want\n%+v", elements, got, tag)
		}
	})
}

// TestTextRoundTrip goes through the texts that package gs1 parses, for tags
// that its stricter rules accept.
func TestTextRoundTrip(t *testing.T) {
	accepted := 0
	everyScheme(t, func(t *testing.T, tag Tag) {
		if tag.l.kind >= gid {
			return
		}
		tag.aidc, tag.extra, tag.extraN = false, "", 0
		o := Options{Scheme: tag.Scheme(), PrefixLength: tag.PrefixLength(), Filter: tag.Filter(), Host: tag.Host()}
		if got, err := FromElementString(tag.ElementString(), o); err == nil {
			accepted++
			if got != tag {
				t.Fatalf("%s gave\n%+v, want\n%+v", tag.ElementString(), got, tag)
			}
		}
		o.Host = ""
		if got, err := FromDigitalLink(tag.DigitalLink(), o); err == nil {
			accepted++
			if got != tag {
				t.Fatalf("%s gave\n%+v, want\n%+v", tag.DigitalLink(), got, tag)
			}
		}
	})
	if want := len(schemeTable) * rounds / 2; accepted < want {
		t.Errorf("package gs1 accepted only %d texts, expected more than %d", accepted, want)
	}
}

// TestMutatedBits flips each bit of a tag: the result is refused or is another
// tag. "+" schemes are left out: they write one value in several ways.
func TestMutatedBits(t *testing.T) {
	everyScheme(t, func(t *testing.T, tag Tag) {
		if tag.l.plus != 0 || tag.gcp%8 != 0 {
			return // some of them are enough
		}
		raw := tag.AppendBytes(nil)
		for i := range tag.Bits() {
			raw[i>>3] ^= 0x80 >> (i & 7)
			got, err := DecodeBytes(raw)
			if err == nil && got.Bits() <= 8*len(raw) && got == tag {
				t.Fatalf("bit %d of %s makes no difference", i, tag.Hex())
			}
			raw[i>>3] ^= 0x80 >> (i & 7)
		}
	})
}

func TestSmallestScheme(t *testing.T) {
	for _, c := range []struct {
		serial string
		want   Scheme
	}{
		{"0", SGTIN96}, {"274877906943", SGTIN96}, {"274877906944", SGTIN198},
		{"007", SGTIN198}, {"A1", SGTIN198}, {strings.Repeat("9", 20), SGTIN198},
	} {
		tag, err := FromElementString("(01)09506000134352(21)"+c.serial, Options{PrefixLength: 7})
		if err != nil || tag.Scheme() != c.want || tag.Serial() != c.serial {
			t.Errorf("serial %s: %s %s %v, want %s", c.serial, tag.Scheme(), tag.Serial(), err, c.want)
		}
	}
}
