package m100

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type vector struct {
	Proto, Name, Hex string
	Valid            bool
	Decoded          map[string]any
}

func (v vector) bytes(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(v.Hex)
	must(t, err)
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// loadVectors reads the records of this family, here or in TRUEWARD_VECTORS.
func loadVectors(t testing.TB) (ours []vector, others int) {
	t.Helper()
	dir := os.Getenv("TRUEWARD_VECTORS")
	if dir == "" {
		dir = "testdata"
	}
	text, err := os.ReadFile(filepath.Join(dir, "serial.json"))
	must(t, err)
	var file struct{ Vectors []vector }
	must(t, json.Unmarshal(text, &file))
	for _, v := range file.Vectors {
		if family, _, _ := strings.Cut(v.Proto, "-"); family == "m100" || family == "r200" || family == "yrm100" {
			ours = append(ours, v)
		}
	}
	return ours, len(file.Vectors) - len(ours)
}

func TestVectors(t *testing.T) {
	vectors, others := loadVectors(t)
	if len(vectors) < 10 {
		t.Fatalf("only %d records", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) { judge(t, v) })
	}
	fmt.Printf("vectors: m100 ran %d of %d, skipped %d (other families)\n", len(vectors), len(vectors)+others, others)
}

func judge(t *testing.T, v vector) {
	b := v.bytes(t)
	f, err := Decode(b)
	if !v.Valid {
		if err == nil {
			t.Error("accepted")
		}
		return
	}
	must(t, err)
	if again, err := f.Append(nil); err != nil || !bytes.Equal(again, b) {
		t.Errorf("written back as %X, %v", again, err)
	}
	told := tell(t, f)
	for field, want := range v.Decoded {
		if field == "error" {
			var cause Failure
			if _, err := fmt.Sscanf(fmt.Sprint(want), "0x%02x", &cause); err != nil || told[field] != cause.String() {
				t.Errorf("failure %q, want %v", told[field], want)
			}
			continue
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
	case f.Type == TypeNotice && f.Command == CmdPoll:
		tag, err := ParseTag(f)
		must(t, err)
		return map[string]string{
			"rssi_dbm": fmt.Sprint(tag.RSSI), "pc": fmt.Sprintf("%04x", tag.PC),
			"epc": hex.EncodeToString(tag.EPC), "crc": fmt.Sprintf("%04x", tag.CRC),
		}
	case f.Type == TypeReply && f.Command == CmdInfo:
		info, err := ParseInfo(f)
		must(t, err)
		return map[string]string{"info": info}
	case f.Type == TypeReply && f.Command == CmdFailure:
		if e, ok := Failed(f).(*Error); ok {
			return map[string]string{"error": e.Cause.String()}
		}
	}
	return nil
}

// TestCommandsAreTheRecordedOnes compares every recorded command with its builder.
func TestCommandsAreTheRecordedOnes(t *testing.T) {
	built := map[string]bool{}
	for _, f := range []Frame{
		Info(), Poll(), MultiPoll(10000), SetRegion(RegionChina900), Power(), SetPower(2600),
		ReadMemory(0, BankTID, WordTID, 6), MultiPoll(0xFFFF).In(DialectAA),
	} {
		b, err := f.Append(nil)
		must(t, err)
		built[strings.ToUpper(hex.EncodeToString(b))] = true
	}
	t.Setenv("TRUEWARD_VECTORS", "")
	vectors, _ := loadVectors(t)
	for _, v := range vectors {
		if f, err := Decode(v.bytes(t)); err == nil && f.Type == TypeCommand {
			if !built[v.Hex] {
				t.Errorf("%s is not built", v.Name)
			}
			delete(built, v.Hex)
		}
	}
	if len(built) != 0 {
		t.Errorf("without a record: %v", built)
	}
}
