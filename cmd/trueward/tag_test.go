package main

import (
	"strings"
	"testing"

	"trueward/internal/standard/sdm"
)

// TestSimulatedTapsVerify runs the command as a person would and checks every
// URL with the production verifier.
func TestSimulatedTapsVerify(t *testing.T) {
	const meta, file = "A0000000000000000000000000000001", "B0000000000000000000000000000002"
	var uid = sdm.UID{0x04, 1, 2, 3, 4, 5, 6}
	for name, c := range map[string]struct {
		profile sdm.Profile
		args    []string
		tamper  sdm.Tamper
	}{
		"encrypted": {sdm.Profile{Mode: sdm.ModeAES, Layout: "p={picc}&m={mac}"}, nil, sdm.TamperNone},
		"plain":     {sdm.Profile{Mode: sdm.ModePlain, Layout: "u={uid}&c={ctr}&m={mac}"}, nil, sdm.TamperNone},
		"opened": {
			sdm.Profile{Mode: sdm.ModeAES, Layout: "p={picc}&e={enc}&m={mac}", MACFrom: "enc", EncLength: 32, Tamper: true},
			[]string{"--loop", "reclosed", "--mac-from", "enc"}, sdm.TamperReclosed,
		},
	} {
		args := append([]string{
			"tag", "simulate", "--uid", "04010203040506", "--meta-key", meta, "--file-key", file,
			"--counter", "41", "--count", "3", "--template", "https://ward.example/t/x?" + c.profile.Layout,
		}, c.args...)
		out, errs, code := call(t, "", args...)
		if code != 0 {
			t.Fatalf("%s: exit %d: %s", name, code, errs)
		}
		verifier, err := sdm.NewVerifier(c.profile)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if len(lines) != 3 {
			t.Fatalf("%s: %d lines", name, len(lines))
		}
		for i, line := range lines {
			_, query, _ := strings.Cut(line, "?")
			got, err := verifier.Check(query, sdm.NewKey(key(t, meta)), func(sdm.UID) *sdm.Key { return sdm.NewKey(key(t, file)) })
			if err != nil {
				t.Fatalf("%s: tap %d does not verify: %v", name, i, err)
			}
			if got.UID != uid || got.Ctr <= uint32(41+i) || got.Tamper != c.tamper {
				t.Errorf("%s: tap %d says counter %d, tamper %q", name, i, got.Ctr, got.Tamper)
			}
		}
	}
}

func TestSimulateRefusesWithoutRepeatingKeys(t *testing.T) {
	const short = "C0FFEE11"
	_, errs, code := call(t, "", "tag", "simulate", "--file-key", short)
	if code != 1 || !strings.Contains(errs, "32 hex digits") || strings.Contains(errs, short) {
		t.Errorf("exit %d: %s", code, errs)
	}
}
