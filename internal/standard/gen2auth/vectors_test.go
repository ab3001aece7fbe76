package gen2auth_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/standard/gen2auth"
)

type record struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Type     string            `json:"type"`
	Note     string            `json:"note"`
	Input    map[string]string `json:"input"`
	Expected map[string]any    `json:"expected"`
}

func (r record) out(name string) string { s, _ := r.Expected[name].(string); return s }

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVectors(t *testing.T) {
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		dir = "testdata"
	}
	raw, err := os.ReadFile(filepath.Join(dir, "iso29167-10.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []record `json:"vectors"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]func(*testing.T, record){"TAM1": runTAM, "TAM2": runTAM, "Authenticate": runImpinj}
	ran, skipped := 0, map[string]int{}
	for _, r := range file.Vectors {
		if r.Kind == "unusable" || r.out("verdict") == "unusable" || strings.Contains(strings.ToUpper(r.Note), "DO NOT USE") {
			skipped["marked unusable"]++
			continue
		}
		run := kinds[r.Type]
		if run == nil {
			t.Errorf("%s: unknown type %q", r.ID, r.Type)
			continue
		}
		ran++
		t.Run(r.ID, func(t *testing.T) { run(t, r) })
	}
	fmt.Printf("vectors: iso29167-10.json ran %d of %d, skipped %d %v\n", ran, len(file.Vectors), len(file.Vectors)-ran, skipped)
	if ran == 0 {
		t.Error("nothing ran")
	}
}

func runTAM(t *testing.T, r record) {
	key := gen2auth.NewKey([16]byte(unhex(t, r.Input["key"])))
	challenge := gen2auth.Challenge(unhex(t, r.Input["ichallenge"]))
	data, err := gen2auth.VerifyHex(key, challenge, r.Input["tresponse"])
	if r.out("verdict") == "invalid" {
		want := gen2auth.CodeBadResponse
		if r.out("reason") == "malformed" {
			want = gen2auth.CodeMalformed
		}
		if gen2auth.CodeOf(err) != want || data != nil {
			t.Errorf("%v, want %s", err, want)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, r.out("custom_data")); !bytes.Equal(data, want) {
		t.Errorf("data %X, want %X", data, want)
	}
	if want := unhex(t, r.out("contains")); !bytes.Contains(data, want) {
		t.Errorf("data %X does not contain %X", data, want)
	}
	if r.Type == "TAM2" && strings.HasPrefix(r.out("verdict"), "challenge valid") {
		// What any inventoried EPC of 96 bits would be compared with.
		if err := gen2auth.MatchEPC(data, unhex(t, "000000313730333031393638")); gen2auth.CodeOf(err) != gen2auth.CodeDataMismatch {
			t.Errorf("altered data taken: %v", err)
		}
	}
}

func runImpinj(t *testing.T, r record) {
	e, err := gen2auth.ParseImpinj(r.Input["messageHex"], r.Input["responseHex"], r.Input["tidHex"])
	if err != nil {
		t.Fatal(err)
	}
	s := e.ShortTID
	tid := []byte{0xE2, 0xC0, s[0], s[1], 0, 0, s[2], s[3], s[4], s[5], s[6], s[7]}
	if err := e.MatchShortTID(tid); err != nil {
		t.Error(err)
	}
	tid[11] ^= 1
	if err := e.MatchShortTID(tid); gen2auth.CodeOf(err) != gen2auth.CodeDataMismatch {
		t.Errorf("another tag: %v", err)
	}
}
