package epc_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"trueward/internal/standard/epc"
)

func decode(t testing.TB, hex string) epc.Tag {
	t.Helper()
	tag, err := epc.Decode(hex)
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

func TestZeroTag(t *testing.T) {
	var tag epc.Tag
	if !tag.IsZero() {
		t.Error("the zero tag is not zero")
	}
	forms := string(tag.Scheme()) + tag.TagURI() + tag.EPCURI() + tag.ElementString() + tag.DigitalLink() +
		tag.Hex() + tag.GTIN() + tag.Serial()
	if forms != "" || tag.Elements() != nil || len(tag.AppendElements(nil)) != 0 || tag.Bits() != 0 {
		t.Errorf("the zero tag has forms: %q", forms)
	}
}

func TestGTINAndSerial(t *testing.T) {
	for _, c := range []struct{ hex, gtin, serial string }{
		{"3074257BF7194E4000001A85", "80614141123458", "6789"},
		{"3666C4409047E159B2C2BF100000000000000000000000000000", "09506000134352", "32a/b"},
		{"F73795211411234538566CB0AFC4", "79521141123453", "32a/b"},
		{"4076451FD40C0E40820000000F54", "09521141123454", "981"},
		{"311BA1B300CE0A6A83000000", "", ""},
		{"3276451FD460720000000000", "", ""},
		{"390039318D8401057AD850E2458D1E449952E64D9D3E851A4000", "", "A/-BCDEFGHIJKLMNOPQR"},
	} {
		tag := decode(t, c.hex)
		if tag.GTIN() != c.gtin || tag.Serial() != c.serial {
			t.Errorf("%s: GTIN %q serial %q, want %q %q", c.hex, tag.GTIN(), tag.Serial(), c.gtin, c.serial)
		}
	}
}

// TestPlusITIPGTIN takes the GTIN off the 18 digits of an ITIP+.
func TestPlusITIPGTIN(t *testing.T) {
	tag, err := epc.FromElementString("(8006)095211411234540102(21)981", epc.Options{Scheme: epc.ITIPPlus})
	if err != nil || tag.GTIN() != "09521141123454" || tag.Serial() != "981" {
		t.Errorf("GTIN %s serial %s error %v", tag.GTIN(), tag.Serial(), err)
	}
}

// TestNoExtension: the single zero of an SGLN means that there is none.
func TestNoExtension(t *testing.T) {
	for _, scheme := range []epc.Scheme{epc.SGLN96, epc.SGLN195, epc.SGLNPlus} {
		tag, err := epc.FromElementString("(414)9521141123454", epc.Options{Scheme: scheme, PrefixLength: 7})
		if err != nil {
			t.Fatal(err)
		}
		if got := tag.ElementString(); got != "(414)9521141123454" {
			t.Errorf("%s: element string %s", scheme, got)
		}
		if got := tag.DigitalLink(); got != "https://id.gs1.org/414/9521141123454" {
			t.Errorf("%s: link %s", scheme, got)
		}
		if tag.Serial() != "" {
			t.Errorf("%s: extension %q", scheme, tag.Serial())
		}
	}
}

func TestSmallLetterHex(t *testing.T) {
	upper, lower := decode(t, "3074257BF7194E4000001A85"), decode(t, "3074257bf7194e4000001a85")
	if upper != lower {
		t.Error("case of the digits makes a difference")
	}
}

func TestWordPadding(t *testing.T) {
	plain, padded := decode(t, "3074257BF7194E4000001A85"), decode(t, "3074257BF7194E4000001A8500000000")
	if plain != padded {
		t.Error("zero words behind the EPC make a difference")
	}
}

func TestAIDCDataIsKept(t *testing.T) {
	tag := decode(t, "F98095201234567891235ABC")
	if !tag.HasAIDCData() || tag.ElementString() != "(00)095201234567891235" {
		t.Errorf("data %v, elements %s", tag.HasAIDCData(), tag.ElementString())
	}
	if got, want := tag.Hex(), "F98095201234567891235ABC"; got != want {
		t.Errorf("hex %s, want %s", got, want)
	}
}

func TestProtocolControl(t *testing.T) {
	tag := decode(t, "3074257BF7194E4000001A85")
	if got := tag.ProtocolControl(); got != 0x3000 {
		t.Errorf("protocol control %04X, want 3000 (six words)", got)
	}
	tag = decode(t, "3666C4409047E159B2C2BF100000000000000000000000000000")
	if got := tag.ProtocolControl(); got != 13<<11 {
		t.Errorf("protocol control %04X, want 13 words", got)
	}
}

// sscc is 84 bits of an SSCC++; what is appended is its host name.
func withHost(ascii bool, units ...byte) string {
	bits := "1110111100000000" + "1001010100100000000100100011010001010110011110001001000100100011"
	bits = bits[:12] + "0000" + bits[16:] + "0101"
	kind := "0"
	if ascii {
		kind = "1"
	}
	bits += kind + fmt.Sprintf("%06b", len(units))
	for _, u := range units {
		bits += fmt.Sprintf("%07b", u)
	}
	for len(bits)%16 != 0 {
		bits += "0"
	}
	hex := ""
	for i := 0; i < len(bits); i += 4 {
		var v int
		fmt.Sscanf(bits[i:i+4], "%b", &v)
		hex += fmt.Sprintf("%X", v)
	}
	return hex
}

func TestHostNames(t *testing.T) {
	for _, c := range []struct {
		name  string
		units []byte
		host  string
	}{
		{"words", []byte{32, 'a', '-', '1', 91}, "id.a-1.com"},
		{"capital letters", []byte{31, 'A', 127}, "www.a.med"},
		{"top level only", []byte{'x', '.', 'y'}, "x.y"},
	} {
		tag := decode(t, withHost(true, c.units...))
		if tag.Host() != c.host || tag.HostUnits() != "" {
			t.Errorf("%s: host %q, want %q", c.name, tag.Host(), c.host)
		}
		if got, want := tag.DigitalLink(), "https://"+c.host+"/00/095201234567891235"; got != want {
			t.Errorf("%s: link %s, want %s", c.name, got, want)
		}
	}
}

// TestHostWordsInside: a host name of many words fits 63 units only as words.
func TestHostWordsInside(t *testing.T) {
	units := append([]byte{'a'}, bytes.Repeat([]byte{91}, 44)...)
	units = append(units, '.', 'x', 92)
	hex := withHost(true, units...)
	tag := decode(t, hex)
	if want := "a" + strings.Repeat(".com", 44) + ".x.org"; tag.Host() != want {
		t.Errorf("host %s, want %s", tag.Host(), want)
	}
	if tag.Hex() != hex {
		t.Errorf("hex %s, want %s", tag.Hex(), hex)
	}
}

func TestHostNamesRefused(t *testing.T) {
	for name, units := range map[string][]byte{
		"reserved 4":      {'a', 4},
		"reserved 36":     {'a', 36},
		"reserved 64":     {64, 'a'},
		"slash":           {'a', '/', 'b'},
		"number sign":     {'a', '#'},
		"at sign's place": {'u', ':', 'p'},
		"underscore":      {'a', '_'},
		"empty label":     {'a', '.', '.', 'b'},
		"leading hyphen":  {'-', 'a'},
		"half of a pair":  {'a', 0},
	} {
		_, err := epc.Decode(withHost(true, units...))
		t.Run(name, func(t *testing.T) { wantError(t, err, epc.CodeMalformed, "host") })
	}
}

// TestUnknownTopLevelDomain: the identity is read all the same, and the tag
// writes its own bits again.
func TestUnknownTopLevelDomain(t *testing.T) {
	hex := withHost(true, 'a', 'b', 0, 55)
	tag := decode(t, hex)
	if tag.Host() != "" || tag.HostUnits() != "ab\x00\x37" {
		t.Errorf("host %q units %q", tag.Host(), tag.HostUnits())
	}
	if got, want := tag.DigitalLink(), "https://id.gs1.org/00/095201234567891235"; got != want {
		t.Errorf("link %s, want %s", got, want)
	}
	if tag.Hex() != hex {
		t.Errorf("hex %s, want %s", tag.Hex(), hex)
	}
}

func TestShorterHostEncoding(t *testing.T) {
	o := epc.Options{Scheme: epc.SSCCPlusPlus, Host: "NORVANE-IMPLANTS.EXAMPLE"}
	tag, err := epc.FromElementString("(00)095201234567891235", o)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tag.Bits(), 84+7+24/3*16; got != want {
		t.Errorf("%d bits, want %d: URN 40 is the shorter one", got, want)
	}
	if back := decode(t, tag.Hex()); back.Host() != "norvane-implants.example" {
		t.Errorf("host %q", back.Host())
	}
	_, err = epc.Decode("EF009520123456789123504" + "0001" + "000000")
	wantError(t, err, epc.CodeMalformed, "host")
}

func TestSchemesAreUnique(t *testing.T) {
	seen := map[epc.Scheme]bool{}
	for _, s := range epc.Schemes() {
		if seen[s] {
			t.Errorf("%s occurs twice", s)
		}
		seen[s] = true
	}
	if len(seen) != 45 {
		t.Errorf("%d schemes, TDS 2.3 has 45 that are not withdrawn", len(seen))
	}
}

func TestEncodeSGTIN96(t *testing.T) {
	for _, gtin := range []string{"00037000302414", "0037000302414", "037000302414"} {
		tag, err := epc.EncodeSGTIN96(gtin, "10419703", 7, 1)
		if err != nil || tag.Hex() != "30340242201D8840009EFDF7" {
			t.Errorf("%s: %s, %v", gtin, tag.Hex(), err)
		}
	}
	_, err := epc.EncodeSGTIN96("37000302414", "1", 7, 1)
	wantError(t, err, epc.CodeMalformed, "01")
}

// TestIndicator: the factor 10 that other libraries get wrong when the
// indicator digit is not 0.
func TestIndicator(t *testing.T) {
	tag := decode(t, "3074257BF7194E4000001A85")
	if got := tag.GTIN(); got != "80614141123458" {
		t.Errorf("GTIN %s", got)
	}
}

func TestBracketInSerial(t *testing.T) {
	tag, err := epc.ParseTagURI("urn:epc:tag:sgtin-198:1.0614141.812345.a(b)")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tag.ElementString(), `(01)80614141123458(21)a\(b)`; got != want {
		t.Errorf("element string %s, want %s", got, want)
	}
	if got, want := tag.DigitalLink(), "https://id.gs1.org/01/80614141123458/21/a%28b%29"; got != want {
		t.Errorf("link %s, want %s", got, want)
	}
}
