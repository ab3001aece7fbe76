package epc_test

import (
	"errors"
	"strings"
	"testing"

	"trueward/internal/standard/epc"
)

func wantError(t *testing.T, err error, code epc.Code, field string) {
	t.Helper()
	var e *epc.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want %s of %s", err, code, field)
	}
	if e.Code != code || e.Field != field {
		t.Errorf("error %s of %q at %d, want %s of %q", e.Code, e.Field, e.Offset, code, field)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		code      epc.Code
		field     string
	}{
		{"empty", "", epc.CodeMissing, "epc"},
		{"header only", "30", epc.CodeTruncated, "SGTIN-96"},
		{"half a header", "3", epc.CodeMalformed, "hex"},
		{"92 bits", "3074257BF7194E4000001A8", epc.CodeMalformed, "hex"},
		{"88 bits", "3074257BF7194E4000001A", epc.CodeTruncated, "SGTIN-96"},
		{"odd digit behind", "3074257BF7194E4000001A850", epc.CodeMalformed, "hex"},
		{"not hex", "3074257BF7194E4000001A8G", epc.CodeMalformed, "hex"},
		{"not hex at an odd end", "3B0E0CF5E76C9047759AD00373DC7602E720G", epc.CodeMalformed, "hex"},
		{"Arabic digits", "30\u0667\u0664257BF7194E4000001A", epc.CodeMalformed, "hex"},
		{"longer than a bank", strings.Repeat("30", 63), epc.CodeOversize, "epc"},
		{"unprogrammed", "000000000000000000000000", epc.CodeUnprogrammed, "header"},
		{"TID", "E28011700000020ABCDEF012", epc.CodeUnsupported, "header"},
		{"unassigned header", "FFFFFFFFFFFFFFFFFFFFFFFF", epc.CodeUnsupported, "header"},
		{"partition 7", "307C257BF7194E4000001A85", epc.CodeMalformed, "partition"},
		{"company prefix 10^6", "301BD0900004000000000001", epc.CodeRange, "company prefix"},
		{"reference of no digits is 1", "32003A352943FE00" + "00000001", epc.CodeRange, "reference"},
		{"data behind the end", "3074257BF7194E4000001A850001", epc.CodeMalformed, "padding"},
		{"SSCC reserved bits", "311BA1B300CE0A6A83000001", epc.CodeMalformed, "reserved"},
		{"SGCN guard digit", "3F76451FD612640000000007", epc.CodeRange, "serial"},
		{"ITIP piece 100", "4076451FD40C0E7200000000" + "0F54", epc.CodeRange, "piece"},
		{"198: character behind the end", "3666C4409047E159B2C2BF100000000000000000040000000000", epc.CodeMalformed, "serial"},
		{"198: no serial", "3666C4409047E1400000000000000000000000000000000000" + "00", epc.CodeMalformed, "serial"},
		{"198: character outside set 82", "3666C4409047E180000000000000000000000000000000000000", epc.CodeMalformed, "serial"},
		{"198: cut", "3666C4409047E159B2C2BF10", epc.CodeTruncated, "SGTIN-198"},
		{"USDOD: I in a CAGE code", "2F320434149455900000162E", epc.CodeMalformed, "cage"},
		{"USDOD: cut", "2F3204341", epc.CodeMalformed, "hex"},
		{"USDOD: cut at a byte", "2F32043414", epc.CodeTruncated, "USDOD-96"},
		{"ADI: I in a CAGE code", "3B0E24F5E76C9047759AD00373DC7602E7200", epc.CodeMalformed, "cage"},
		{"ADI: part without end", "3B0E0CF5E76C9047759AD", epc.CodeTruncated, "ADI-var"},
		{"ADI: empty serial", "3B0E0CF5E76C9047759AD0000", epc.CodeMalformed, "serial"},
		{"ADI: number sign in the part", "3B0E0CF5E76CA347759AD00373DC7602E7200", epc.CodeMalformed, "serial"},
		{"CPI: point in the part", "3D76451FD5B011DEF6B4CC00000003039000", epc.CodeMalformed, "reference"},
		{"CPI: empty part", "3D76451FD400000000303900", epc.CodeMalformed, "reference"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tag, err := epc.Decode(c.hex)
			wantError(t, err, c.code, c.field)
			if tag != (epc.Tag{}) {
				t.Error("a partial tag came with the error")
			}
		})
	}
}

