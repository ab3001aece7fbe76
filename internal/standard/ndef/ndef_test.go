package ndef_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"trueward/internal/standard/ndef"
)

func raw(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wantError(t *testing.T, err error, code ndef.Code, field string) {
	t.Helper()
	var e *ndef.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want %s of %s", err, code, field)
	}
	if e.Code != code || e.Field != field {
		t.Errorf("error %s of %q at %d, want %s of %q", e.Code, e.Field, e.Offset, code, field)
	}
	if !strings.HasPrefix(e.Error(), "ndef: "+field) {
		t.Errorf("error reads %q", e.Error())
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		want      []ndef.Record
	}{
		{"one URI", "D1 01 07 55 02 6578 2E636F6D", []ndef.Record{{TNF: ndef.WellKnown, Type: "U", Payload: []byte("\x02ex.com")}}},
		{"empty record", "D0 00 00", []ndef.Record{{Payload: []byte{}}}},
		{"id and long form", "C9 01 00000003 02 54 6964 02 656E", []ndef.Record{{TNF: ndef.WellKnown, Type: "T", ID: "id", Payload: []byte("\x02en")}}},
		{"two records", "91 01 01 55 04 52 03 01 612F62 78", []ndef.Record{
			{TNF: ndef.WellKnown, Type: "U", Payload: []byte{4}}, {TNF: ndef.Media, Type: "a/b", Payload: []byte("x")}}},
		{"three chunks", "B1 01 02 55 0461 36 00 01 62 56 00 02 6364", []ndef.Record{{TNF: ndef.WellKnown, Type: "U", Payload: []byte("\x04abcd")}}},
		{"unknown type", "D5 00 01 FF", []ndef.Record{{TNF: ndef.Unknown, Payload: []byte{0xFF}}}},
	} {
		got, err := ndef.Parse(raw(t, c.hex))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		code      ndef.Code
		field     string
	}{
		{"nothing", "", ndef.CodeMissing, "record"},
		{"header only", "D1", ndef.CodeTruncated, "length"},
		{"no type", "D1 01 01", ndef.CodeTruncated, "type"},
		{"no id", "D9 01 00 05 55 61", ndef.CodeTruncated, "id"},
		{"payload cut", "D1 01 05 55 02 65", ndef.CodeTruncated, "payload"},
		{"payload of 4 GiB", "C1 01 FFFFFFFF 55 02", ndef.CodeTruncated, "payload"},
		{"no begin", "51 01 01 55 00", ndef.CodeMalformed, "message begin"},
		{"second begin", "91 01 01 55 00 D1 01 01 55 00", ndef.CodeMalformed, "message begin"},
		{"no end", "91 01 01 55 00", ndef.CodeTruncated, "header"},
		{"data behind the end", "D1 01 01 55 00 00", ndef.CodeMalformed, "message"},
		{"empty record with a type", "D0 01 00 55", ndef.CodeMalformed, "empty record"},
		{"well-known without a type", "D1 00 00", ndef.CodeMissing, "type"},
		{"unknown with a type", "D5 01 00 55", ndef.CodeMalformed, "type"},
		{"type of control characters", "D1 01 00 0A", ndef.CodeMalformed, "type"},
		{"reserved format", "D7 00 00", ndef.CodeUnsupported, "type name format"},
		{"chunk without a first", "D6 00 01 61", ndef.CodeMalformed, "chunk"},
		{"chunk with a type", "B1 01 01 55 04 56 01 01 55 61", ndef.CodeMalformed, "chunk"},
		{"chunk of another format", "B1 01 01 55 04 51 00 01 61", ndef.CodeMalformed, "chunk"},
		{"last record is a chunk", "F1 01 01 55 04", ndef.CodeMalformed, "chunk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ndef.Parse(raw(t, c.hex))
			wantError(t, err, c.code, c.field)
			if got != nil {
				t.Error("records came with the error")
			}
		})
	}
}

func TestParseBounds(t *testing.T) {
	_, err := ndef.Parse(make([]byte, ndef.MaxMessage+1))
	wantError(t, err, ndef.CodeOversize, "message")
	many := bytes.Repeat([]byte{0x10, 0, 0}, ndef.MaxRecords+1)
	many[0] |= 0x80
	many[len(many)-3] |= 0x40
	_, err = ndef.Parse(many)
	wantError(t, err, ndef.CodeOversize, "records")
}

