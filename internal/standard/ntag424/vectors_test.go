package ntag424_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/standard/ntag424"
)

type record struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Note     string         `json:"note"`
	Input    map[string]any `json:"input"`
	Expected map[string]any `json:"expected"`
}

func (r record) in(name string) string  { s, _ := r.Input[name].(string); return s }
func (r record) out(name string) string { s, _ := r.Expected[name].(string); return s }
func (r record) num(name string) int    { f, _ := r.Input[name].(float64); return int(f) }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatalf("hex in a record: %v", err)
	}
	return b
}

func (r record) bytes(t *testing.T, name string) []byte { t.Helper(); return unhex(t, r.in(name)) }
func (r record) key(t *testing.T, name string) ntag424.Key {
	t.Helper()
	return ntag424.Key(r.bytes(t, name))
}

// same compares bytes with a hex value of the record; an absent value is not
// compared.
func same(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	if want != "" && !strings.EqualFold(hex.EncodeToString(got), want) {
		t.Errorf("%s is %X, want %s", what, got, want)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var kinds = map[string]func(*testing.T, record){
	"iso_select":                    runSelect,
	"activation":                    runActivation,
	"get_version":                   runVersion,
	"auth_ev2_first":                runAuth,
	"auth_ev2_nonfirst":             runAuth,
	"auth_negative":                 runAuthNegative,
	"iso_update_binary":             runUpdate,
	"write_data_full":               runCommand(ntag424.CommFull),
	"write_data_plain":              runWritePlain,
	"change_file_settings":          runCommand(ntag424.CommFull),
	"change_key_other":              runChangeKey,
	"change_key_same":               runChangeKey,
	"set_configuration":             runCommand(ntag424.CommFull),
	"get_file_settings_mac":         runCommand(ntag424.CommMAC),
	"get_key_version_mac":           runCommand(ntag424.CommMAC),
	"get_version_mac":               runCommand(ntag424.CommMAC),
	"get_card_uid":                  runCommand(ntag424.CommFull),
	"get_file_counters":             runCommand(ntag424.CommFull),
	"read_sig":                      runReadSig,
	"ndef_template":                 runTemplate,
	"ndef_template_negative":        runTemplateNegative,
	"change_file_settings_negative": runSettingsNegative,
	"crc32nk":                       runCRC,
	"response_negative":             runResponseNegative,
	"status":                        runStatus,
}

func TestVectors(t *testing.T) {
	const name = "ntag424_personalisation.json"
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		dir = "testdata"
	}
	raw := must[[]byte](t)(os.ReadFile(filepath.Join(dir, name)))
	var file struct {
		Vectors []record `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	ran, skipped := 0, map[string]int{}
	for _, r := range file.Vectors {
		if r.Kind == "unusable" || r.out("verdict") == "unusable" || strings.Contains(strings.ToUpper(r.Note), "DO NOT USE") {
			skipped["marked unusable"]++
			continue
		}
		run := kinds[r.Kind]
		if run == nil {
			t.Errorf("%s: unknown kind %q", r.ID, r.Kind)
			continue
		}
		ran++
		t.Run(r.ID, func(t *testing.T) { run(t, r) })
	}
	fmt.Printf("vectors: %s ran %d of %d, skipped %d %v\n", name, ran, len(file.Vectors), len(file.Vectors)-ran, skipped)
	if ran == 0 {
		t.Error("nothing ran")
	}
}

func runSelect(t *testing.T, r record) {
	got := ntag424.SelectApp()
	if id := r.in("file_id"); id != "" {
		b := unhex(t, id)
		got = ntag424.SelectFile(uint16(b[0])<<8 | uint16(b[1]))
	} else if r.in("df_name") != strings.ToUpper(hex.EncodeToString([]byte(ntag424.AppName))) {
		t.Fatal("another application")
	}
	same(t, "command", got, r.out("c_apdu"))
	same(t, "answer", unhex(t, r.out("r_apdu")), "9000")
}

func runActivation(t *testing.T, r record) {
	uid, err := ntag424.UIDFromCascade([5]byte(r.bytes(t, "cl1")), [5]byte(r.bytes(t, "cl2")))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "UID", uid[:], r.out("uid"))
}

func runVersion(t *testing.T, r record) {
	commands := r.Input["c_apdu"].([]any)
	same(t, "first command", ntag424.GetVersionPart(), commands[0].(string))
	same(t, "second command", ntag424.MoreFrames(), commands[1].(string))
	var joined []byte
	for _, a := range r.Input["r_apdu"].([]any) {
		joined = append(joined, must[ntag424.Answer](t)(ntag424.ParseAnswer(unhex(t, a.(string)))).Data...)
	}
	v := must[ntag424.Version](t)(ntag424.ParseVersion(joined))
	if !v.Known() || v.RandomID() {
		t.Error("not known as an NTAG 424 DNA")
	}
	same(t, "UID", v.UID[:], r.out("uid"))
	same(t, "batch", v.Batch[:], r.out("batch"))
	same(t, "week", []byte{v.Week, v.Year}, r.out("calendar_week_bcd")+r.out("year_bcd"))
	same(t, "encoded", v.Encode(), hex.EncodeToString(joined))
	hw := r.Expected["hw"].(map[string]any)
	same(t, "hardware", joined[:7], fmt.Sprint(hw["vendor"], hw["type"], hw["subtype"], hw["major"], hw["minor"], hw["storage"], hw["protocol"]))
}

// authenticate runs both parts of an authentication.
func authenticate(t *testing.T, r record) (*ntag424.Session, []byte, []byte, error) {
	t.Helper()
	var a *ntag424.Auth
	var first []byte
	if r.Kind == "auth_ev2_nonfirst" {
		prior := ntag424.ResumeSession(ntag424.SessionKeys{}, [4]byte(unhex(t, r.out("ti"))), 1)
		a, first = prior.StartAuthNonFirst(byte(r.num("key_no")), r.key(t, "key"), [16]byte(r.bytes(t, "rnd_a")))
	} else {
		a, first = ntag424.StartAuth(byte(r.num("key_no")), r.key(t, "key"), [16]byte(r.bytes(t, "rnd_a")))
	}
	second, err := a.Challenge(r.bytes(t, "r_apdu_1"))
	if err != nil {
		return nil, first, nil, err
	}
	s, err := a.Finish(r.bytes(t, "r_apdu_2"))
	return s, first, second, err
}

func runAuth(t *testing.T, r record) {
	s, first, second, err := authenticate(t, r)
	if err != nil {
		t.Fatal(err)
	}
	// AN12196 prints LenCap 00 in Lc 02; the data sheet allows the same.
	same(t, "first command", first, r.out("c_apdu_1"))
	same(t, "second command", second, r.out("c_apdu_2"))
	k, ti := s.Keys(), s.TI()
	same(t, "encryption key", k.Enc[:], r.out("ses_auth_enc_key"))
	same(t, "MAC key", k.MAC[:], r.out("ses_auth_mac_key"))
	same(t, "TI", ti[:], r.out("ti"))
	same(t, "capabilities", s.PDCap[:], r.out("pdcap2"))
	if want, ok := r.Expected["cmd_ctr"].(float64); ok && s.Counter() != uint16(want) {
		t.Errorf("counter %d", s.Counter())
	}
}

func runAuthNegative(t *testing.T, r record) {
	_, _, _, err := authenticate(t, r)
	if err == nil {
		t.Fatal("accepted")
	}
	if lrp := r.out("verdict") == "refuse_lrp_tag"; lrp != (ntag424.CodeOf(err) == ntag424.CodeLRPTag) {
		t.Errorf("refused as %v", err)
	}
}

func runUpdate(t *testing.T, r record) {
	same(t, "command", ntag424.UpdateBinary(uint16(r.num("offset")), r.bytes(t, "data")), r.out("c_apdu"))
}

func session(t *testing.T, r record, counter string) *ntag424.Session {
	t.Helper()
	k := ntag424.SessionKeys{MAC: r.key(t, "ses_auth_mac_key")}
	if r.in("ses_auth_enc_key") != "" {
		k.Enc = r.key(t, "ses_auth_enc_key")
	}
	return ntag424.ResumeSession(k, [4]byte(r.bytes(t, "ti")), uint16(r.num(counter)))
}

// runCommand sends a command of the record in a mode and reads the answer.
func runCommand(mode ntag424.CommMode) func(*testing.T, record) {
	return func(t *testing.T, r record) {
		s := session(t, r, "cmd_ctr")
		ins := ntag424.Instruction(r.bytes(t, "cmd")[0])
		got := must[[]byte](t)(s.Command(mode, ins, r.bytes(t, "cmd_header"), r.bytes(t, "cmd_data")))
		same(t, "command", got, r.out("c_apdu"))
		answer := r.out("r_apdu")
		if answer == "" {
			answer = r.in("r_apdu")
		}
		data := must[[]byte](t)(s.Response(mode, unhex(t, answer)))
		readAnswer(t, r, ins, data)
	}
}

func readAnswer(t *testing.T, r record, ins ntag424.Instruction, data []byte) {
	t.Helper()
	same(t, "answer data", data, r.in("resp_data"))
	switch ins {
	case ntag424.InsGetCardUID:
		same(t, "UID", data, r.out("uid"))
	case ntag424.InsGetCounters:
		if got := must[uint32](t)(ntag424.ParseCounters(data)); float64(got) != r.Expected["sdm_read_ctr"] {
			t.Errorf("counter %d", got)
		}
	case ntag424.InsGetSettings:
		f := must[ntag424.FileSettings](t)(ntag424.ParseFileSettings(data))
		if !bytes.Equal(f.EncodeAnswer(), data) {
			t.Errorf("encoded again as %X", f.EncodeAnswer())
		}
		if want, ok := r.Expected["settings"].(map[string]any); ok {
			checkSettings(t, f, want)
		}
	case ntag424.InsChangeSettings:
		f := must[ntag424.FileSettings](t)(ntag424.ParseSettings(r.bytes(t, "cmd_data")))
		if err := f.Validate(ntag424.FileNDEF, 0); err != nil {
			t.Error(err)
		}
		same(t, "encoded again", f.Encode(), r.in("cmd_data"))
	}
}

func checkSettings(t *testing.T, f ntag424.FileSettings, want map[string]any) {
	t.Helper()
	got := map[string]any{
		"file_size": f.Size, "picc_data_offset": f.SDM.PICCOffset, "sdm_mac_offset": f.SDM.MACOffset,
		"sdm_mac_input_offset": f.SDM.MACInputOffset, "sdm_enc_offset": f.SDM.EncOffset, "sdm_enc_length": f.SDM.EncLength,
	}
	for name, v := range got {
		if w, ok := want[name]; ok && fmt.Sprint(w) != fmt.Sprint(v) {
			t.Errorf("%s is %v, want %v", name, v, w)
		}
	}
}

func runWritePlain(t *testing.T, r record) {
	s := ntag424.ResumeSession(ntag424.SessionKeys{}, [4]byte{}, uint16(r.num("cmd_ctr_before")))
	got := must[[]byte](t)(s.Write(ntag424.CommPlain, byte(r.num("file_no")), uint32(r.num("offset")), r.bytes(t, "data")))
	same(t, "command", got, r.out("c_apdu"))
	if _, err := s.Response(ntag424.CommPlain, unhex(t, r.out("r_apdu"))); err != nil {
		t.Error(err)
	}
	if float64(s.Counter()) != r.Expected["cmd_ctr_after"] {
		t.Errorf("counter %d", s.Counter())
	}
}

func runChangeKey(t *testing.T, r record) {
	no, newKey := byte(r.num("key_no")), r.key(t, "new_key")
	s := session(t, r, "cmd_ctr")
	s.KeyNo = byte(r.num("auth_key_no"))
	got := must[[]byte](t)(s.ChangeKey(no, newKey, r.key(t, "old_key"), r.bytes(t, "key_version")[0]))
	same(t, "command", got, r.out("c_apdu"))
	data := ntag424.ChangeKeyData(no == s.KeyNo, newKey, r.key(t, "old_key"), r.bytes(t, "key_version")[0])
	same(t, "key data", data, r.in("cmd_data"))
	if err := s.FinishChangeKey(no, unhex(t, r.out("r_apdu"))); err != nil {
		t.Error(err)
	}
	if over := !s.Open(); over != (no == r.bytesOr0("auth_key_no")) {
		t.Errorf("session over: %v", over)
	}
}

func (r record) bytesOr0(name string) byte { return byte(r.num(name)) }

func runReadSig(t *testing.T, r record) {
	same(t, "command", ntag424.ReadSig(), r.in("c_apdu"))
	sig := must[[]byte](t)(ntag424.ParseSig(r.bytes(t, "r_apdu")))
	same(t, "signature", sig, r.out("r")+r.out("s"))
}

func runTemplate(t *testing.T, r record) {
	im := must[ntag424.Image](t)(ntag424.Template{
		URL: r.in("template"), EncLength: r.num("enc_length"), MACFrom: r.in("mac_input_from"),
	}.Image())
	same(t, "file", im.File, r.out("file"))
	if float64(len(im.File)) != r.Expected["length"] {
		t.Errorf("length %d", len(im.File))
	}
	want := must[ntag424.FileSettings](t)(ntag424.ParseSettings(unhex(t, r.out("change_file_settings_data"))))
	got := want
	got.SDM = im.SDM(want.SDM.Meta, want.SDM.File, want.SDM.CtrRet)
	got.SDM.Limit = want.SDM.Limit
	same(t, "settings", got.Encode(), r.out("change_file_settings_data"))
	if err := got.Validate(ntag424.FileNDEF, 0); err != nil {
		t.Error(err)
	}
	names := map[string]uint32{
		"picc_data_offset": im.Offsets["picc"], "uid_offset": im.Offsets["uid"], "sdm_read_ctr_offset": im.Offsets["ctr"],
		"sdm_mac_offset": im.Offsets["mac"], "sdm_enc_offset": im.Offsets["enc"], "sdm_enc_length": im.Enc,
		"sdm_mac_input_offset": im.MACFrom,
	}
	for name, offset := range r.Expected["offsets"].(map[string]any) {
		if v, ok := names[name]; !ok || float64(v) != offset {
			t.Errorf("%s is %v, want %v", name, v, offset)
		}
	}
	whole := append(append([]byte(nil), im.File...), make([]byte, 256-len(im.File))...)
	if text, err := ntag424.URL(whole); err != nil || !strings.HasPrefix(r.in("template"), text[:20]) {
		t.Errorf("read back as %q, %v", text, err)
	}
}

func runTemplateNegative(t *testing.T, r record) {
	if _, err := (ntag424.Template{URL: r.in("template"), EncLength: r.num("enc_length")}).Image(); ntag424.CodeOf(err) != ntag424.CodeTemplate {
		t.Errorf("not refused: %v", err)
	}
}

func runSettingsNegative(t *testing.T, r record) {
	f, err := ntag424.ParseSettings(r.bytes(t, "cmd_data"))
	if err == nil {
		err = f.Validate(byte(r.num("file_no")), 0)
	}
	if err == nil {
		t.Fatal("accepted")
	}
	var e *ntag424.Error
	if !errors.As(err, &e) || fmt.Sprintf("%04X", uint16(e.Status)) != r.out("sw") {
		t.Errorf("refused as %v, want %s", err, r.out("sw"))
	}
}

func runCRC(t *testing.T, r record) {
	crc := ntag424.CRC32NK(r.key(t, "new_key"))
	same(t, "CRC", crc[:], r.out("crc32nk"))
}

func runResponseNegative(t *testing.T, r record) {
	s := session(t, r, "cmd_ctr_before")
	if _, err := s.Command(ntag424.CommFull, ntag424.InsWriteData, []byte{2}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Response(ntag424.CommFull, r.bytes(t, "r_apdu")); err == nil {
		t.Error("accepted")
	}
	if s.Open() {
		t.Error("the session is still open")
	}
	if _, err := s.Command(ntag424.CommFull, ntag424.InsWriteData, []byte{2}, nil); ntag424.CodeOf(err) != ntag424.CodeSession {
		t.Errorf("the session was used again: %v", err)
	}
}

func runStatus(t *testing.T, r record) {
	a := must[ntag424.Answer](t)(ntag424.ParseAnswer(r.bytes(t, "r_apdu")))
	if a.Status.String() != r.out("name") {
		t.Errorf("named %s, want %s", a.Status, r.out("name"))
	}
	quarantine := strings.Contains(r.out("action"), "quarantine")
	if quarantine != (a.Status.Action() == ntag424.ActionQuarantine) {
		t.Errorf("action %s, want %q", a.Status.Action(), r.out("action"))
	}
	if retry := strings.Contains(r.out("action"), "retry"); retry != (a.Status.Action() == ntag424.ActionRetry) {
		t.Errorf("action %s, want %q", a.Status.Action(), r.out("action"))
	}
	s := ntag424.NewSession(ntag424.SessionKeys{})
	if _, err := s.Response(ntag424.CommFull, r.bytes(t, "r_apdu")); err == nil || s.Open() {
		t.Error("the session survived an error status")
	}
}
