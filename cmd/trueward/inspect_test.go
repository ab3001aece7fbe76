package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestInspectArgumentsAndLinesAnswerAlike(t *testing.T) {
	scans := []string{
		"(01)09506000134352(17)280131(10)LT4471(21)SN90313A",
		"",
		"3074257BF7194E4000001A85",
		"(01)09506000134353",
	}
	scans[1] = "]d201095060001343521728013110LT4471\x1d21SN90313A"
	byArgs, _, code := call(t, "", append([]string{"inspect"}, scans...)...)
	if code != 1 {
		t.Errorf("exit %d with an invalid scan among them", code)
	}
	byLines, _, _ := call(t, strings.Join(scans, "\n")+"\n", "inspect")
	if byArgs != byLines {
		t.Errorf("arguments and lines differ:\n%s\n%s", byArgs, byLines)
	}
	lines := strings.Split(strings.TrimSpace(byArgs), "\n")
	if len(lines) != len(scans) {
		t.Fatalf("%d answers to %d scans", len(lines), len(scans))
	}
	type answer struct {
		Valid             bool
		GTIN, Lot, Serial string
		Expiry            string
		Elements          map[string]string
		EPC               *struct{ Scheme string }
		Error             *struct{ Code, Message string }
	}
	var got [4]answer
	for i, line := range lines {
		if err := json.Unmarshal([]byte(line), &got[i]); err != nil {
			t.Fatalf("line %d is no JSON: %v", i, err)
		}
	}
	for i := range 2 {
		if a := got[i]; !a.Valid || a.GTIN != "09506000134352" || a.Lot != "LT4471" || a.Serial != "SN90313A" || a.Expiry != "2028-01-31" || a.Elements["21"] != "SN90313A" {
			t.Errorf("scan %d: %+v", i, a)
		}
	}
	if got[2].EPC == nil || got[2].GTIN != "80614141123458" {
		t.Errorf("EPC: %+v", got[2])
	}
	if got[3].Valid || got[3].Error == nil || got[3].Error.Code != "check_digit" {
		t.Errorf("wrong check digit: %+v", got[3])
	}
}

func TestInspectEndsWithZeroWhenAllIsValid(t *testing.T) {
	if _, _, code := call(t, "", "inspect", "(01)09506000134352(10)A"); code != 0 {
		t.Errorf("exit %d", code)
	}
}