// TestChunksDoNotTouchTheInput: joining chunks must not write over the tag's
// own bytes.
func TestChunksDoNotTouchTheInput(t *testing.T) {
	message := raw(t, "B1 01 02 55 0461 56 00 02 6364")
	before := bytes.Clone(message)
	if _, err := ndef.Parse(message); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(message, before) {
		t.Errorf("input became %X", message)
	}
}

func TestURIs(t *testing.T) {
	for uri, code := range map[string]byte{
		"https://tap.example/t/1?p=00": 4, "https://www.example.com": 2, "http://x": 3, "tel:+123": 5,
		"urn:epc:tag:sgtin-96:3.1.2.3": 0x1F, "urn:epc:x": 0x22, "urn:other": 0x13, "x:y": 0, "btl2cap://a": 0x19,
	} {
		r := ndef.NewURI(uri)
		if r.Payload[0] != code {
			t.Errorf("%s: prefix %d, want %d", uri, r.Payload[0], code)
		}
		if got, err := r.URI(); err != nil || got != uri {
			t.Errorf("%s came back as %q, %v", uri, got, err)
		}
	}
}

func TestURIRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload string
		code    ndef.Code
		field   string
	}{
		{"empty", "", ndef.CodeMissing, "uri"},
		{"prefix only of nothing", "\x00", ndef.CodeMissing, "uri"},
		{"prefix not assigned", "\x24x", ndef.CodeRange, "uri prefix"},
		{"not UTF-8", "\x04\xFF", ndef.CodeMalformed, "uri"},
		{"control character", "\x04a\nb", ndef.CodeMalformed, "uri"},
		{"space", "\x04a b", ndef.CodeMalformed, "uri"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ndef.Record{TNF: ndef.WellKnown, Type: "U", Payload: []byte(c.payload)}.URI()
			wantError(t, err, c.code, c.field)
		})
	}
	_, err := ndef.Record{TNF: ndef.Media, Type: "U", Payload: []byte{0}}.URI()
	wantError(t, err, ndef.CodeUnsupported, "type")
}

