package carrier_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"trueward/internal/standard/carrier"
	"trueward/internal/standard/epc"
	"trueward/internal/standard/gs1"
)

var now = time.Date(2026, time.November, 3, 12, 0, 0, 0, time.UTC)

func options() carrier.Options { return carrier.Options{Now: now} }

func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     carrier.Answer
	}{
		{"brackets", "(01)09506000134352(17)261200(10)LT4471(21)SN90313A", carrier.Answer{Kind: carrier.GS1,
			GTIN: "09506000134352", DI: "09506000134352", Lot: "LT4471", Serial: "SN90313A"}},
		{"data matrix", "]d20109506000134352112501011728013110LT4471\x1d21SN90313A", carrier.Answer{Kind: carrier.GS1,
			Symbology: "]d2", GTIN: "09506000134352", DI: "09506000134352", Lot: "LT4471", Serial: "SN90313A"}},
		{"element string with separators", "010950600013435210LT4471\x1d21SN90313A", carrier.Answer{Kind: carrier.GS1,
			GTIN: "09506000134352", DI: "09506000134352", Lot: "LT4471", Serial: "SN90313A"}},
		{"link", "https://id.gs1.org/01/09506000134352/10/A?17=280131", carrier.Answer{Kind: carrier.DigitalLink,
			GTIN: "09506000134352", DI: "09506000134352", Lot: "A"}},
		{"link in a QR code", "]Q1HTTPS://x.example/01/09506000134352", carrier.Answer{Kind: carrier.DigitalLink,
			Symbology: "]Q1", GTIN: "09506000134352", DI: "09506000134352"}},
		{"EAN-13", "9506000134352", carrier.Answer{Kind: carrier.GTIN, GTIN: "09506000134352", DI: "09506000134352"}},
		{"EAN-8 symbol", "]E402345673", carrier.Answer{Kind: carrier.GTIN, Symbology: "]E4", GTIN: "00000002345673", DI: "00000002345673"}},
		{"GTIN-14", "80614141123458", carrier.Answer{Kind: carrier.GTIN, GTIN: "80614141123458", DI: "80614141123458"}},
		{"HIBC", "+A99912345/$$52001510X3/16D20111212/S77DE1G45-", carrier.Answer{Kind: carrier.HIBC,
			DI: "A99912345", Lot: "10X3", Serial: "77DE1G45"}},
		{"HIBC in Code 128", "]C0+A123BJC5D6E71G", carrier.Answer{Kind: carrier.HIBC, Symbology: "]C0", DI: "A123BJC5D6E71"}},
		{"ISBT 128", "]d1=/A9999XYZ100T0944=,000025=A99971312345600", carrier.Answer{Kind: carrier.ISBT128,
			Symbology: "]d1", DI: "A9999XYZ100T0944", Serial: "000025", DonationID: "A99971312345600"}},
		{"EPC", "3074257BF7194E4000001A85", carrier.Answer{Kind: carrier.EPCHex, GTIN: "80614141123458", DI: "80614141123458", Serial: "6789"}},
		{"EPC of decimal digits", "301800004000004000000001", carrier.Answer{Kind: carrier.EPCHex, GTIN: "00000010000014", DI: "00000010000014", Serial: "1"}},
		{"EPC without GTIN", "311BA1B300CE0A6A83000000", carrier.Answer{Kind: carrier.EPCHex}},
		{"ITIP", "4076451FD40C0E40820000000F54", carrier.Answer{Kind: carrier.EPCHex, GTIN: "09521141123454", DI: "09521141123454", Serial: "981"}},
		{"tag URI", "urn:epc:tag:sgtin-96:3.0614141.812345.6789", carrier.Answer{Kind: carrier.EPCURI, GTIN: "80614141123458", DI: "80614141123458", Serial: "6789"}},
		{"EPC URI", "urn:epc:id:sgtin:0614141.812345.6789", carrier.Answer{Kind: carrier.EPCURI, GTIN: "80614141123458", DI: "80614141123458", Serial: "6789"}},
		{"tap", "https://tap.example/t/s-1?p=EF96&c=94EE", carrier.Answer{Kind: carrier.Tap,
			Tap: carrier.TapURL{Host: "tap.example", Profile: "s-1", Query: "p=EF96&c=94EE"}}},
		{"UID", "04782e21801d80", carrier.Answer{Kind: carrier.UID, ChipID: "04782E21801D80"}},
		{"UID of decimal digits", "04782021801080", carrier.Answer{Kind: carrier.UID, ChipID: "04782021801080"}},
		{"ISO 15693 number", "E00401001234ABCD", carrier.Answer{Kind: carrier.UID, ChipID: "E00401001234ABCD"}},
		{"TID", "E28011700000020ABCDEF012", carrier.Answer{Kind: carrier.TID, ChipID: "E28011700000020ABCDEF012"}},
		{"plain text in a QR code", "]Q1Theatre 4", carrier.Answer{Kind: carrier.Text, Symbology: "]Q1"}},
		{"line end", "9506000134352\r\n", carrier.Answer{Kind: carrier.GTIN, GTIN: "09506000134352", DI: "09506000134352"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := carrier.Identify(c.in, options())
			if err != nil {
				t.Fatal(err)
			}
			c.want.Elements, c.want.EPC, c.want.Warnings = got.Elements, got.EPC, got.Warnings
			c.want.Expiry, c.want.Manufactured = got.Expiry, got.Manufactured
			if diff := difference(got, c.want); diff != "" {
				t.Errorf("%s\n got %+v\nwant %+v", diff, got, c.want)
			}
		})
	}
}

