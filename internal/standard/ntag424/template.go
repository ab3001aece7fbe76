package ntag424

import "strings"

// Template is a URL with placeholders where the tag writes at each tap.
type Template struct {
	// URL has {picc} (encrypted mirror) or {uid} and {ctr}, one {mac}, and {enc}
	// if file data is encrypted: "https://t.example.com/v1/7?p={picc}&m={mac}".
	URL string
	// EncLength is the length of {enc} in characters, a multiple of 32; its
	// first half holds Data.
	EncLength int
	// Data is the plain file data, at most EncLength/2 bytes; "0" fills the rest.
	Data string
	// Tamper lets the tag write the status of its loop over the first two bytes
	// of the file data. It needs {enc}: a status that anybody can write proves
	// nothing.
	Tamper bool
	// MACFrom names the placeholder at which the MAC's input starts, as in
	// sdm.Profile; "" or "mac" is the empty input.
	MACFrom string
}

// Image is the content of the NDEF file and where the tag writes in it.
type Image struct {
	File    []byte
	Offsets map[string]uint32 // by placeholder name
	Enc     uint32            // length of {enc} in characters
	MACFrom uint32
	Tamper  bool // the loop's status stands at the beginning of {enc}
}

// prefixes are the URI identifier codes of the NDEF URI record that apply
// (NFC Forum URI RTD table 3), longest first.
var prefixes = [...]struct {
	text string
	code byte
}{
	{"https://www.", 0x02}, {"http://www.", 0x01}, {"https://", 0x04}, {"http://", 0x03},
}

const (
	imageHead = 7   // NLEN 2, D1 01 len 55, prefix code
	maxRecord = 250 // prefix code and text, so that the file is at most 256 bytes
)

// Image lays the template out as an NDEF file with one URI record. A template
// that cannot be written is CodeTemplate with the part at fault.
func (t Template) Image() (Image, error) {
	if err := t.check(); err != nil {
		return Image{}, err
	}
	im := Image{Offsets: map[string]uint32{}, Enc: uint32(t.EncLength), Tamper: t.Tamper}
	text := t.URL
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(t.URL, p.text); ok {
			text = rest
			im.File = []byte{0, 0, 0xD1, 0x01, 0, 0x55, p.code}
			break
		}
	}
	if err := t.lay(&im, text); err != nil {
		return Image{}, err
	}
	record := len(im.File) - imageHead + 1
	if record > maxRecord {
		return Image{}, refuse(CodeTemplate, "length")
	}
	im.File[1], im.File[4] = byte(record+4), byte(record)
	return im, t.order(&im)
}

// check refuses what no layout could cure.
func (t Template) check() error {
	for i := range len(t.URL) {
		if t.URL[i] < 0x21 || t.URL[i] > 0x7E {
			return &Error{Code: CodeTemplate, Field: "alphabet", Offset: i}
		}
	}
	rest, ok := strings.CutPrefix(t.URL, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(t.URL, "http://")
	}
	host := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host = rest[:i]
	}
	switch {
	case !ok || host == "" || strings.ContainsAny(host, "{}"):
		return refuse(CodeTemplate, "scheme")
	case strings.Contains(host, "@"):
		return refuse(CodeTemplate, "userinfo")
	case strings.Contains(t.URL, "#"):
		return refuse(CodeTemplate, "fragment")
	case t.EncLength < 0 || t.EncLength%encUnit != 0 || len(t.Data) > t.EncLength/2:
		return refuse(CodeTemplate, "enc_length")
	}
	return nil
}

// lay writes the text, with zeros at each placeholder.
func (t Template) lay(im *Image, text string) error {
	sizes := map[string]int{
		"picc": LenPICC, "uid": LenUID, "ctr": LenCtr, "enc": t.EncLength, "mac": LenMAC,
	}
	for text != "" {
		static, tail, open := strings.Cut(text, "{")
		im.File = append(im.File, static...)
		if strings.Contains(static, "}") {
			return refuse(CodeTemplate, "placeholder")
		}
		if !open {
			break
		}
		name, rest, closed := strings.Cut(tail, "}")
		size := sizes[name]
		if _, again := im.Offsets[name]; !closed || size == 0 || again {
			return refuse(CodeTemplate, "placeholder")
		}
		im.Offsets[name] = uint32(len(im.File))
		hole := strings.Repeat("0", size)
		if name == "enc" {
			hole = t.Data + hole[len(t.Data):]
		}
		im.File = append(im.File, hole...)
		text = rest
	}
	return nil
}