func TestTexts(t *testing.T) {
	want := ndef.Text{Language: "de-CH", Text: "Prüfung bestanden"}
	r, err := ndef.NewText(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Text(); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for name, payload := range map[string]string{
		"big-endian":                "\x82en\x00\x41\xD8\x3D\xDE\x00",
		"big-endian with a mark":    "\x82en\xFE\xFF\x00\x41\xD8\x3D\xDE\x00",
		"little-endian with a mark": "\x82en\xFF\xFE\x41\x00\x3D\xD8\x00\xDE",
	} {
		got, err := ndef.Record{TNF: ndef.WellKnown, Type: "T", Payload: []byte(payload)}.Text()
		if err != nil || got != (ndef.Text{Language: "en", Text: "A😀"}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestTextRefuses(t *testing.T) {
	for _, c := range []struct {
		payload string
		code    ndef.Code
		field   string
	}{
		{"", ndef.CodeTruncated, "text"},
		{"\x42en", ndef.CodeMalformed, "text status"},
		{"\x00x", ndef.CodeMalformed, "text status"},
		{"\x05en", ndef.CodeTruncated, "language"},
		{"\x02e\x01x", ndef.CodeMalformed, "language"},
		{"\x02en\xFF", ndef.CodeMalformed, "text"},
		{"\x82en\x00", ndef.CodeMalformed, "text"},
		{"\x82en\xD8\x3D", ndef.CodeMalformed, "text"},
	} {
		t.Run(c.payload, func(t *testing.T) {
			_, err := ndef.Record{TNF: ndef.WellKnown, Type: "T", Payload: []byte(c.payload)}.Text()
			wantError(t, err, c.code, c.field)
		})
	}
	_, err := ndef.NewURI("x:y").Text()
	wantError(t, err, ndef.CodeUnsupported, "type")
	_, err = ndef.NewText(ndef.Text{Text: "x"})
	wantError(t, err, ndef.CodeRange, "language")
	_, err = ndef.NewText(ndef.Text{Language: "en", Text: "\xFF"})
	wantError(t, err, ndef.CodeMalformed, "text")
	_, err = ndef.NewText(ndef.Text{Language: "e n", Text: "x"})
	wantError(t, err, ndef.CodeMalformed, "text")
}

func TestSmartPoster(t *testing.T) {
	want := ndef.SmartPoster{URI: "https://tap.example/t/1", Titles: []ndef.Text{{"en", "Stent"}, {"fr", "Endoprothèse"}}}
	r, err := ndef.NewSmartPoster(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.SmartPoster(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	message, err := ndef.Append(nil, ndef.Record{TNF: ndef.External, Type: "example.com:x"}, r)
	if err != nil {
		t.Fatal(err)
	}
	if uri, err := ndef.FirstURI(message); err != nil || uri != want.URI {
		t.Errorf("first URI %q, %v", uri, err)
	}
}

func poster(t *testing.T, records ...ndef.Record) ndef.Record {
	t.Helper()
	payload, err := ndef.Append(nil, records...)
	if err != nil {
		t.Fatal(err)
	}
	return ndef.Record{TNF: ndef.WellKnown, Type: "Sp", Payload: payload}
}

func TestSmartPosterRefuses(t *testing.T) {
	uri := ndef.NewURI("https://x.example")
	title, err := ndef.NewText(ndef.Text{Language: "en", Text: "a"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = poster(t, title).SmartPoster()
	wantError(t, err, ndef.CodeMissing, "uri")
	_, err = poster(t, uri, uri).SmartPoster()
	wantError(t, err, ndef.CodeMalformed, "uri")
	_, err = poster(t, uri, title, title).SmartPoster()
	wantError(t, err, ndef.CodeMalformed, "title")
	_, err = poster(t, ndef.Record{TNF: ndef.WellKnown, Type: "U", Payload: []byte{99}}).SmartPoster()
	wantError(t, err, ndef.CodeRange, "uri prefix")
	_, err = uri.SmartPoster()
	wantError(t, err, ndef.CodeUnsupported, "type")
	_, err = ndef.Record{TNF: ndef.WellKnown, Type: "Sp"}.SmartPoster()
	wantError(t, err, ndef.CodeMissing, "record")
	_, err = ndef.NewSmartPoster(ndef.SmartPoster{URI: "x:y", Titles: []ndef.Text{{}}})
	wantError(t, err, ndef.CodeRange, "language")
	_, err = ndef.NewSmartPoster(ndef.SmartPoster{URI: "x:" + strings.Repeat("y", ndef.MaxMessage)})
	wantError(t, err, ndef.CodeOversize, "record")
	_, err = ndef.FirstURI(nil)
	wantError(t, err, ndef.CodeMissing, "record")
	message, err := ndef.Append(nil, title)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ndef.FirstURI(message)
	wantError(t, err, ndef.CodeMissing, "uri")
}

func TestAppendRefuses(t *testing.T) {
	_, err := ndef.Append(nil)
	wantError(t, err, ndef.CodeMissing, "record")
	_, err = ndef.Append(nil, make([]ndef.Record, ndef.MaxRecords+1)...)
	wantError(t, err, ndef.CodeOversize, "records")
	_, err = ndef.Append(nil, ndef.Record{TNF: 6, Payload: []byte{1}})
	wantError(t, err, ndef.CodeMalformed, "chunk")
	_, err = ndef.Append(nil, ndef.Record{TNF: ndef.Media, Type: strings.Repeat("a", 256)})
	wantError(t, err, ndef.CodeOversize, "record")
	half := ndef.Record{TNF: ndef.Unknown, Payload: make([]byte, ndef.MaxMessage/2)}
	_, err = ndef.Append(nil, half, half)
	wantError(t, err, ndef.CodeOversize, "message")
}

// TestRoundTrip writes random records and reads them again.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		records := make([]ndef.Record, 1+r.IntN(4))
		for i := range records {
			payload := make([]byte, r.IntN(600))
			for j := range payload {
				payload[j] = byte(r.Uint32())
			}
			records[i] = ndef.Record{TNF: ndef.TNF(1 + r.IntN(4)), Type: strings.Repeat("t", 1+r.IntN(9)),
				ID: strings.Repeat("i", r.IntN(3)), Payload: payload}
		}
		message, err := ndef.Append(nil, records...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ndef.Parse(message)
		if err != nil || !reflect.DeepEqual(got, records) {
			t.Fatalf("%X came back as %+v, %v", message, got, err)
		}
		checkFrames(t, message)
	}
}

func checkFrames(t *testing.T, message []byte) {
	t.Helper()
	two, err := ndef.AppendType2(nil, message)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ndef.Type2Message(append([]byte{0, 0}, append(two, 0xAA)...)); err != nil || !bytes.Equal(got, message) {
		t.Fatalf("type 2 gave %X, %v", got, err)
	}
	four, err := ndef.AppendType4(nil, message)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ndef.Type4Message(append(four, 0xAA)); err != nil || !bytes.Equal(got, message) {
		t.Fatalf("type 4 gave %X, %v", got, err)
	}
}

func TestType2(t *testing.T) {
	// an NTAG 213 as it leaves the works: lock control, message, terminator
	got, err := ndef.Type2Message(raw(t, "01 03 A0 0C 34 03 05 D1 01 01 55 04 FE"))
	if err != nil || !bytes.Equal(got, raw(t, "D1 01 01 55 04")) {
		t.Errorf("%X, %v", got, err)
	}
	got, err = ndef.Type2Message(raw(t, "02 03 000000 FD 01 FF 03 01 00"))
	if err != nil || !bytes.Equal(got, []byte{0}) {
		t.Errorf("%X, %v", got, err)
	}
}

func TestType2Refuses(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		code      ndef.Code
		field     string
	}{
		{"nothing", "", ndef.CodeMissing, "message"},
		{"blank", "00 00 00 00", ndef.CodeMissing, "message"},
		{"terminator first", "FE 03 01 00", ndef.CodeMissing, "message"},
		{"empty message", "03 00 FE", ndef.CodeMissing, "message"},
		{"no length", "03", ndef.CodeTruncated, "length"},
		{"long length cut", "03 FF 01", ndef.CodeTruncated, "length"},
		{"long form for a short one", "03 FF 00 01 00", ndef.CodeMalformed, "length"},
		{"message cut", "03 05 D1", ndef.CodeTruncated, "message"},
		{"control block of two bytes", "01 02 A0 0C", ndef.CodeMalformed, "control block"},
		{"unknown block", "44 01 00", ndef.CodeUnsupported, "block"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ndef.Type2Message(raw(t, c.hex))
			wantError(t, err, c.code, c.field)
		})
	}
	_, err := ndef.Type2Message(append([]byte{3, 0xFF, 0x20, 0}, make([]byte, 0x2000)...))
	wantError(t, err, ndef.CodeOversize, "message")
	_, err = ndef.AppendType2(nil, nil)
	wantError(t, err, ndef.CodeMissing, "message")
}

func TestType4Refuses(t *testing.T) {
	_, err := ndef.Type4Message([]byte{0})
	wantError(t, err, ndef.CodeTruncated, "length")
	_, err = ndef.Type4Message([]byte{0, 3, 1})
	wantError(t, err, ndef.CodeTruncated, "message")
	_, err = ndef.Type4Message([]byte{0, 0, 1})
	wantError(t, err, ndef.CodeMissing, "message")
	_, err = ndef.AppendType4(nil, make([]byte, ndef.MaxMessage+1))
	wantError(t, err, ndef.CodeOversize, "message")
}

func TestCapability(t *testing.T) {
	for page, want := range map[string]ndef.Capability{
		"E1101200": {Size: 144, Writable: true}, "E1103E0F": {Size: 496}, "E1116D00": {Size: 872, Writable: true},
	} {
		if got, err := ndef.ParseCapability(raw(t, page)); err != nil || got != want {
			t.Errorf("%s: %+v, %v", page, got, err)
		}
	}
	for _, c := range []struct {
		page  string
		code  ndef.Code
		field string
	}{
		{"E11012", ndef.CodeTruncated, "capability"}, {"00000000", ndef.CodeMissing, "capability"},
		{"E1201200", ndef.CodeUnsupported, "version"}, {"E1101201", ndef.CodeUnsupported, "access rights"},
	} {
		_, err := ndef.ParseCapability(raw(t, c.page))
		wantError(t, err, c.code, c.field)
	}
}

func FuzzNDEF(f *testing.F) {
	for _, s := range []string{"D101075502657820636F6D", "B1010255046136000162560002 6364", "0305D10101550 4FE",
		"D102095370 91010155 04 51010354 02656E", "0005D101015504"} {
		f.Add(raw(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := ndef.Type2Message(b); err == nil {
			checkFrames(t, m)
		}
		if m, err := ndef.Type4Message(b); err == nil {
			checkFrames(t, m)
		}
		records, err := ndef.Parse(b)
		if err != nil {
			return
		}
		message, err := ndef.Append(nil, records...)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ndef.Parse(message)
		if err != nil || len(again) != len(records) {
			t.Fatalf("%X came back as %+v, %v", message, again, err)
		}
		for _, r := range records {
			if uri, err := r.URI(); err == nil && r.Type == "U" {
				if back, err := ndef.NewURI(uri).URI(); err != nil || back != uri {
					t.Fatalf("URI came back as %q, %v", back, err)
				}
			}
			_, _ = r.Text()
		}
	})
}