func difference(got, want carrier.Answer) string {
	for name, pair := range map[string][2]string{
		"kind": {string(got.Kind), string(want.Kind)}, "symbology": {got.Symbology, want.Symbology},
		"gtin": {got.GTIN, want.GTIN}, "di": {got.DI, want.DI}, "lot": {got.Lot, want.Lot}, "serial": {got.Serial, want.Serial},
		"donation": {got.DonationID, want.DonationID}, "chip": {got.ChipID, want.ChipID},
		"host": {got.Tap.Host, want.Tap.Host}, "profile": {got.Tap.Profile, want.Tap.Profile}, "query": {got.Tap.Query, want.Tap.Query},
	} {
		if pair[0] != pair[1] {
			return name + " differs"
		}
	}
	return ""
}

func TestDates(t *testing.T) {
	for in, want := range map[string][2]string{
		"(01)09506000134352(17)261200":                   {"2026-12-31", ""},
		"(01)09506000134352(17)280131(11)250102":         {"2028-01-31", "2025-01-02"},
		"+A99912345/$$52001510X3/16D20111212/S77DE1G45-": {"2020-01-15", "2011-12-12"},
		"=>026001=}013032":                               {"2026-01-01", "2013-02-01"},
		"FB14383F095060001343526848DF74DF5DC0":           {"2028-01-31", ""},
		"FB0032E2795211411234538566CB0AFC4":              {"", "2025-07-02"},
	} {
		a, err := carrier.Identify(in, options())
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		for i, d := range []struct{ is, want string }{{a.Expiry.String(), want[0]}, {a.Manufactured.String(), want[1]}} {
			if zero := [...]bool{a.Expiry.IsZero(), a.Manufactured.IsZero()}[i]; zero != (d.want == "") || !zero && d.is != d.want {
				t.Errorf("%s: date %d is %s, want %q", in, i, d.is, d.want)
			}
		}
	}
}

func wantError(t *testing.T, err error, kind carrier.Kind, code carrier.Code) {
	t.Helper()
	var e *carrier.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want %s", err, code)
	}
	if e.Kind != kind || e.Code != code {
		t.Errorf("error %s of %s (%v), want %s of %s", e.Code, e.Kind, err, code, kind)
	}
}

func TestIdentifyRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in string
		kind     carrier.Kind
		code     carrier.Code
	}{
		{"nothing", "", carrier.Unknown, carrier.CodeMissing},
		{"line end only", "\r\n", carrier.Unknown, carrier.CodeMissing},
		{"too long", strings.Repeat("A", carrier.MaxScan+1), carrier.Unknown, carrier.CodeOversize},
		{"half a symbology identifier", "]d", carrier.Unknown, carrier.CodeMissing},
		{"another symbology", "]Y0123", carrier.Unknown, carrier.CodeUnsupported},
		{"text in Code 128", "]C0ROOM4", carrier.Unknown, carrier.CodeUnsupported},
		{"words", "stent of Tuesday", carrier.Unknown, carrier.CodeUnsupported},
		{"script", "javascript:/01/09506000134352", carrier.Unknown, carrier.CodeUnsupported},
		{"Arabic digits", "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667", carrier.Unknown, carrier.CodeUnsupported},
		{"check digit of a GTIN", "(01)09506000134353", carrier.GS1, carrier.CodeCheckDigit},
		{"check digit of an EAN", "9506000134353", carrier.GTIN, carrier.CodeCheckDigit},
		{"EAN symbol cut", "]E0950600013435", carrier.GTIN, carrier.CodeTruncated},
		{"HIBC check character", "+A123BJC5D6E71H", carrier.HIBC, carrier.CodeCheckDigit},
		{"ISBT structure", "=*123", carrier.ISBT128, carrier.CodeUnsupported},
		{"EPC partition 7", "307C257BF7194E4000001A85", carrier.EPCHex, carrier.CodeMalformed},
		{"EPC unprogrammed", "000000000000000000000000", carrier.EPCHex, carrier.CodeUnprogrammed},
		{"EPC header", "FFFFFFFFFFFFFFFFFFFFFFFF", carrier.EPCHex, carrier.CodeUnsupported},
		{"EPC cut", "3666C4409047E159B2C2BF10", carrier.EPCHex, carrier.CodeTruncated},
		{"EPC of half a byte", "3074257BF7194E4000001A8", carrier.EPCHex, carrier.CodeMalformed},
		{"tag URI", "urn:epc:tag:sgtin-96:9.0614141.812345.6789", carrier.EPCURI, carrier.CodeRange},
		{"pure identity", "urn:epc:id:sgtin:0614141", carrier.EPCURI, carrier.CodeMissing},
		{"pattern URI", "urn:epc:pat:sgtin-96:3.0614141.*.*", carrier.EPCURI, carrier.CodeMalformed},
		{"page", "https://example.com/about", carrier.DigitalLink, carrier.CodeMissing},
		{"link with a hidden zero", "https://example.com/01/09506000134352/21/%00", carrier.DigitalLink, carrier.CodeMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := carrier.Identify(c.in, options())
			wantError(t, err, c.kind, c.code)
			if a.Kind != "" || a.GTIN != "" || a.Elements != nil {
				t.Errorf("part of an answer came with the error: %+v", a)
			}
		})
	}
}

// TestAttack10 is row 10 of the attack table as far as the shape of a tap URL
// goes: all of it is refused before any cryptography.
func TestAttack10(t *testing.T) {
	const good = "p=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086"
	for _, c := range []struct {
		name, url string
		code      carrier.Code
	}{
		{"64 KiB", "https://tap.example/t/1?" + strings.Repeat("A", 64<<10), carrier.CodeOversize},
		{"query of 513", "https://tap.example/t/1?" + strings.Repeat("A", 513), carrier.CodeOversize},
		{"plus", "https://tap.example/t/1?p=A+B", carrier.CodeMalformed},
		{"escape", "https://tap.example/t/1?p=%00", carrier.CodeMalformed},
		{"Unicode digits", "https://tap.example/t/1?p=\u0661\u0662", carrier.CodeMalformed},
		{"no query", "https://tap.example/t/1?", carrier.CodeMalformed},
		{"no profile", "https://tap.example/t/?" + good, carrier.CodeMalformed},
		{"path in the profile", "https://tap.example/t/1/2?" + good, carrier.CodeMalformed},
		{"long profile", "https://tap.example/t/" + strings.Repeat("a", 65) + "?" + good, carrier.CodeMalformed},
		{"user information", "https://nurse@tap.example/t/1?" + good, carrier.CodeMalformed},
		{"no host", "https:///t/1?" + good, carrier.CodeMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := carrier.Identify(c.url, options())
			kind := carrier.Tap
			if len(c.url) > carrier.MaxScan {
				kind = carrier.Unknown
			}
			wantError(t, err, kind, c.code)
		})
	}
	if _, err := carrier.Identify("https://tap.example/t/1?"+good, options()); err != nil {
		t.Errorf("a good one: %v", err)
	}
}

