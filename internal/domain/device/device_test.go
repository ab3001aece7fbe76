package device_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"trueward/internal/domain/device"
	"trueward/internal/fault"
	"trueward/internal/standard/originality"
)

var start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

func TestAddresses(t *testing.T) {
	for text, want := range map[string]device.Address{
		"/dev/ttyUSB0":       {Path: "/dev/ttyUSB0"},
		"/dev/ttyUSB0:pn532": {Path: "/dev/ttyUSB0", Kind: device.KindPN532},
		"/dev/ttyACM1:r200":  {Path: "/dev/ttyACM1", Kind: device.KindR200},
		"COM3:pn532":         {Path: "COM3", Kind: device.KindPN532},
		"/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0":       {Path: "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"},
		"/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0:pn532": {Path: "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0", Kind: device.KindPN532},
	} {
		got, err := device.ParseAddress(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if got.String() != text {
			t.Errorf("%s written as %s", text, got)
		}
	}
	for _, text := range []string{"", ":pn532", "/dev/ttyUSB0:pn523", "/dev/tty\x00:pn532"} {
		if a, err := device.ParseAddress(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %+v, %v", text, a, err)
		}
	}
}

// TestNothingIdentifyingPrints prints reads in every way that a careless line
// could.
func TestNothingIdentifyingPrints(t *testing.T) {
	const uid, epc, url = "04A1B2C3D4E580", "30751FEB705C5904E3D50D70", "https://t.example.com/v1/7?p=EF963FF7828658A599F3041510671E88"
	r := device.Read{
		Reader: "desk", Technology: device.NTAG424, UID: uid, EPC: epc, URL: url, At: start,
		Signature: []byte{1, 2, 3},
	}
	s := device.Sighting{UID: uid}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("x", "read", r, "seen", s, "uid", r.UID, "epc", r.EPC)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "read", r, "seen", s, "uid", r.UID, "epc", r.EPC)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		fmt.Fprintf(&log, verb+verb+verb+verb, r, s, r.UID, r.EPC)
	}
	for _, secret := range []string{uid, epc, "EF963FF7", strings.ToLower(uid)} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q printed", secret)
		}
	}
	if !strings.Contains(log.String(), "ntag424") {
		t.Error("the harness saw no output")
	}
	if string(r.UID) != uid || !bytes.Equal(r.UID.Bytes(), []byte{4, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0x80}) {
		t.Error("the UID itself is lost")
	}
	if device.NewUID(r.UID.Bytes()) != r.UID || device.NewEPC(r.EPC.Bytes()) != r.EPC || device.UID("x").Bytes() != nil {
		t.Error("bytes")
	}
}

func TestPresence(t *testing.T) {
	p := device.NewPresence(time.Second)
	a, b := device.Sighting{UID: "04AA"}, device.Sighting{EPC: "04AA"}
	if p.Has(a, start) {
		t.Error("nothing lies there yet")
	}
	p.Put(a, start)
	for i := range 50 { // it stays as long as it is seen often enough
		if !p.Has(a, start.Add(time.Duration(i)*900*time.Millisecond)) {
			t.Fatalf("left at look %d", i)
		}
	}
	if p.Has(b, start) {
		t.Error("a UHF tag of the same digits is another tag")
	}
	last := start.Add(49 * 900 * time.Millisecond)
	if p.Has(a, last.Add(1001*time.Millisecond)) {
		t.Error("it had left")
	}
	p.Put(b, last)
	p.Clear()
	if p.Has(b, last) {
		t.Error("cleared")
	}
}

func TestPresenceIsBounded(t *testing.T) {
	p := device.NewPresence(time.Hour)
	for i := range 5000 {
		p.Put(device.Sighting{EPC: device.EPC(fmt.Sprint(i))}, start.Add(time.Duration(i)*time.Millisecond))
	}
	at := start.Add(5 * time.Second)
	if p.Has(device.Sighting{EPC: "0"}, at) {
		t.Error("the oldest makes room")
	}
	if !p.Has(device.Sighting{EPC: "4999"}, at) || !p.Has(device.Sighting{EPC: "904"}, at) {
		t.Error("the newest stay")
	}
}

func TestDelaysGrowToTheirBoundForEver(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: device.LeastDelay, 1: device.LeastDelay, 2: time.Second, 5: 8 * time.Second, 7: device.MostDelay, 1 << 30: device.MostDelay,
	} {
		if got := device.Delay(failures, 0); got != want {
			t.Errorf("%d failures: %s, want %s", failures, got, want)
		}
		if got := device.Delay(failures, 0.999); got <= want/2-time.Millisecond || got > want {
			t.Errorf("%d failures with jitter: %s of %s", failures, got, want)
		}
	}
}

func TestRate(t *testing.T) {
	var r device.Rate
	for i := range 90 {
		r.Add(start.Add(time.Duration(i) * time.Second))
	}
	if got := r.PerMinute(start.Add(89 * time.Second)); got != 60 {
		t.Errorf("%d in the last minute", got)
	}
	if got := r.PerMinute(start.Add(119 * time.Second)); got != 30 {
		t.Errorf("%d half a minute later", got)
	}
	if got := r.PerMinute(start.Add(time.Hour)); got != 0 {
		t.Errorf("%d an hour later", got)
	}
}

func TestWords(t *testing.T) {
	words := map[string]bool{}
	for _, s := range []device.State{
		device.StateConnecting, device.StateConnected, device.StateAbsent, device.StateBusy, device.StateDenied,
		device.StateSilent, device.StateStopped,
	} {
		words[s.Words()] = true
	}
	if len(words) != 7 {
		t.Errorf("%v", words)
	}
	if device.NTAG424.Originality() != originality.FamilyDESFire || device.NTAG21x.Originality() != originality.FamilyUltralight || device.UHF.Originality() != "" {
		t.Error("families")
	}
}
