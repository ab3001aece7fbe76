package operating_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/operating"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/standard/sdm"
	"trueward/internal/testkit/ward"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type keyring map[string][]int64

func (k keyring) Epochs(ref string) []int64 { return k[ref] }

// as is somebody of an organisation with a role.
func as(w *ward.Ward, org access.OrganisationID, kind access.OrganisationKind, role access.Role, site access.SiteID) access.Actor {
	a := w.Amy
	a.Organisation, a.Kind, a.Grants = org, kind, []access.Grant{{Role: role, Site: site}}
	return a
}

func furnished(t *testing.T, s *store.Store) (*ward.Ward, operating.Desk) {
	t.Helper()
	return ward.New(t, s, ward.Terms()), operating.Desk{Store: s, Keyring: keyring{"k1": {1, 2}}}
}

// write puts rows that other rooms make, with the audit entries of them.
func write(t *testing.T, s *store.Store, actor access.Actor, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), actor, fn); err != nil {
		t.Fatal(err)
	}
}

func TestTrailShowsEachTheirOwn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, desk := furnished(t, s)
		for i := range 45 {
			clk.Advance(time.Second)
			chain := audit.SiteChain(string(w.Site))
			if i%3 == 0 {
				chain = audit.OrganisationChain(string(w.Hospital))
			}
			write(t, s, w.Amy, func(tx *store.Tx) error {
				tx.Audit(audit.Change{Chain: chain, Action: "unit.used", Kind: "unit", Object: fmt.Sprintf("u%d", i%5)})
				tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(w.Vendor)), Action: "invoice.sent", Kind: "invoice", Object: "vendors-own"})
				return nil
			})
		}
		auditor := as(w, w.Hospital, access.Hospital, access.Auditor, "")
		lines := walk(t, desk, auditor, store.AuditFilter{Action: "unit.used"})
		if len(lines) != 45 {
			t.Fatalf("%d entries, want 45", len(lines))
		}
		for i := 1; i < len(lines); i++ {
			if lines[i].At.After(lines[i-1].At) {
				t.Fatalf("entry %d is newer than the one before it", i)
			}
		}
		for _, l := range walk(t, desk, auditor, store.AuditFilter{}) {
			if strings.Contains(string(l.Chain), string(w.Vendor)) || l.Object() == "vendors-own" {
				t.Fatalf("the hospital sees the vendor's chain %s", l.Chain)
			}
		}
		if got := walk(t, desk, auditor, store.AuditFilter{Kind: "unit", Object: "u2"}); len(got) != 9 {
			t.Errorf("one object has %d entries, want 9", len(got))
		}
		if got := walk(t, desk, auditor, store.AuditFilter{Actor: string(w.Ben.Person)}); len(got) != 0 {
			t.Errorf("Ben did nothing, the trail says %d", len(got))
		}
		if got := walk(t, desk, auditor, store.AuditFilter{Action: "unit.used", Actor: string(w.Amy.Person)}); len(got) != 45 || got[0].Who != w.Amy.Name {
			t.Errorf("Amy's entries: %d", len(got))
		}
		atSite := walk(t, desk, as(w, w.Hospital, access.Hospital, access.Auditor, w.Site), store.AuditFilter{Action: "unit.used"})
		if len(atSite) != 30 {
			t.Errorf("an auditor of the site sees %d of its 30 entries", len(atSite))
		}
		for _, l := range atSite {
			if l.Chain != audit.SiteChain(string(w.Site)) {
				t.Errorf("an auditor of one site sees %s", l.Chain)
			}
		}
		vendor := walk(t, desk, as(w, w.Vendor, access.Vendor, access.Auditor, ""), store.AuditFilter{})
		for _, l := range vendor {
			if l.Chain != audit.OrganisationChain(string(w.Vendor)) || l.Who == w.Amy.Name {
				t.Errorf("the vendor sees %s by %q", l.Chain, l.Who)
			}
		}
		if len(vendor) < 45 {
			t.Errorf("the vendor sees %d of its own entries", len(vendor))
		}
		if _, err := desk.Trail(t.Context(), w.Amy, store.AuditFilter{}, store.Page{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse reads the trail: %v", err)
		}
	})
}

// line makes an entry's parts easy to compare.
type line struct{ operating.TrailLine }

func (l line) Object() string { return l.ObjectID }