// TestAttack24 is row 24: what the parsers must refuse or doubt.
func TestAttack24(t *testing.T) {
	_, err := carrier.Identify("307C257BF7194E4000001A85", options())
	wantError(t, err, carrier.EPCHex, carrier.CodeMalformed)
	_, err = carrier.Identify("301BD0900004000000000001", options())
	wantError(t, err, carrier.EPCHex, carrier.CodeRange)
	_, err = carrier.Identify("javascript:/01/09506000134352", options())
	wantError(t, err, carrier.Unknown, carrier.CodeUnsupported)
	a, err := carrier.Identify("]d2010950600013435210LOT4217261231", options())
	if err != nil || len(a.Warnings) != 1 || a.Warnings[0] != (carrier.Warning{Code: carrier.PossibleSwallowedAI, Field: "10"}) {
		t.Errorf("swallowed expiry: %+v, %v", a.Warnings, err)
	}
	a, err = carrier.Identify("(01)09506000134352(17)261200", options())
	if err != nil || a.Expiry.String() != "2026-12-31" {
		t.Errorf("day 00: %s, %v", a.Expiry, err)
	}
	if _, err = carrier.Identify("https://a.example/01/09506000134352/21/A%zz", options()); err != nil {
		wantError(t, err, carrier.DigitalLink, carrier.CodeMalformed)
	}
}

// TestAttack25 is row 25: nothing scanned is ever followed, whatever the host.
func TestAttack25(t *testing.T) {
	for _, in := range []string{"https://evil.example/01/09506000134352", "https://evil.example:8443/p/01/09506000134352"} {
		a, err := carrier.Identify(in, options())
		if err != nil || a.ElementString() != "(01)09506000134352" || strings.Contains(a.DI+a.GTIN+a.Serial, "evil") {
			t.Errorf("%s: %+v, %v", in, a, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	a, err := carrier.Identify("01095060001343521726123110LOT42", options())
	if err != nil || len(a.Warnings) != 1 || a.Warnings[0].Code != carrier.MissingSeparator || a.Lot != "LOT42" {
		t.Errorf("lost separators: %+v, %v", a, err)
	}
	a, err = carrier.Identify("010950600013435217261231", options())
	if err != nil || a.Kind != carrier.GS1 || a.Expiry.String() != "2026-12-31" {
		t.Errorf("digits only: %+v, %v", a, err)
	}
	a, err = carrier.Identify("]d2\x1d0109506000134352", options())
	if err != nil || len(a.Warnings) != 1 || a.Warnings[0].Code != carrier.StraySeparator {
		t.Errorf("stray separator: %+v, %v", a, err)
	}
	_, err = carrier.Identify("010950600013435210LOT4217261231", options())
	wantError(t, err, carrier.GS1, carrier.CodeConflict)
}

func TestSymbologyBesideTheData(t *testing.T) {
	for _, id := range []string{"d2", "]d2"} {
		a, err := carrier.Identify("0109506000134352", carrier.Options{Symbology: id, Now: now})
		if err != nil || a.Kind != carrier.GS1 || a.Symbology != "]d2" {
			t.Errorf("%s: %+v, %v", id, a, err)
		}
	}
	a, err := carrier.Identify("]E09506000134352", carrier.Options{Symbology: "d2", Now: now})
	if err != nil || a.Kind != carrier.GTIN {
		t.Errorf("the identifier in the data counts: %+v, %v", a, err)
	}
}

func TestIdentifyBytes(t *testing.T) {
	a, err := carrier.IdentifyBytes([]byte("9506000134352\r"), options())
	if err != nil || a.GTIN != "09506000134352" {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = carrier.IdentifyBytes(make([]byte, 64<<10), options())
	wantError(t, err, carrier.Unknown, carrier.CodeOversize)
}

// TestErrorsUnwrap: the error of the standard's package can be reached, and
// texts never hold what was read.
func TestErrorsUnwrap(t *testing.T) {
	_, err := carrier.Identify("(01)09506000134353(21)SECRET", options())
	var g *gs1.Error
	if !errors.As(err, &g) || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("gs1: %v", err)
	}
	_, err = carrier.Identify("307C257BF7194E4000001A85", options())
	var e *epc.Error
	if !errors.As(err, &e) || err.Error() != e.Error() {
		t.Errorf("epc: %v", err)
	}
	_, err = carrier.Identify("SECRET words", options())
	if err.Error() != "carrier: the text belongs to no known standard (unsupported, byte 0)" {
		t.Errorf("own: %v", err)
	}
}
