package sdm_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/standard/aescmac"
	"trueward/internal/standard/keydiv"
	"trueward/internal/standard/sdm"
)

// record is one published example. Inputs are kept by name, because each kind
// has its own.
type record struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Note     string         `json:"note"`
	Input    map[string]any `json:"input"`
	Expected map[string]any `json:"expected"`
}

func (r record) in(name string) string  { s, _ := r.Input[name].(string); return s }
func (r record) out(name string) string { s, _ := r.Expected[name].(string); return s }

func (r record) bytes(t *testing.T, name string) []byte {
	t.Helper()
	return unhex(t, r.in(name))
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatalf("hex in a record: %v", err)
	}
	return b
}

func key(t testing.TB, s string) *sdm.Key { return sdm.NewKey([16]byte(unhex(t, s))) }

// unusable is why a record cannot be run, or "".
func (r record) unusable() string {
	switch {
	case r.Kind == "unusable" || r.out("verdict") == "unusable" || strings.Contains(strings.ToUpper(r.Note), "DO NOT USE"):
		return "marked unusable"
	case r.Kind == "diversify_an10922" && r.in("div_input") == "":
		return "no diversification input printed"
	}
	return ""
}

func readVectors(t *testing.T, name string) []record {
	t.Helper()
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		dir = "testdata"
	}
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []record `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 {
		t.Fatal("no records")
	}
	return file.Vectors
}

// kinds says how each kind of record is run.
var kinds = map[string]func(*testing.T, record){
	"sun_encrypted":     runSUN,
	"sun_plain":         runSUN,
	"negative":          runNegative,
	"sequence":          runSequence,
	"session_key":       runSessionKey,
	"cmac_full":         runCMAC,
	"aes_cmac":          runCMAC,
	"lrp_cmac":          runLRPCMAC,
	"diversify_an10922": runDiversify,
	"kdf_boltcard_cmac": runIssuer,
}

func TestVectors(t *testing.T) {
	const name = "ntag424.json"
	all := readVectors(t, name)
	ran, skipped := 0, map[string]int{}
	for _, r := range all {
		if why := r.unusable(); why != "" {
			skipped[why]++
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
	fmt.Printf("vectors: %s ran %d of %d, skipped %d %v\n", name, ran, len(all), len(all)-ran, skipped)
	if ran == 0 {
		t.Error("nothing ran")
	}
}

// mode is the mode that a record means: it names the primitive only.
func (r record) mode() sdm.Mode {
	plain := r.in("picc_data") == "" && r.in("uid") != ""
	switch lrp := r.in("mode") == "LRP"; {
	case plain && lrp:
		return sdm.ModePlainLRP
	case plain:
		return sdm.ModePlain
	case lrp:
		return sdm.ModeLRP
	}
	return sdm.ModeAES
}

func (r record) check(t *testing.T) (sdm.Result, error) {
	t.Helper()
	v, err := sdm.NewVerifier(sdm.Profile{Mode: r.mode()})
	if err != nil {
		t.Fatal(err)
	}
	m, err := v.ParseFields(sdm.Fields{
		PICC: r.in("picc_data"), UID: r.in("uid"), Ctr: r.in("ctr_ascii_msb"),
		Enc: r.in("enc"), MAC: r.in("cmac"), MACInput: r.in("mac_input_ascii"),
	})
	if err != nil {
		return sdm.Result{}, err
	}
	var meta *sdm.Key
	if k := r.in("sdm_meta_read_key"); k != "" {
		meta = key(t, k)
	}
	return v.Verify(&m, v.Open(&m, meta), key(t, r.in("sdm_file_read_key")))
}

func runSUN(t *testing.T, r record) {
	got, err := r.check(t)
	if err != nil {
		t.Fatal(err)
	}
	if want, ok := r.Expected["read_ctr"].(float64); !ok || uint32(want) != got.Ctr {
		t.Errorf("counter %d, want %v", got.Ctr, r.Expected["read_ctr"])
	}
	uid := r.out("uid")
	if uid == "" {
		uid = r.in("uid")
	}
	if !strings.EqualFold(hex.EncodeToString(got.UID[:]), uid) {
		t.Error("another UID")
	}
	if tag := r.out("picc_data_tag"); tag != "" && fmt.Sprintf("%02X", got.TagByte) != tag {
		t.Errorf("tag byte %02X, want %s", got.TagByte, tag)
	}
	if want := r.out("file_data_hex"); !strings.EqualFold(hex.EncodeToString(got.FileData), want) {
		t.Errorf("file data %X, want %s", got.FileData, want)
	}
}

func runNegative(t *testing.T, r record) {
	got, err := r.check(t)
	if err == nil {
		t.Fatalf("accepted: %+v", got)
	}
	if string(sdm.CodeOf(err)) != r.out("reason") {
		t.Errorf("refused as %q, want %q", sdm.CodeOf(err), r.out("reason"))
	}
}

// runSequence checks each step by itself and applies the rule of the counter:
// strictly above the last accepted one.
func runSequence(t *testing.T, r record) {
	v, err := sdm.NewVerifier(sdm.Profile{Mode: sdm.ModeAES, Layout: "p={picc}&c={mac}"})
	if err != nil {
		t.Fatal(err)
	}
	meta, file := key(t, r.in("sdm_meta_read_key")), key(t, r.in("sdm_file_read_key"))
	last := int64(-1)
	verdicts := r.Expected["verdicts"].([]any)
	for i, step := range r.Input["steps"].([]any) {
		got, err := v.Check(step.(string), meta, func(sdm.UID) *sdm.Key { return file })
		verdict := "ok"
		switch ctr := int64(got.Ctr); {
		case err != nil:
			verdict = string(sdm.CodeOf(err))
		case ctr == last:
			verdict = "replay"
		case ctr < last:
			verdict = "replay_rollback"
		default:
			last = ctr
		}
		want, _, _ := strings.Cut(verdicts[i].(string), " ")
		if verdict != want {
			t.Errorf("step %d: %s, want %s", i, verdict, want)
		}
	}
}

func runSessionKey(t *testing.T, r record) {
	k, err := aescmac.New(r.bytes(t, "key"))
	if err != nil {
		t.Fatal(err)
	}
	session := k.Sum(r.bytes(t, "sv"))
	if !bytes.Equal(session[:], unhex(t, r.out("cmac"))) {
		t.Errorf("session key %X", session)
	}
	if r.in("iv_block") == "" {
		return
	}
	sk, err := aescmac.New(session[:])
	if err != nil {
		t.Fatal(err)
	}
	iv := r.bytes(t, "iv_block")
	sk.Block().Encrypt(iv, iv)
	if !bytes.Equal(iv, unhex(t, r.out("iv"))) {
		t.Errorf("IV %X", iv)
	}
}

func runCMAC(t *testing.T, r record) {
	k, err := aescmac.New(r.bytes(t, "key"))
	if err != nil {
		t.Fatal(err)
	}
	msg := []byte(r.in("message_ascii"))
	if _, ok := r.Input["message"]; ok {
		msg = r.bytes(t, "message")
	}
	full := k.Sum(msg)
	if !bytes.Equal(full[:], unhex(t, r.out("cmac"))) {
		t.Errorf("CMAC %X", full)
	}
	if want := r.out("truncated_odd_bytes"); want != "" {
		var odd []byte
		for i := 1; i < len(full); i += 2 {
			odd = append(odd, full[i])
		}
		if !bytes.Equal(odd, unhex(t, want)) {
			t.Errorf("truncated %X", odd)
		}
	}
}

func runLRPCMAC(t *testing.T, r record) {
	got := sdm.LRPCMAC([16]byte(r.bytes(t, "key")), r.bytes(t, "message"))
	if !bytes.Equal(got[:], unhex(t, r.out("cmac"))) {
		t.Errorf("CMAC_LRP %X", got)
	}
}

func runDiversify(t *testing.T, r record) {
	m, err := keydiv.NewMaster(r.bytes(t, "master"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := m.Derive(r.bytes(t, "div_input"))
	if err != nil || !bytes.Equal(got, unhex(t, r.out("key"))) {
		t.Errorf("key %X, %v", got, err)
	}
}

func runIssuer(t *testing.T, r record) {
	issuer, err := keydiv.NewIssuer(r.bytes(t, "issuer_key"))
	if err != nil {
		t.Fatal(err)
	}
	uid := [7]byte(r.bytes(t, "uid"))
	version := uint32(r.Input["version"].(float64))
	keys, err := issuer.Keys(uid, version)
	if err != nil {
		t.Fatal(err)
	}
	card, id := issuer.CardKey(uid, version), issuer.ID(uid)
	named := map[string][]byte{"card_key": card[:], "id": id[:]}
	for i := range keys {
		named[fmt.Sprintf("k%d", i)] = keys[i][:]
	}
	if len(r.Expected) == 0 {
		t.Fatal("nothing expected")
	}
	for name := range r.Expected {
		if !bytes.Equal(named[name], unhex(t, r.out(name))) {
			t.Errorf("%s is %X", name, named[name])
		}
	}
}
