package pn532

import (
	"encoding/hex"
	"errors"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	must(t, err)
	return b
}

func TestParseTargets(t *testing.T) {
	two := "02" + "010044000704A1B2C3D4E580" + "020004080411223344"
	targets, err := ParseTargets(unhex(t, two))
	must(t, err)
	if len(targets) != 2 || targets[1].Number != 2 || hex.EncodeToString(targets[1].UID) != "11223344" || targets[1].SAK != 8 {
		t.Errorf("%+v", targets)
	}
	if targets[0].ISODEP() {
		t.Error("SAK 00 promises no ISO-DEP")
	}
	for name, in := range map[string]string{
		"empty":           "",
		"three":           "03",
		"announced":       "01",
		"head cut":        "01010044",
		"uid length":      "010100440005" + "0102030405",
		"uid cut":         "010100440007" + "04A1B2",
		"trailing":        "00FF",
		"trailing target": "01010044000411223344" + "00",
		"ats length 0":    "01010344200411223344" + "00",
		"ats cut":         "01010344200411223344" + "067777",
	} {
		var e *Error
		if got, err := ParseTargets(unhex(t, in)); !errors.As(err, &e) || got != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestParseExchange(t *testing.T) {
	e, err := ParseExchange([]byte{0x40, 1, 2})
	if err != nil || !e.More || e.Status != StatusOK || len(e.Data) != 2 {
		t.Errorf("%+v, %v", e, err)
	}
	for _, bad := range [][]byte{nil, {0x01, 0x90}} {
		if _, err := ParseExchange(bad); err == nil {
			t.Errorf("% X accepted", bad)
		}
	}
	for s, gone := range map[Status]bool{StatusTimeout: true, StatusCardGone: true, StatusCRC: false, StatusFormat: false} {
		if s.Gone() != gone {
			t.Errorf("%s: gone %v", s, !gone)
		}
	}
}

func TestExchangeIsBounded(t *testing.T) {
	for _, build := range []func([]byte) (Frame, error){
		CommunicateThru, func(b []byte) (Frame, error) { return DataExchange(1, b) },
	} {
		f, err := build(make([]byte, MaxExchange))
		must(t, err)
		if _, err := f.Append(nil); err != nil {
			t.Error("the longest exchange does not fit:", err)
		}
		if _, err := build(make([]byte, MaxExchange+1)); err == nil {
			t.Error("too long")
		}
	}
}

func TestSettingsOfTheField(t *testing.T) {
	if off, on := Field(false), Field(true); off.Data[1] != 0 || on.Data[1] != 1 {
		t.Error("field")
	}
	if f := Release(0); f.Command != CmdInRelease || len(f.Data) != 1 {
		t.Errorf("%+v", f)
	}
	if w, err := ParseFirmware(unhex(t, "32010607")); err != nil || w.String() != "PN532 1.6" {
		t.Errorf("%v, %v", w, err)
	}
	if _, err := ParseFirmware(unhex(t, "320106")); err == nil {
		t.Error("short")
	}
}
