package originality_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"trueward/internal/standard/originality"
)

type record struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	Chip      string `json:"chip"`
	Curve     string `json:"curve"`
	PublicKey string `json:"public_key"`
	UID       string `json:"uid_as_signed"`
	Signature string `json:"signature"`
	Hash      string `json:"hash"`
	Expected  string `json:"expected"`
	Reason    string `json:"reason"`
	Note      string `json:"note"`
}

type publicKey struct {
	Curve string `json:"curve"`
	Key   string `json:"key"`
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readVectors(t testing.TB) (keys []publicKey, records []record) {
	t.Helper()
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		dir = "testdata"
	}
	raw, err := os.ReadFile(filepath.Join(dir, "originality.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Keys    []publicKey `json:"public_keys"`
		Vectors []record    `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Keys, file.Vectors
}

func (r record) key(t testing.TB) *originality.PublicKey {
	t.Helper()
	m := originality.MessageUID
	if r.Hash == "sha256" {
		m = originality.MessageSHA256
	}
	k, err := originality.NewPublicKey(originality.Curve(r.Curve), m, r.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestVectors(t *testing.T) {
	keys, records := readVectors(t)
	ran, skipped := 0, map[string]int{}
	for i, r := range records {
		if r.Kind == "unusable" || r.Expected == "unusable" || strings.Contains(strings.ToUpper(r.Note), "DO NOT USE") {
			skipped["marked unusable"]++
			continue
		}
		ran++
		t.Run(fmt.Sprintf("%02d %s %s", i, r.Chip, r.Reason), func(t *testing.T) { run(t, r) })
	}
	for _, k := range keys {
		t.Run("key "+k.Key[:10], func(t *testing.T) { runKey(t, k) })
	}
	fmt.Printf("vectors: originality.json ran %d of %d and %d keys, skipped %d %v\n", ran, len(records), len(keys), len(records)-ran, skipped)
	if ran == 0 || len(keys) == 0 {
		t.Error("nothing ran")
	}
}

func run(t *testing.T, r record) {
	err := r.key(t).Verify(unhex(t, r.UID), unhex(t, r.Signature))
	if valid := strings.HasPrefix(r.Expected, "valid"); valid != (err == nil) {
		t.Fatalf("%v, want %s", err, r.Expected)
	} else if !valid {
		return
	}
	// The same through the published table, by family and by name.
	found := false
	for _, k := range originality.Keys() {
		if k.Point() != r.PublicKey {
			continue
		}
		for _, name := range []string{string(k.Family), k.Name} {
			got, err := originality.Verify(name, unhex(t, r.UID), unhex(t, r.Signature))
			found = found || err == nil && got.Point() == r.PublicKey
		}
	}
	if !found && slices.ContainsFunc(originality.Keys(), func(k *originality.PublicKey) bool { return k.Point() == r.PublicKey }) {
		t.Error("not found by family or name")
	}
}

// runKey checks that a key of the list is a point of its curve and is in the
// published table.
func runKey(t *testing.T, k publicKey) {
	if _, err := originality.NewPublicKey(originality.Curve(k.Curve), originality.MessageUID, k.Key); err != nil {
		t.Error(err)
	}
	for _, p := range originality.Keys() {
		if p.Point() == k.Key && string(p.Curve) == k.Curve {
			return
		}
	}
	t.Error("not in the table")
}

func bench(b *testing.B, curve string) {
	_, records := readVectors(b)
	i := slices.IndexFunc(records, func(r record) bool { return r.Curve == curve })
	r := records[i]
	k, uid, sig := r.key(b), unhex(b, r.UID), unhex(b, r.Signature)
	b.ReportAllocs()
	for b.Loop() {
		if err := k.Verify(uid, sig); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify128(b *testing.B) { bench(b, "secp128r1") }
func BenchmarkVerify192(b *testing.B) { bench(b, "secp192r1") }
func BenchmarkVerify224(b *testing.B) { bench(b, "secp224r1") }