// order checks which placeholders go together and finds the MAC input.
func (t Template) order(im *Image) error {
	has := func(name string) bool { _, ok := im.Offsets[name]; return ok }
	plain := has("uid") || has("ctr")
	mac := im.Offsets["mac"]
	from := t.MACFrom
	if from == "" {
		from = "mac"
	}
	switch {
	case !has("mac"):
		return refuse(CodeTemplate, "mac")
	case has("picc") && plain:
		return refuse(CodeTemplate, "picc")
	case !has("picc") && !has("uid"):
		return refuse(CodeTemplate, "uid")
	case has("enc") && !has("picc") && !has("ctr"):
		return refuse(CodeTemplate, "ctr")
	case t.Tamper && !has("enc"):
		return refuse(CodeTemplate, "tamper")
	case has("enc") != (t.EncLength > 0), has("enc") && im.Offsets["enc"] > mac:
		return refuse(CodeTemplate, "enc")
	case !has(from) || im.Offsets[from] > mac, has("enc") && im.Offsets[from] > im.Offsets["enc"]:
		return refuse(CodeTemplate, "mac_input_from")
	}
	im.MACFrom = im.Offsets[from]
	return nil
}

// SDM are the settings that make a tag write this image under these keys. The
// meta key is not used by a plain mirror.
func (im Image) SDM(meta, file, ctrRet Access) *SDM {
	_, encrypted := im.Offsets["picc"]
	_, ctr := im.Offsets["ctr"]
	_, enc := im.Offsets["enc"]
	s := &SDM{
		UID: true, Ctr: encrypted || ctr, Enc: enc,
		Meta: meta, File: file, CtrRet: ctrRet,
		UIDOffset: im.Offsets["uid"], CtrOffset: im.Offsets["ctr"], PICCOffset: im.Offsets["picc"],
		MACInputOffset: im.MACFrom, EncOffset: im.Offsets["enc"], EncLength: im.Enc,
		MACOffset: im.Offsets["mac"],
	}
	if im.Tamper {
		s.Tamper, s.TamperOffset = true, im.Offsets["enc"]
	}
	if !encrypted {
		s.Meta = AccessFree
	}
	return s
}

// The key numbers of the product's tags (personalisation profile).
const (
	KeyMaster = 0
	KeyMeta   = 1 // shared by all tags of a profile
	KeyFile   = 2 // one per tag
)

// Settings are the product's settings for this image: readable by anyone,
// writable by the master key, no counter limit, counter not to be asked for.
func (im Image) Settings() FileSettings {
	return FileSettings{
		Comm:   CommPlain,
		Rights: Rights{Read: AccessFree, Write: KeyMaster, ReadWrite: KeyMaster, Change: KeyMaster},
		Size:   SizeNDEF,
		SDM:    im.SDM(KeyMeta, KeyFile, AccessNever),
	}
}

// URL is the text of the URI record in an NDEF file, with the prefix written
// out. A file that is empty or holds something else is CodeMalformed.
func URL(file []byte) (string, error) {
	if len(file) < imageHead {
		return "", refuse(CodeMalformed, "ndef")
	}
	nlen, record := int(file[0])<<8|int(file[1]), int(file[4])
	if nlen != record+4 || nlen+2 > len(file) || record < 1 || string(file[2:4]) != "\xD1\x01" || file[5] != 0x55 {
		return "", refuse(CodeMalformed, "ndef")
	}
	text := string(file[imageHead : imageHead+record-1])
	if file[6] == 0 {
		return text, nil
	}
	for _, p := range prefixes {
		if p.code == file[6] {
			return p.text + text, nil
		}
	}
	return "", refuse(CodeMalformed, "ndef")
}
