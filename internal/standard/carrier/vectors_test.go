package carrier_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/standard/carrier"
)

// shared is a record of the vector folders' files, as far as a scan goes.
type shared struct {
	ID            string  `json:"id"`
	Input         string  `json:"input"`
	Hex           string  `json:"hex"`
	Kind          string  `json:"kind"`
	Note          string  `json:"note"`
	ExpectedRaw   any     `json:"expected"`
	ElementString *string `json:"element_string"`
	Valid         bool    `json:"valid"`
	Public        *struct {
		Valid         bool    `json:"valid"`
		ElementString *string `json:"element_string"`
	} `json:"public_api"`
}

func readVectors(t *testing.T, path string, into any) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestEPCVectors: what package epc's vectors say must come out of Inspect. A
// chip number in place of an EPC is not valid.
func TestEPCVectors(t *testing.T) {
	path := filepath.Join("..", "epc", "testdata", "epc.json")
	if dir := os.Getenv("TRUEWARD_VECTORS"); dir != "" {
		path = filepath.Join(dir, "epc.json")
	}
	var file struct{ Vectors []shared }
	readVectors(t, path, &file)
	ran := 0
	for _, v := range file.Vectors {
		if v.Kind == "unusable" || v.ExpectedRaw == "unusable" || strings.Contains(strings.ToLower(v.Note), "do not use") {
			continue
		}
		ran++
		i := carrier.Inspect(v.Hex, now)
		if want := v.Valid || v.ExpectedRaw == "valid"; i.Valid != want {
			t.Errorf("%s: valid %v, want %v: %+v", v.ID, i.Valid, want, i.Problem)
		}
		if v.ElementString != nil && i.ElementString != *v.ElementString {
			t.Errorf("%s: element string %s, want %s", v.ID, i.ElementString, *v.ElementString)
		}
	}
	if ran == 0 {
		t.Error("no vectors")
	}
	fmt.Printf("vectors: carrier/epc ran %d of %d, skipped %d (marked unusable)\n", ran, len(file.Vectors), len(file.Vectors)-ran)
}

// TestGS1Vectors needs the form of the vector folder; without one the same
// facts run in package gs1.
func TestGS1Vectors(t *testing.T) {
	type record struct{ id, in, elements string }
	var records []record
	var valid []bool
	plain := 0
	if dir := os.Getenv("TRUEWARD_VECTORS"); dir != "" {
		var file struct{ Vectors []shared }
		readVectors(t, filepath.Join(dir, "gs1.json"), &file)
		for _, v := range file.Vectors {
			if v.Public == nil || v.Public.Valid && v.Public.ElementString == nil {
				plain++
				continue
			}
			r := record{id: v.ID, in: v.Input}
			if v.Public.ElementString != nil {
				r.elements = *v.Public.ElementString
			}
			records, valid = append(records, r), append(valid, v.Public.Valid)
		}
	} else {
		var file struct {
			Cases []struct {
				ID, In, Elements string
				OK               bool
			}
		}
		readVectors(t, filepath.Join("..", "gs1", "testdata", "messages.json"), &file)
		for _, c := range file.Cases {
			if c.OK && c.Elements == "" {
				plain++
				continue
			}
			records, valid = append(records, record{c.ID, c.In, c.Elements}), append(valid, c.OK)
		}
	}
	total, ran := len(records)+plain, 0
	for k, r := range records {
		i := carrier.Inspect(r.in, now)
		if i.Kind == carrier.HIBC { // the engine of these vectors knows no HIBC
			continue
		}
		ran++
		if i.Valid != valid[k] || i.Valid && i.ElementString != r.elements {
			t.Errorf("%s: valid %v %s, want %v %s", r.id, i.Valid, i.ElementString, valid[k], r.elements)
		}
	}
	if ran == 0 {
		t.Error("no vectors")
	}
	fmt.Printf("vectors: carrier/gs1 ran %d of %d, skipped %d (text that is no GS1 data)\n", ran, total, total-ran)
}
