package keydiv_test

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

	"trueward/internal/standard/keydiv"
)

type record struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Input    map[string]any `json:"input"`
	Expected map[string]any `json:"expected"`
}

func (r record) in(name string) string { s, _ := r.Input[name].(string); return s }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVectors runs the key derivations among the published records; the others
// in the file belong to package sdm.
func TestVectors(t *testing.T) {
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		dir = "testdata"
	}
	raw, err := os.ReadFile(filepath.Join(dir, "ntag424.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []record `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	ran, all, skipped := 0, 0, map[string]int{}
	for _, r := range file.Vectors {
		run := map[string]func(*testing.T, record){"diversify_an10922": runDerive, "kdf_boltcard_cmac": runIssuer}[r.Kind]
		if run == nil {
			continue
		}
		all++
		if r.Kind == "diversify_an10922" && r.in("div_input") == "" {
			skipped["no diversification input printed"]++
			continue
		}
		ran++
		t.Run(r.ID, func(t *testing.T) { run(t, r) })
	}
	fmt.Printf("vectors: ntag424.json (key derivation) ran %d of %d, skipped %d %v\n", ran, all, all-ran, skipped)
	if ran == 0 {
		t.Error("nothing ran")
	}
}

func runDerive(t *testing.T, r record) {
	m, err := keydiv.NewMaster(unhex(t, r.in("master")))
	if err != nil {
		t.Fatal(err)
	}
	want := unhex(t, r.Expected["key"].(string))
	got, err := m.Derive(unhex(t, r.in("div_input")))
	if err != nil || !bytes.Equal(got, want) || len(got) != m.KeySize() {
		t.Errorf("%X, %v", got, err)
	}
	if m.KeySize() != 16 {
		return
	}
	short, err := m.Derive128(new(keydiv.Scratch), unhex(t, r.in("div_input")))
	if err != nil || !bytes.Equal(short[:], want) {
		t.Errorf("in scratch: %X, %v", short, err)
	}
}

func runIssuer(t *testing.T, r record) {
	issuer, err := keydiv.NewIssuer(unhex(t, r.in("issuer_key")))
	if err != nil {
		t.Fatal(err)
	}
	uid, version := [7]byte(unhex(t, r.in("uid"))), uint32(r.Input["version"].(float64))
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
	for name, want := range r.Expected {
		if !bytes.Equal(named[name], unhex(t, want.(string))) {
			t.Errorf("%s is %X", name, named[name])
		}
	}
}

// TestPaddingDecidesTheSubkey: 31 bytes fill both blocks and use K1, fewer are
// padded and use K2 (AN10922 §2.2), so no input can stand for another.
func TestPaddingDecidesTheSubkey(t *testing.T) {
	m, err := keydiv.NewMaster(bytes.Repeat([]byte{0x5C}, 16))
	if err != nil {
		t.Fatal(err)
	}
	full := append(bytes.Repeat([]byte{0x31}, 30), 0x80)
	a, errA := m.Derive(full)
	b, errB := m.Derive(full[:30])
	if errA != nil || errB != nil || bytes.Equal(a, b) {
		t.Errorf("%v, %v: a padded and a full input give the same key", errA, errB)
	}
}

// TestAES256: two independent halves, each of AES-128's construction.
func TestAES256(t *testing.T) {
	m, err := keydiv.NewMaster(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	k, err := m.Derive([]byte{1, 2, 3})
	if err != nil || len(k) != 32 || bytes.Equal(k[:16], k[16:]) {
		t.Errorf("%d bytes, %v", len(k), err)
	}
}

func TestRefusals(t *testing.T) {
	code := func(err error) keydiv.Code {
		var e *keydiv.Error
		if !errors.As(err, &e) {
			return ""
		}
		return e.Code
	}
	for _, n := range []int{0, 8, 15, 17, 33} {
		if _, err := keydiv.NewMaster(make([]byte, n)); code(err) != keydiv.CodeKeyLength {
			t.Errorf("master of %d bytes: %v", n, err)
		}
		if _, err := keydiv.NewIssuer(make([]byte, n)); code(err) != keydiv.CodeKeyLength {
			t.Errorf("issuer of %d bytes: %v", n, err)
		}
	}
	m, err := keydiv.NewMaster(make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 32, 100} {
		if _, err := m.Derive(make([]byte, n)); code(err) != keydiv.CodeInputLength {
			t.Errorf("input of %d bytes: %v", n, err)
		}
		if _, err := m.Derive128(new(keydiv.Scratch), make([]byte, n)); code(err) != keydiv.CodeInputLength || !strings.Contains(err.Error(), "31") {
			t.Errorf("input of %d bytes: %v", n, err)
		}
	}
	long, err := keydiv.NewMaster(make([]byte, 24))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := long.Derive128(new(keydiv.Scratch), []byte{1}); code(err) != keydiv.CodeKeyLength || !strings.Contains(err.Error(), "master") {
		t.Errorf("%v", err)
	}
}

// TestAttack14WellKnownKeys: factory and published keys are found, others not.
func TestAttack14WellKnownKeys(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("00", 16), strings.Repeat("FF", 16), strings.Repeat("A5", 24), "",
		"00000000000000000000000000000001", "00112233445566778899AABBCCDDEEFF",
		"5ACE7E50AB65D5D51FD5BF5A16B8205B", "0c3b25d92b38ae443229dd59ad34b85d",
	} {
		if !keydiv.IsWellKnown(unhex(t, s)) {
			t.Errorf("%q passes as a secret", s)
		}
	}
	for _, s := range []string{"1DF0A3B7C5E94822676F0B9A3C5D7E81", "00000000000000000000000000000101"} {
		if keydiv.IsWellKnown(unhex(t, s)) {
			t.Errorf("%q is refused", s)
		}
	}
}

// FuzzDiversify: the same input gives the same key, a longer one another.
func FuzzDiversify(f *testing.F) {
	f.Add(make([]byte, 16), []byte{4, 0x78, 0x2E, 0x21, 0x80, 0x1D, 0x80})
	f.Add(make([]byte, 24), []byte{})
	f.Fuzz(func(t *testing.T, key, input []byte) {
		m, err := keydiv.NewMaster(key)
		if err != nil {
			return
		}
		a, err := m.Derive(input)
		if err != nil {
			return
		}
		b, err := m.Derive(input)
		if err != nil || !bytes.Equal(a, b) {
			t.Error("two keys for one input")
		}
		if c, err := m.Derive(append(input[:len(input):len(input)], 0)); err == nil && bytes.Equal(a, c) {
			t.Error("one key for two inputs")
		}
	})
}

func BenchmarkDerive128(b *testing.B) {
	m, err := keydiv.NewMaster(make([]byte, 16))
	if err != nil {
		b.Fatal(err)
	}
	s, uid := new(keydiv.Scratch), make([]byte, 7)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Derive128(s, uid); err != nil {
			b.Fatal(err)
		}
	}
}

// The example of AN10922 §2.2.1.
func ExampleMaster_Derive() {
	master, _ := hex.DecodeString("00112233445566778899AABBCCDDEEFF")
	input, _ := hex.DecodeString("04782E21801D803042F54E585020416275")
	m, err := keydiv.NewMaster(master)
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := m.Derive(input)
	fmt.Printf("%X %v\n", key, err)
	// Output: A8DD63A3B89D54B37CA802473FDA9175 <nil>
}