func TestDecodePlusRefuses(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		code      epc.Code
		field     string
	}{
		{"digit A in the key", "F7379521141A234538566CB0AFC4", epc.CodeMalformed, "key"},
		{"wrong check digit", "F73795211411234548566CB0AFC4", epc.CodeCheckDigit, "key"},
		{"GRAI with a digit for its zero", "F13195211411234548566CB0AFC4", epc.CodeMalformed, "key"},
		{"encoding indicator 6", "F737952114112345" + "3C566CB0AFC4", epc.CodeUnsupported, "serial"},
		{"no serial", "F737952114112345380000", epc.CodeMalformed, "serial"},
		{"serial of 21", "F73795211411234539" + "5" + strings.Repeat("0", 30), epc.CodeRange, "serial"},
		{"serial cut", "F737952114112345385", epc.CodeTruncated, "SGTIN+"},
		{"integer beyond its digits", "F737952114112345301F", epc.CodeRange, "serial"},
		{"long integer beyond its digits", "F7379521141123453" + "14" + "FFFFFFFFFFFFFFFFFF", epc.CodeRange, "serial"},
		{"7-bit character outside the set", "F737952114112345" + "38100", epc.CodeMalformed, "serial"},
		{"URN 40 value 0", "F7379521141123453A10000", epc.CodeMalformed, "serial"},
		{"URN 40 value beyond", "F7379521141123453A1FFFF", epc.CodeMalformed, "serial"},
		{"URN 40 pad inside", "F7379521141123453A30001", epc.CodeMalformed, "serial"},
		{"URN 40 character for a pad", "F7379521141123453A1066A", epc.CodeMalformed, "serial"},
		{"date type 7", "FB372CDE795211411234538566CB0AFC4", epc.CodeUnsupported, "date type"},
		{"month 13", "FB342DBE795211411234538566CB0AFC4", epc.CodeRange, "date"},
		{"coupon without digits", "F8395211416789090000", epc.CodeMalformed, "serial"},
		{"coupon of 13 digits", "F839521141678909D00000000000000", epc.CodeRange, "serial"},
		{"GIAI: empty", "FA3F", epc.CodeMalformed, "reference"},
		{"GIAI: digit A", "FA31A", epc.CodeMalformed, "reference"},
		{"GIAI: 31 digits", "FA3" + strings.Repeat("1", 31) + "F", epc.CodeRange, "reference"},
		{"GIAI: cut", "FA31", epc.CodeTruncated, "GIAI+"},
		{"CPI: small letter", "F0395211415E84A1C3860C0E4000", epc.CodeMalformed, "reference"},
		{"host of no length", "EF009520123456789123501000000000", epc.CodeMalformed, "host"},
		{"host cut", "EF0095201234567891235", epc.CodeTruncated, "SSCC++"},
		{"host units cut", "EF00952012345678912359", epc.CodeTruncated, "SSCC++"},
		{"data behind the end", "F900952012345678912350001", epc.CodeMalformed, "padding"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := epc.Decode(c.hex)
			wantError(t, err, c.code, c.field)
		})
	}
}

func TestBytesRefused(t *testing.T) {
	_, err := epc.DecodeBytes(nil)
	wantError(t, err, epc.CodeMissing, "epc")
	_, err = epc.DecodeBytes(make([]byte, 63))
	wantError(t, err, epc.CodeOversize, "epc")
	_, err = epc.DecodeBytes([]byte{0x30, 0x74})
	wantError(t, err, epc.CodeTruncated, "SGTIN-96")
}

