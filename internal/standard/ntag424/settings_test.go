package ntag424_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"trueward/internal/standard/ntag424"
)

// valid are settings with everything in them that can be.
func valid() ntag424.FileSettings {
	im, _ := ntag424.Template{URL: urlPrefix + "u={uid}&c={ctr}&e={enc}&m={mac}", EncLength: 32, MACFrom: "uid"}.Image()
	f := im.Settings()
	limit := uint32(0x123456)
	f.SDM.Limit = &limit
	return f
}

func TestSettingsRefused(t *testing.T) {
	if err := valid().Validate(ntag424.FileNDEF, 0); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*ntag424.FileSettings){
		"access_rights":        func(f *ntag424.FileSettings) { f.Rights.Write = 9 },
		"file_option":          func(f *ntag424.FileSettings) { f.Comm = 2 },
		"sdm_meta_read":        func(f *ntag424.FileSettings) { f.SDM.Meta = 7 },
		"sdm_file_read":        func(f *ntag424.FileSettings) { f.SDM.File = ntag424.AccessFree },
		"sdm_ctr_ret":          func(f *ntag424.FileSettings) { f.SDM.CtrRet = 5 },
		"sdm_enc_file_data":    func(f *ntag424.FileSettings) { f.SDM.File = ntag424.AccessNever },
		"sdm_enc_length":       func(f *ntag424.FileSettings) { f.SDM.EncLength = 0 },
		"sdm_enc_offset":       func(f *ntag424.FileSettings) { f.SDM.MACInputOffset = f.SDM.EncOffset + 1 },
		"sdm_mac_input_offset": func(f *ntag424.FileSettings) { f.SDM.MACInputOffset = f.SDM.MACOffset + 1 },
		"sdm_mac_offset":       func(f *ntag424.FileSettings) { f.SDM.EncLength = 64 },
		"sdm_read_ctr_limit":   func(f *ntag424.FileSettings) { *f.SDM.Limit = 1 << 24 },
		"sdm_read_ctr_offset":  func(f *ntag424.FileSettings) { f.SDM.CtrOffset = f.SDM.UIDOffset + 13 },
		"uid_offset":           func(f *ntag424.FileSettings) { f.SDM.UIDOffset = 243 },
	} {
		f := valid()
		spoil(&f)
		err := f.Validate(ntag424.FileNDEF, 0)
		var e *ntag424.Error
		if !errors.As(err, &e) || e.Field != field || e.Status != ntag424.StatusParameter {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := valid().Validate(ntag424.FileNDEF, 0x123456); err == nil {
		t.Error("a limit that is already reached")
	}
	off := valid()
	off.SDM = nil
	if err := off.Validate(ntag424.FileProprietary, 0); err != nil {
		t.Error(err)
	}
	none := valid()
	none.SDM.Limit, none.SDM.Enc, none.SDM.File = nil, false, ntag424.AccessNever
	if err := none.Validate(ntag424.FileNDEF, 0); err != nil {
		t.Errorf("a mirror without a MAC is the tag's to take: %v", err)
	}
	hidden := valid()
	hidden.SDM.CtrOffset = ntag424.NoOffset
	if err := hidden.Validate(ntag424.FileNDEF, 0); err != nil {
		t.Errorf("a counter that is not shown: %v", err)
	}
}

// TestSettingsRoundTrip and its truncations: nothing missing, nothing extra.
func TestSettingsRoundTrip(t *testing.T) {
	f := valid()
	wire := f.Encode()
	got, err := ntag424.ParseSettings(wire)
	if err != nil || !bytes.Equal(got.Encode(), wire) || *got.SDM.Limit != 0x123456 {
		t.Fatalf("%v", err)
	}
	for n := range wire {
		if _, err := ntag424.ParseSettings(wire[:n]); err == nil && n != 3 {
			t.Errorf("%d bytes taken", n)
		}
	}
	if _, err := ntag424.ParseSettings(append(wire, 0)); ntag424.CodeOf(err) != ntag424.CodeMalformed {
		t.Errorf("an extra byte: %v", err)
	}
	answer := f.EncodeAnswer()
	if got, err := ntag424.ParseFileSettings(answer); err != nil || got.Size != ntag424.SizeNDEF {
		t.Errorf("%v", err)
	}
	for n := range answer {
		if _, err := ntag424.ParseFileSettings(answer[:n]); err == nil {
			t.Errorf("an answer of %d bytes taken", n)
		}
	}
	for name, spoil := range map[string]func([]byte){
		"file option": func(b []byte) { b[0] |= 0x80 }, "SDM options": func(b []byte) { b[3] |= 2 },
		"no ASCII": func(b []byte) { b[3] &^= 1 }, "reserved nibble": func(b []byte) { b[4] = 0x0F },
	} {
		bad := append([]byte(nil), wire...)
		spoil(bad)
		if _, err := ntag424.ParseSettings(bad); ntag424.CodeOf(err) != ntag424.CodeSettings {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := ntag424.ParseSettings([]byte{2, 0, 0}); err != nil || got.Comm != ntag424.CommPlain {
		t.Errorf("mode 2 is plain: %v, %v", got.Comm, err)
	}
}

func TestTemplatesRefused(t *testing.T) {
	for name, tpl := range map[string]ntag424.Template{
		"userinfo":          {URL: "https://a@t.example.com/?p={picc}&m={mac}"},
		"no host":           {URL: "https:///?p={picc}&m={mac}"},
		"placeholder host":  {URL: "https://{picc}/?m={mac}"},
		"stray brace":       {URL: urlPrefix + "p}={picc}&m={mac}"},
		"unclosed":          {URL: urlPrefix + "p={picc}&m={mac"},
		"space":             {URL: urlPrefix + "p={picc}& m={mac}"},
		"enc length":        {URL: urlPrefix + "p={picc}&e={enc}&m={mac}", EncLength: 48},
		"data too long":     {URL: urlPrefix + "p={picc}&e={enc}&m={mac}", EncLength: 32, Data: strings.Repeat("x", 17)},
		"enc not placed":    {URL: urlPrefix + "p={picc}&m={mac}", EncLength: 32},
		"enc without ctr":   {URL: urlPrefix + "u={uid}&e={enc}&m={mac}", EncLength: 32},
		"MAC from nothing":  {URL: urlPrefix + "p={picc}&m={mac}", MACFrom: "uid"},
		"MAC from behind":   {URL: urlPrefix + "m={mac}&p={picc}", MACFrom: "picc"},
		"MAC input in enc":  {URL: urlPrefix + "p={picc}&e={enc}&m={mac}", EncLength: 32, MACFrom: "mac"},
		"counter alone":     {URL: urlPrefix + "c={ctr}&m={mac}"},
		"doubled MAC":       {URL: urlPrefix + "p={picc}&m={mac}&n={mac}"},
		"ftp":               {URL: "ftp://t.example.com/?p={picc}&m={mac}"},
		"placeholder space": {URL: urlPrefix + "p={picc}&m={ mac}"},
	} {
		if _, err := tpl.Image(); ntag424.CodeOf(err) != ntag424.CodeTemplate {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := template.Layout("https://other.example/"); got != "" {
		t.Errorf("layout %q", got)
	}
}

// TestTemplateLengthLimit: 250 bytes behind the prefix code's place, no more.
func TestTemplateLengthLimit(t *testing.T) {
	for n := 150; n < 220; n++ {
		im, err := ntag424.Template{URL: "https://t.example.com/" + strings.Repeat("a", n) + "?p={picc}&m={mac}"}.Image()
		size := 7 + len("t.example.com/") + n + len("?p=&m=") + 32 + 16
		if fits := size <= 256; fits != (err == nil) || fits && len(im.File) != size {
			t.Errorf("a file of %d bytes: %v", size, err)
		}
	}
}

func TestURLOfBadFiles(t *testing.T) {
	good := []byte("\x00\x08\xD1\x01\x04\x55\x04a.b")
	if got, err := ntag424.URL(good); err != nil || got != "https://a.b" {
		t.Errorf("%q, %v", got, err)
	}
	for i, prefix := range []string{"", "http://www.", "https://www.", "http://"} {
		good[6] = byte(i)
		if got, err := ntag424.URL(good); err != nil || got != prefix+"a.b" {
			t.Errorf("%q, %v", got, err)
		}
	}
	for name, file := range map[string]string{
		"empty": "", "no message": "\x00\x00\xD1\x01\x04\x55\x04a.b", "text record": "\x00\x08\xD1\x01\x04\x54\x04a.b",
		"prefix": "\x00\x08\xD1\x01\x04\x55\x24a.b", "short": "\x00\x20\xD1\x01\x1C\x55\x04a.b",
	} {
		if _, err := ntag424.URL([]byte(file)); ntag424.CodeOf(err) != ntag424.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesAndErrors(t *testing.T) {
	if s := fmt.Sprintf("%v %+v %#v", firstSet, firstSet[1], firstSet); strings.Contains(s, "71") || strings.Contains(s, "113") || strings.Contains(s, "165") {
		t.Errorf("a key prints as %s", s)
	}
	for s, want := range map[ntag424.Status]string{0x6C10: "wrong Le", 0x1234: "unknown status", 0x9000: "OK"} {
		if s.String() != want {
			t.Errorf("%04X is %s", uint16(s), s)
		}
	}
	err := &ntag424.Error{Code: ntag424.CodeStatus, Field: "x", Status: ntag424.StatusIntegrity}
	if err.Error() != "ntag424: status in x (911E INTEGRITY_ERROR)" || ntag424.CodeOf(errors.New("other")) != "" {
		t.Errorf("%s", err)
	}
}

// FuzzFileSettings: what is taken is encoded back to the same bytes.
func FuzzFileSettings(f *testing.F) {
	f.Add(valid().EncodeAnswer())
	f.Add([]byte{0, 0, 0xE0, 0xEE, 0, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ntag424.ParseFileSettings(b)
		if err != nil {
			if ntag424.CodeOf(err) == "" {
				t.Errorf("untyped refusal: %v", err)
			}
			return
		}
		b[1] &^= map[bool]byte{true: 2, false: 0}[b[1]&3 == 2] // two spellings of plain
		if again := got.EncodeAnswer(); !bytes.Equal(again, b) {
			t.Errorf("%X encodes as %X", b, again)
		}
		_ = got.Validate(ntag424.FileNDEF, 0)
	})
}

// FuzzTemplate: an image that is made fits the file, has zeros at its offsets
// and settings that the tag takes.
func FuzzTemplate(f *testing.F) {
	f.Add(template.URL, 32, "CC", "enc")
	f.Add("https://choose.url.com/ntag424?e={picc}&c={mac}", 0, "", "")
	f.Add("http://www.a/{uid}x{ctr}{mac}", 0, "", "uid")
	f.Fuzz(func(t *testing.T, url string, enc int, data, from string) {
		im, err := ntag424.Template{URL: url, EncLength: enc, Data: data, MACFrom: from}.Image()
		if err != nil {
			if ntag424.CodeOf(err) != ntag424.CodeTemplate {
				t.Errorf("%v", err)
			}
			return
		}
		if len(im.File) > ntag424.SizeNDEF {
			t.Errorf("%d bytes", len(im.File))
		}
		for name, at := range im.Offsets {
			if name != "enc" && im.File[at] != '0' {
				t.Errorf("%s is not zero in the file", name)
			}
		}
		if err := im.Settings().Validate(ntag424.FileNDEF, 0); err != nil {
			t.Errorf("settings of an accepted template: %v", err)
		}
	})
}
