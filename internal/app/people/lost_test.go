package people_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// A lost device: the administrator forgets its passkeys, every session ends,
// and a link is made; others' passkeys stay, and others' administrators reach
// nothing.
func TestLostDeviceForgetsPasskeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		h := build(t, s)
		boss := h.invite(t, h.operator, h.hospital, access.Hospital, "boss@holm.example", access.Grant{Role: access.Admin})
		amy := h.invite(t, boss, h.hospital, access.Hospital, "amy@holm.example", access.Grant{Role: access.Nurse})
		ben := h.invite(t, boss, h.hospital, access.Hospital, "ben@holm.example", access.Grant{Role: access.Nurse})
		foreign := h.invite(t, h.operator, h.vendor, access.Vendor, "boss@norvane.example", access.Grant{Role: access.Admin})
		for who, credentials := range map[*access.Actor][]string{&amy: {"a", "b"}, &ben: {"c"}} {
			for _, credential := range credentials {
				err := s.Write(t.Context(), *who, func(tx *store.Tx) error {
					tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "person", Object: string(who.Person)})
					_, _, err := tx.CreatePasskey(h.hospital, access.Passkey{Person: who.Person, Credential: credential, Record: []byte("{}"), Name: credential})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		clk.Advance(time.Second)
		began := s.Now()
		clk.Advance(time.Second)
		if _, err := h.desk.LostDevice(t.Context(), h.by(foreign), amy.Person); !fault.Is(err, fault.NotFound) {
			t.Errorf("another organisation's administrator: %v", err)
		}
		if _, err := h.desk.LostDevice(t.Context(), h.by(ben), amy.Person); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a colleague: %v", err)
		}
		link, err := h.desk.LostDevice(t.Context(), h.by(boss), amy.Person)
		if err != nil || link.Token == "" || link.Kind != access.ResetLink {
			t.Fatalf("%+v %v", link, err)
		}
		of := func(who access.Actor) int {
			list, err := s.Read(t.Context(), boss.Scope()).PasskeysOf(who.Person)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if of(amy) != 0 || of(ben) != 1 {
			t.Errorf("amy has %d, ben %d", of(amy), of(ben))
		}
		c, _, err := s.Read(t.Context(), access.Scope{}).CredentialOf(amy.Person)
		if err != nil || !began.Before(c.AccessChangedAt) {
			t.Errorf("sessions go on: %v %v", c.AccessChangedAt, err)
		}
		if _, err := h.desk.LostDevice(t.Context(), h.by(boss), amy.Person); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second time: %v", err)
		}
	})
}