func TestParseTagURIRefuses(t *testing.T) {
	for _, c := range []struct {
		uri   string
		code  epc.Code
		field string
	}{
		{"", epc.CodeMalformed, "uri"},
		{"URN:EPC:TAG:sgtin-96:3.0614141.812345.6789", epc.CodeMalformed, "uri"},
		{"urn:epc:tag:" + strings.Repeat("a", 600), epc.CodeOversize, "uri"},
		{"urn:epc:tag:sgtin-97:3.0614141.812345.6789", epc.CodeUnsupported, "scheme"},
		{"urn:epc:tag:sgtin+:3.0614141.812345.6789", epc.CodeUnsupported, "scheme"},
		{"urn:epc:tag:sgtin-96:8.0614141.812345.6789", epc.CodeRange, "filter"},
		{"urn:epc:tag:sgtin-96:03.0614141.812345.6789", epc.CodeRange, "filter"},
		{"urn:epc:tag:sgtin-96:3.06141.81234567.6789", epc.CodeMalformed, "company prefix"},
		{"urn:epc:tag:sgtin-96:3.0614141234567.8.6789", epc.CodeMalformed, "company prefix"},
		{"urn:epc:tag:sgtin-96:3.0614141", epc.CodeMissing, "reference"},
		{"urn:epc:tag:sgtin-96:3.0614141.81234.6789", epc.CodeMalformed, "reference"},
		{"urn:epc:tag:sgtin-96:3.0614141.81234x.6789", epc.CodeMalformed, "reference"},
		{"urn:epc:tag:sgtin-96:3.0614141.812345", epc.CodeMissing, "serial"},
		{"urn:epc:tag:sgtin-96:3.0614141.812345.", epc.CodeMissing, "serial"},
		{"urn:epc:tag:sgtin-96:3.0614141.812345.0678", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:sgtin-96:3.0614141.812345.274877906944", epc.CodeRange, "serial"},
		{"urn:epc:tag:sgtin-96:3.0614141.812345.6789.1", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:sgtin-198:3.0614141.812345.a/b", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:sgtin-198:3.0614141.812345.a%2", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:sgtin-198:3.0614141.812345.a%zz", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:sgtin-198:3.0614141.812345.a%20b", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:sgtin-198:3.0614141.812345.123456789012345678901", epc.CodeRange, "serial"},
		{"urn:epc:tag:sscc-96:3.0614141.1234567890.1", epc.CodeMalformed, "reference"},
		{"urn:epc:tag:gsrn-96:3.0614141.123456789", epc.CodeMalformed, "reference"},
		{"urn:epc:tag:giai-96:3.0614141.01", epc.CodeMalformed, "reference"},
		{"urn:epc:tag:giai-96:3.0614141.288230376151711744", epc.CodeRange, "reference"},
		{"urn:epc:tag:giai-202:3.0614141.%", epc.CodeMalformed, "reference"},
		{"urn:epc:tag:giai-202:3.061414123456.1234567890123456789", epc.CodeRange, "reference"},
		{"urn:epc:tag:cpi-var:3.0614141.abc.1", epc.CodeMalformed, "reference"},
		{"urn:epc:tag:sgcn-96:3.0614141.12345.a", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:sgcn-96:3.0614141.12345.1234567890123", epc.CodeRange, "serial"},
		{"urn:epc:tag:itip-110:3.0614141.012345.1.02.981", epc.CodeMalformed, "piece"},
		{"urn:epc:tag:gid-96:x.1.1", epc.CodeMalformed, "manager"},
		{"urn:epc:tag:gid-96:1.16777216.1", epc.CodeRange, "class"},
		{"urn:epc:tag:gid-96:1.1.1.", epc.CodeMalformed, "uri"},
		{"urn:epc:tag:usdod-96:3.CAG.5678", epc.CodeMalformed, "cage"},
		{"urn:epc:tag:usdod-96:3.CAGEY.x", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:usdod-96:3.CAGEY.68719476736", epc.CodeRange, "serial"},
		{"urn:epc:tag:adi-var:3.CAGE.P.S", epc.CodeMalformed, "cage"},
		{"urn:epc:tag:adi-var:3.35962.P%2.S", epc.CodeMalformed, "part"},
		{"urn:epc:tag:adi-var:3.35962.123456789012345678901234567890123.S", epc.CodeRange, "part"},
		{"urn:epc:tag:adi-var:3.35962.P.", epc.CodeMalformed, "serial"},
		{"urn:epc:tag:adi-var:3.35962.P.S#", epc.CodeMalformed, "serial"},
	} {
		_, err := epc.ParseTagURI(c.uri)
		t.Run(c.uri, func(t *testing.T) { wantError(t, err, c.code, c.field) })
	}
}

func TestParseEPCURIRefuses(t *testing.T) {
	_, err := epc.ParseEPCURI("urn:epc:tag:sgtin-96:3.0614141.812345.6789")
	wantError(t, err, epc.CodeMalformed, "uri")
	_, err = epc.ParseEPCURI("urn:epc:id:sgtin-96:0614141.812345.6789")
	wantError(t, err, epc.CodeUnsupported, "scheme")
	_, err = epc.ParseEPCURI("urn:epc:id:sgtin:0614141.812345.a b")
	wantError(t, err, epc.CodeMalformed, "serial")
}

func TestFromElementsRefuses(t *testing.T) {
	const gtin = "(01)09506000134352"
	seven := epc.Options{PrefixLength: 7}
	for _, c := range []struct {
		name, text string
		o          epc.Options
		code       epc.Code
		field      string
	}{
		{"filter 8", gtin + "(21)1", epc.Options{PrefixLength: 7, Filter: 8}, epc.CodeRange, "filter"},
		{"no key", "(90)X", seven, epc.CodeMissing, "key"},
		{"no serial", gtin, seven, epc.CodeMissing, "21"},
		{"document without serial", "(253)9521141123454", seven, epc.CodeMissing, "253"},
		{"prefix length 5", gtin + "(21)1", epc.Options{PrefixLength: 5}, epc.CodeRange, "prefix length"},
		{"prefix length 13", gtin + "(21)1", epc.Options{PrefixLength: 13}, epc.CodeRange, "prefix length"},
		{"letters in an SGTIN-96", gtin + "(21)A", epc.Options{Scheme: epc.SGTIN96, PrefixLength: 7}, epc.CodeMalformed, "21"},
		{"scheme of another key", gtin + "(21)1", epc.Options{Scheme: epc.SSCC96, PrefixLength: 7}, epc.CodeUnsupported, "scheme"},
		{"no such scheme", gtin + "(21)1", epc.Options{Scheme: "sgtin-64", PrefixLength: 7}, epc.CodeUnsupported, "scheme"},
		{"two keys", gtin + "(21)1(8018)952114112345678906", seven, epc.CodeConflict, "8018"},
		{"GIAI no longer than its prefix", "(8004)9521141", seven, epc.CodeTruncated, "8004"},
		{"no date", gtin + "(21)1", epc.Options{Scheme: epc.DSGTINPlus}, epc.CodeMissing, "date"},
		{"no host", gtin + "(21)1", epc.Options{Scheme: epc.SGTINPlusPlus}, epc.CodeMissing, "host"},
		{"host with a port", gtin + "(21)1", epc.Options{Scheme: epc.SGTINPlusPlus, Host: "a.example:80"}, epc.CodeMalformed, "host"},
		{"host with an empty label", gtin + "(21)1", epc.Options{Scheme: epc.SGTINPlusPlus, Host: "a..example"}, epc.CodeMalformed, "host"},
		{"host of 80", gtin + "(21)1", epc.Options{Scheme: epc.SGTINPlusPlus, Host: strings.Repeat("abc.", 20) + "de"}, epc.CodeRange, "host"},
		{"too long for a tag", gtin + "(21)abcdefghijklmnopqrs?", epc.Options{Scheme: epc.SGTINPlusPlus, Host: strings.Repeat("abc_"[:3]+".", 15) + "de"}, epc.CodeRange, "host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := epc.FromElementString(c.text, c.o)
			wantError(t, err, c.code, c.field)
		})
	}
}

// TestFromRawElements gives elements that package gs1 did not check.
func TestFromRawElements(t *testing.T) {
	for _, c := range []struct {
		name     string
		elements []epc.Element
		o        epc.Options
		code     epc.Code
		field    string
	}{
		{"short GTIN", []epc.Element{{AI: "01", Value: "950600013435"}, {AI: "21", Value: "1"}}, epc.Options{PrefixLength: 7}, epc.CodeMalformed, "01"},
		{"long GTIN", []epc.Element{{AI: "01", Value: "095060001343521"}}, epc.Options{PrefixLength: 7}, epc.CodeMalformed, "01"},
		{"letters in a GTIN", []epc.Element{{AI: "01", Value: "0950600013435X"}}, epc.Options{PrefixLength: 7}, epc.CodeMalformed, "01"},
		{"check digit", []epc.Element{{AI: "01", Value: "09506000134353"}, {AI: "21", Value: "1"}}, epc.Options{PrefixLength: 7}, epc.CodeCheckDigit, "01"},
		{"GRAI without its zero", []epc.Element{{AI: "8003", Value: "19521141123454567"}}, epc.Options{PrefixLength: 7}, epc.CodeMalformed, "8003"},
		{"two serials", []epc.Element{{AI: "01", Value: "09506000134352"}, {AI: "21", Value: "1"}, {AI: "21", Value: "2"}}, epc.Options{PrefixLength: 7}, epc.CodeConflict, "21"},
		{"letters in a prefix", []epc.Element{{AI: "8004", Value: "95x1141567"}}, epc.Options{PrefixLength: 7}, epc.CodeMalformed, "company prefix"},
		{"empty GIAI", []epc.Element{{AI: "8004", Value: ""}}, epc.Options{Scheme: epc.GIAIPlus}, epc.CodeMalformed, "8004"},
		{"small letters in a CPI", []epc.Element{{AI: "8010", Value: "952114a"}, {AI: "8011", Value: "1"}}, epc.Options{Scheme: epc.CPIPlus}, epc.CodeMalformed, "8010"},
		{"impossible date", []epc.Element{{AI: "01", Value: "09506000134352"}, {AI: "21", Value: "1"}, {AI: "17", Value: "250230"}}, epc.Options{Scheme: epc.DSGTINPlus}, epc.CodeRange, "17"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := epc.FromElements(c.elements, c.o)
			wantError(t, err, c.code, c.field)
		})
	}
}

func TestTextErrorsComeFromGS1(t *testing.T) {
	if _, err := epc.FromElementString("(01)1", epc.Options{}); err == nil || !strings.HasPrefix(err.Error(), "gs1: ") {
		t.Errorf("element string: %v", err)
	}
	if _, err := epc.FromDigitalLink("javascript:/01/09506000134352/21/1", epc.Options{}); err == nil || !strings.HasPrefix(err.Error(), "gs1: ") {
		t.Errorf("digital link: %v", err)
	}
}

func TestErrorText(t *testing.T) {
	_, err := epc.Decode("3074257BF7194E4000001ASECRET")
	if got, want := err.Error(), "epc: hex is not written as the standard demands (at 22)"; got != want {
		t.Errorf("error reads %q, want %q", got, want)
	}
}