// walk reads a whole trail in small parts and finds no entry twice.
func walk(t *testing.T, desk operating.Desk, actor access.Actor, f store.AuditFilter) []line {
	t.Helper()
	var all []line
	seen := map[string]bool{}
	for page := (store.Page{Limit: 7}); ; {
		part, err := desk.Trail(t.Context(), actor, f, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range part.Lines {
			if place := fmt.Sprint(l.Chain, l.Seq); seen[place] {
				t.Fatalf("%s comes twice", place)
			} else {
				seen[place] = true
			}
			all = append(all, line{l})
		}
		if part.Next == "" {
			return all
		}
		page.After = part.Next
	}
}

func TestAForeignChainIsRefused(t *testing.T) {
	s, _ := storetest.SQLite(t)
	w, _ := furnished(t, s)
	q := s.Read(t.Context(), as(w, w.Hospital, access.Hospital, access.Auditor, "").Scope())
	for _, chain := range []audit.ChainID{audit.SystemChain, audit.OrganisationChain(string(w.Vendor)), audit.SiteChain("elsewhere")} {
		if _, err := q.AuditEntries([]audit.ChainID{chain}, store.AuditFilter{}, store.Page{}); err == nil {
			t.Errorf("chain %s was read", chain)
		}
	}
	if _, err := q.AuditEntries([]audit.ChainID{audit.SiteChain(string(w.Site))}, store.AuditFilter{}, store.Page{After: "bm90IGEgY3Vyc29y"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a made-up cursor: %v", err)
	}
}

func TestAlertsAreLookedAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w, desk := furnished(t, s)
		write(t, s, w.Amy, func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.SiteChain(string(w.Site)), Action: "tag.checked", Kind: "tag", Object: "t1"})
			return tx.Raise(alert.Alert{Hospital: w.Hospital, Vendor: w.Vendor, Kind: alert.Rollback, SubjectKind: "tag", Subject: "t1", Sentence: "It may be a copy."})
		})
		engineer := as(w, w.Hospital, access.Hospital, access.Engineer, "")
		open, err := desk.Alerts(t.Context(), engineer, true, store.Page{})
		if err != nil || len(open.Rows) != 1 {
			t.Fatalf("%d open alerts, %v", len(open.Rows), err)
		}
		id := open.Rows[0].ID
		other := as(w, w.OtherVendor, access.Vendor, access.VendorOffice, "")
		if err := desk.Acknowledge(t.Context(), w.Cmd(other), id); !fault.Is(err, fault.Conflict) {
			t.Errorf("a foreign vendor looks at it: %v", err)
		}
		if err := desk.Acknowledge(t.Context(), w.Cmd(w.Amy), id); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse looks at it: %v", err)
		}
		cmd := w.Cmd(engineer)
		for range 2 { // the same form twice is one look
			if err := desk.Acknowledge(t.Context(), cmd, id); err != nil {
				t.Fatal(err)
			}
		}
		if err := desk.Acknowledge(t.Context(), w.Cmd(as(w, w.Vendor, access.Vendor, access.VendorOffice, "")), id); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second look: %v", err)
		}
		all, err := desk.Alerts(t.Context(), engineer, false, store.Page{})
		if err != nil || len(all.Rows) != 1 || all.Rows[0].By != w.Amy.Name || all.Rows[0].AcknowledgedAt.IsZero() {
			t.Errorf("after the look: %+v, %v", all.Rows, err)
		}
		if open, err = desk.Alerts(t.Context(), engineer, true, store.Page{}); err != nil || len(open.Rows) != 0 {
			t.Errorf("it is still open: %v", err)
		}
		if foreign, err := desk.Alerts(t.Context(), other, false, store.Page{}); err != nil || len(foreign.Rows) != 0 {
			t.Errorf("a foreign vendor sees %d alerts, %v", len(foreign.Rows), err)
		}
	})
}

// Alerts that are chosen together are looked at together, each with its entry;
// a foreign one among them stays as it is and is not named.
func TestChosenAlertsAreLookedAtTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w, desk := furnished(t, s)
		write(t, s, w.Amy, func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.SiteChain(string(w.Site)), Action: "tag.checked", Kind: "tag", Object: "t1"})
			for _, vendor := range []access.OrganisationID{w.Vendor, w.Vendor, w.OtherVendor} {
				a := alert.Alert{Hospital: w.Hospital, Vendor: vendor, Kind: alert.Rollback, SubjectKind: "tag", Subject: string(vendor) + tx.NewID(), Sentence: "It may be a copy."}
				if err := tx.Raise(a); err != nil {
					return err
				}
			}
			return nil
		})
		engineer := as(w, w.Hospital, access.Hospital, access.Engineer, "")
		open, err := desk.Alerts(t.Context(), engineer, true, store.Page{})
		if err != nil || len(open.Rows) != 3 {
			t.Fatalf("%d open alerts, %v", len(open.Rows), err)
		}
		var ids []alert.ID
		for _, a := range open.Rows {
			ids = append(ids, a.ID)
		}
		office := as(w, w.Vendor, access.Vendor, access.VendorOffice, "")
		if seen, err := desk.AlertsAmong(t.Context(), office, ids); err != nil || len(seen) != 2 {
			t.Errorf("a vendor is asked about %d alerts, two are theirs (%v)", len(seen), err)
		}
		if n, err := desk.AcknowledgeAll(t.Context(), w.Cmd(office), ids); err != nil || n != 2 {
			t.Errorf("a vendor looked at %d, two are theirs (%v)", n, err)
		}
		if _, err := desk.AcknowledgeAll(t.Context(), w.Cmd(w.Amy), ids); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse looks at them: %v", err)
		}
		if n, err := desk.AcknowledgeAll(t.Context(), w.Cmd(engineer), ids); err != nil || n != 1 {
			t.Errorf("one is left, %d were looked at (%v)", n, err)
		}
		if _, err := desk.AcknowledgeAll(t.Context(), w.Cmd(engineer), ids); !fault.Is(err, fault.Conflict) {
			t.Errorf("none is left: %v", err)
		}
	})
}

