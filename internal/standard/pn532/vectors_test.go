package pn532

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/standard/ntag21x"
)

// vector is a frame as it goes over the line, and what it says.
type vector struct {
	Proto, Name, Hex string
	Valid            bool
	Decoded          map[string]any
}

func (v vector) bytes(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatalf("%s: %v", v.Name, err)
	}
	return b
}

// loadVectors reads the records of this family, here or in TRUEWARD_VECTORS.
func loadVectors(t testing.TB) (ours []vector, others int) {
	t.Helper()
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		dir = "testdata"
	}
	text, err := os.ReadFile(filepath.Join(dir, "serial.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		if strings.HasPrefix(v.Proto, "pn532") {
			ours = append(ours, v)
		}
	}
	return ours, len(file.Vectors) - len(ours)
}

func TestVectors(t *testing.T) {
	vectors, others := loadVectors(t)
	if len(vectors) < 20 {
		t.Fatalf("only %d records", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) { judge(t, v) })
	}
	fmt.Printf("vectors: pn532 ran %d of %d, skipped %d (other families)\n", len(vectors), len(vectors)+others, others)
}

func judge(t *testing.T, v vector) {
	b := v.bytes(t)
	if bytes.HasPrefix(b, WakeUp()[:2]) {
		if !bytes.Equal(b, WakeUp()) {
			t.Error("the wake-up differs")
		}
		return
	}
	f, err := Decode(b)
	if !v.Valid {
		if err == nil {
			t.Error("accepted")
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if again, err := f.Append(nil); err != nil || !bytes.Equal(again, b) {
		t.Errorf("written back as %X, %v", again, err)
	}
	told := tell(t, f)
	for field, want := range v.Decoded {
		if field == "note" || field == "meaning" {
			continue // words about the record
		}
		if got, known := told[field]; !known || !strings.EqualFold(got, fmt.Sprint(want)) {
			t.Errorf("%s is %q, want %v", field, got, want)
		}
	}
}

// tell decodes a frame as far as it can be, in the words of the records.
func tell(t *testing.T, f Frame) map[string]string {
	t.Helper()
	switch {
	case f.Answers(CmdGetFirmwareVersion):
		w, err := ParseFirmware(f.Data)
		must(t, err)
		return map[string]string{
			"ic": fmt.Sprintf("0x%02X", w.IC), "ver": fmt.Sprint(w.Version),
			"rev": fmt.Sprint(w.Revision), "support": fmt.Sprint(w.Support),
		}
	case f.Answers(CmdInListPassiveTarget):
		targets, err := ParseTargets(f.Data)
		must(t, err)
		told := map[string]string{"targets": fmt.Sprint(len(targets))}
		for _, x := range targets {
			told["tg"], told["atqa"] = fmt.Sprint(x.Number), hex.EncodeToString(x.ATQA[:])
			told["sak"], told["uid"] = hex.EncodeToString([]byte{x.SAK}), hex.EncodeToString(x.UID)
			told["ats"] = hex.EncodeToString(x.ATS)
		}
		return told
	case f.Answers(CmdInDataExchange), f.Answers(CmdInCommunicateThru):
		x, err := ParseExchange(f.Data)
		must(t, err)
		told := map[string]string{"status": fmt.Sprint(byte(x.Status)), "data": hex.EncodeToString(x.Data)}
		if chip, err := ntag21x.ParseVersion(x.Data); err == nil {
			told["version"], told["product"] = told["data"], chip.Product()
		}
		return told
	case f.Command == CmdInDataExchange && len(f.Data) > 0:
		return map[string]string{"apdu": hex.EncodeToString(f.Data[1:])}
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommandsAreTheRecordedOnes compares every command builder with a record.
func TestCommandsAreTheRecordedOnes(t *testing.T) {
	vectors, _ := loadVectors(t)
	read, _ := DataExchange(1, []byte{0x30, 0x04})
	version, _ := CommunicateThru([]byte{0x60})
	for name, f := range map[string]Frame{
		"GetFirmwareVersion":         GetFirmwareVersion(),
		"SAMConfiguration normal":    SAMConfiguration(),
		"InListPassiveTarget 1":      ListPassiveTargets(1),
		"RFConfiguration MaxRetries": MaxRetries(2),
		"InDataExchange READ page 4": read,
		"InCommunicateThru GET_VERS": version,
	} {
		found := false
		for _, v := range vectors {
			if strings.HasPrefix(v.Name, name) && !strings.Contains(v.Name, "rsp") {
				found = true
				if b, err := f.Append(nil); err != nil || !bytes.Equal(b, v.bytes(t)) {
					t.Errorf("%s: %X, %v", v.Name, b, err)
				}
			}
		}
		if !found {
			t.Errorf("no record of %s", name)
		}
	}
}
