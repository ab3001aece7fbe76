package main

import (
	"net/url"
	"strings"
	"testing"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/app/scanning"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/sdm"
)

// TestSimulatedTapsOfAProfileAreGenuine commissions a tag on paper, taps it on
// the command line and shows the taps to the product.
func TestSimulatedTapsOfAProfileAreGenuine(t *testing.T) {
	folder := t.TempDir()
	p, err := product.Open(t.Context(), product.In(folder))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := p.Vault.Generate("p1"); err != nil {
		t.Fatal(err)
	}
	uid := []byte{0x04, 1, 2, 3, 4, 5, 6}
	err = p.Store.Write(t.Context(), access.System("test"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "profile", Object: "p1"})
		vendor, err := tx.CreateOrganisation(access.Organisation{Kind: access.Vendor, Name: "V", LegalName: "V Ltd", Country: "IE", Currency: "EUR", InvoicePrefix: "V"})
		if err != nil {
			return err
		}
		if err := tx.CreateProfile(authentic.Profile{
			ID: "p1", Vendor: vendor, Name: "Stents", Mode: sdm.ModeAES, KeyRef: "p1", Derivation: authentic.AN10922,
			URLTemplate: "https://ward.example/t/p1?p={picc}&m={mac}",
		}); err != nil {
			return err
		}
		_, err = tx.CreateTag(authentic.Tag{
			Identity: p.Vault.Identity(authentic.NTAG424, uid), Technology: authentic.NTAG424, Profile: "p1", Vendor: vendor, Epoch: 1,
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, errs, code := call(t, "", "tag", "simulate", "--data", folder, "--profile", "Stents", "--uid", "04010203040506", "--count", "2")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for line := range strings.Lines(out) {
		tap, err := url.Parse(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.Scanning.Tap(t.Context(), store.Command{}, scanning.TapInput{Profile: "p1", Query: tap.RawQuery, Source: "tap"})
		if err != nil || r.Verdict.Level != authentic.Genuine {
			t.Errorf("%v: %v", r.Verdict, err)
		}
	}
	for _, args := range [][]string{{"--profile", "Other", "--uid", "04010203040506"}, {"--profile", "Stents"}} {
		if _, errs, code := call(t, "", append([]string{"tag", "simulate", "--data", folder}, args...)...); code != 1 || errs == "" {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
}