func TestKeysAreCountedNeverShown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w, desk := furnished(t, s)
		units := w.Stents(3)
		write(t, s, access.System("test"), func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(w.Vendor)), Action: "profile.created", Kind: "profile", Object: "p1"})
			for _, p := range []authentic.Profile{
				{ID: "p1", Vendor: w.Vendor, Name: "Stents", Mode: sdm.ModeAES, URLTemplate: "https://x.test/t/p1?p={picc}&m={mac}", KeyRef: "k1", Derivation: authentic.AN10922},
				{ID: "p2", Vendor: w.OtherVendor, Name: "Foreign", Mode: sdm.ModePlain, URLTemplate: "https://x.test/t/p2?u={uid}&c={ctr}&m={mac}", KeyRef: "k2", Derivation: authentic.AN10922},
			} {
				if err := tx.CreateProfile(p); err != nil {
					return err
				}
			}
			for i, unit := range units {
				tag, err := tx.CreateTag(authentic.Tag{Identity: fmt.Sprintf("ntag424:%d", i), Technology: authentic.NTAG424, Profile: "p1", Vendor: w.Vendor, Epoch: 1})
				if err != nil {
					return err
				}
				if i == 2 {
					continue // not bound yet
				}
				u, err := tx.Unit(unit)
				if err != nil {
					return err
				}
				if _, err := tx.BindTag(tag, u); err != nil {
					return err
				}
			}
			return tx.RetireTags(units[0])
		})
		vendor, err := desk.Keys(t.Context(), as(w, w.Vendor, access.Vendor, access.VendorOffice, ""))
		if err != nil || len(vendor.Profiles) != 1 {
			t.Fatalf("the vendor sees %d profiles, %v", len(vendor.Profiles), err)
		}
		p := vendor.Profiles[0]
		if p.Tags.Bound != 1 || p.Tags.Retired != 1 || p.Tags.Unbound != 1 || fmt.Sprint(p.Epochs) != "[1 2]" {
			t.Errorf("counted %+v, epochs %v", p.Tags, p.Epochs)
		}
		hospital, err := desk.Keys(t.Context(), as(w, w.Hospital, access.Hospital, access.Engineer, ""))
		if err != nil || len(hospital.Profiles) != 1 || hospital.Profiles[0].Tags.Unbound != 0 || hospital.Profiles[0].Tags.Bound != 1 {
			t.Errorf("the hospital sees %+v, %v", hospital.Profiles, err)
		}
		if _, err := desk.Keys(t.Context(), w.Amy); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a nurse sees keys: %v", err)
		}
	})
}

func TestOverviewGivesTheOperatorCountsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clk *clock.Fake) {
		w, desk := furnished(t, s)
		write(t, s, access.System("test"), func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "work.parked", Kind: "job", Object: "x"})
			for i, hospital := range []string{string(w.Hospital), "another"} {
				if err := tx.Enqueue("usage.notice", fmt.Sprint(i), hospital, string(w.Vendor), clk.Now().Add(time.Minute), nil); err != nil {
					return err
				}
			}
			return nil
		})
		engineer, err := desk.Overview(t.Context(), as(w, w.Hospital, access.Hospital, access.Engineer, ""))
		if err != nil || engineer.Installation != nil || len(engineer.Work) != 1 || engineer.Work[0].Count != 1 {
			t.Errorf("the hospital's engineer sees %+v, %v", engineer, err)
		}
		operator, err := desk.Overview(t.Context(), as(w, "operator", access.Operator, access.Admin, ""))
		if err != nil || operator.Installation == nil || operator.Work[0].Count != 2 {
			t.Fatalf("the operator sees %+v, %v", operator, err)
		}
		if i := operator.Installation; i.Hospitals != 1 || i.Vendors != 2 || i.MayLoadSample || !i.SampleOnly || i.Schema == 0 || i.SchemaPending != 0 {
			t.Errorf("the installation: %+v", i)
		}
		if _, err := desk.Overview(t.Context(), as(w, w.Vendor, access.Vendor, access.VendorOffice, "")); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a vendor sees the system: %v", err)
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		if err := desk.AllowSample(t.Context(), w.Cmd(as(w, "operator", access.Operator, access.Admin, ""))); !fault.Is(err, fault.Conflict) {
			t.Errorf("sample data beside organisations: %v", err)
		}
	})
}
