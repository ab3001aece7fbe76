package receiving_test

import (
	"strings"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/receiving"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// plain names tags without a vault.
type plain struct{}

func (plain) Identity(t authentic.Technology, uid []byte) string { return string(t) + string(uid) }

type yard struct {
	t                 *testing.T
	desk              *receiving.Desk
	vendor, anna, ben access.Actor // ben is a second person of materials
	agreement         consign.AgreementID
	site              access.SiteID
	shelf, quarantine custody.PlaceID
	product           catalog.ProductID
}

const stent, unknown = "09506000134352", "09506000134369"

func each(t *testing.T, body func(t *testing.T, y yard)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		y := yard{t: t, desk: &receiving.Desk{Store: s, Identities: plain{}}}
		err := s.Write(t.Context(), access.System("test"), y.build)
		if err != nil {
			t.Fatal(err)
		}
		body(t, y)
	})
}

func (y *yard) build(tx *store.Tx) error {
	person := func(kind access.OrganisationKind, org access.OrganisationID, role access.Role) access.Actor {
		return access.Actor{Kind: kind, Organisation: org, Person: access.PersonID(tx.NewID()), Grants: []access.Grant{{Role: role}}}
	}
	vendor, err := tx.CreateOrganisation(access.Organisation{Kind: access.Vendor, Name: "Norvane", Currency: "EUR"})
	if err != nil {
		return err
	}
	hospital, err := tx.CreateOrganisation(access.Organisation{Kind: access.Hospital, Name: "St. Brannoc's", Currency: "EUR"})
	if err != nil {
		return err
	}
	y.vendor, y.anna = person(access.Vendor, vendor, access.VendorOffice), person(access.Hospital, hospital, access.Materials)
	y.ben = person(access.Hospital, hospital, access.Materials)
	if y.site, err = tx.CreateSite(custody.Site{Hospital: hospital, Name: "Main", TimeZone: "Europe/Dublin"}); err != nil {
		return err
	}
	for _, p := range []struct {
		id   *custody.PlaceID
		kind custody.PlaceKind
	}{{&y.shelf, custody.Cabinet}, {&y.quarantine, custody.QuarantinePlace}} {
		if *p.id, err = tx.CreatePlace(custody.Place{Hospital: hospital, Site: y.site, Name: string(p.kind), Kind: p.kind}); err != nil {
			return err
		}
	}
	y.product, err = tx.CreateProduct(catalog.Product{Vendor: vendor, DI: stent, Name: "Stent", Needs: catalog.Needs{Lot: true, Serial: true}})
	if err != nil {
		return err
	}
	if y.agreement, err = tx.CreateAgreement(consign.Agreement{Vendor: vendor, Hospital: hospital, Number: "NV-1"}); err != nil {
		return err
	}
	terms := consign.UsualTerms("EUR")
	terms.TitleEvent, terms.WastePayer, terms.TrunkAllowed = consign.TitleUsed, consign.VendorPays, true
	_, err = tx.CreateVersion(consign.Version{Agreement: y.agreement, Vendor: vendor, Hospital: hospital, Version: 1, ValidFrom: tx.Now().Add(-time.Hour), Terms: terms}, "")
	tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(hospital)), Action: "agreement.created", Kind: "agreement", Object: string(y.agreement)})
	return err
}

func by(a access.Actor) store.Command { return store.Command{Actor: a} }

func (y yard) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

func (y yard) unit(serial string) custody.Unit {
	y.t.Helper()
	u, err := y.desk.Store.Read(y.t.Context(), y.anna.Scope()).UnitBySerial(stent, serial)
	y.must(err)
	return u
}

func (y yard) holds(u custody.UnitID) string {
	y.t.Helper()
	live, err := y.desk.Store.Read(y.t.Context(), y.anna.Scope()).LiveHolds(u)
	y.must(err)
	var kinds []string
	for _, h := range live[u] {
		kinds = append(kinds, string(h.Kind))
	}
	return strings.Join(kinds, " ")
}

func (y yard) notify(number string, serials ...string) string {
	y.t.Helper()
	var units []receiving.UnitInput
	for _, s := range serials {
		units = append(units, receiving.UnitInput{DI: stent, Lot: "L1", Serial: s, Expiry: "2028-01-31"})
	}
	id, err := y.desk.Notify(y.t.Context(), by(y.vendor), receiving.Notice{Agreement: y.agreement, Site: y.site, Number: number, Units: units})
	y.must(err)
	return id
}

func (y yard) arrive(notice, serial string) receiving.Arriving {
	y.t.Helper()
	got, err := y.desk.Arrive(y.t.Context(), by(y.anna), receiving.Arrival{Notice: notice, Place: y.shelf, Raw: "(01)" + stent + "(10)L1(21)" + serial})
	y.must(err)
	return got
}

func refusedAt(err error) string {
	for _, f := range fault.All(err) {
		return f.Field
	}
	return ""
}

func TestReceiptFromNoticeToDifferences(t *testing.T) {
	each(t, func(t *testing.T, y yard) {
		notice := y.notify("DN-1", "A1", "A2", "A3")
		if u := y.unit("A1"); u.State != custody.Expected || u.Owner != y.vendor.Organisation || u.Possessor != y.vendor.Organisation {
			t.Errorf("announced: %+v", u)
		}
		if got := y.arrive(notice, "A1"); got.Outcome != receiving.Arrived || got.Left != 2 {
			t.Errorf("first scan: %+v", got)
		}
		if u := y.unit("A1"); u.State != custody.Available || u.Place != y.shelf || u.Owner != y.vendor.Organisation || u.Possessor != y.anna.Organisation {
			t.Errorf("received: %+v", u)
		}
		if got := y.arrive(notice, "A1"); got.Outcome != receiving.ArrivedBefore || got.Left != 2 {
			t.Errorf("second scan: %+v", got)
		}
		got := y.arrive(notice, "X9")
		if got.Outcome != receiving.NeverAnnounced || got.Unit != "" {
			t.Fatalf("surplus: %+v", got)
		}
		if _, err := y.desk.AcceptSurplus(t.Context(), by(y.anna), receiving.Surplus{Notice: notice, Place: y.shelf, Unit: got.Label}); err != nil {
			t.Fatal(err)
		}
		if _, err := y.desk.Finish(t.Context(), by(y.vendor), notice); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the vendor finishes the hospital's receipt: %v", err)
		}
		short, err := y.desk.Finish(t.Context(), by(y.anna), notice)
		if y.must(err); short != 2 {
			t.Errorf("short by %d, want 2", short)
		}
		if _, err := y.desk.Finish(t.Context(), by(y.anna), notice); !fault.Is(err, fault.Conflict) {
			t.Errorf("finished twice: %v", err)
		}
		for _, who := range []access.Actor{y.anna, y.vendor} {
			q := y.desk.Store.Read(t.Context(), who.Scope())
			n, err := q.ShipNotice(notice)
			differences, err2 := q.Differences(notice)
			if err != nil || err2 != nil || n.Open || n.Units != 3 || n.Expected != 0 || len(differences) != 3 || differences[0].Kind != store.NotAnnounced {
				t.Errorf("%s sees %+v, %+v, %v %v", who.Kind, n, differences, err, err2)
			}
		}
		if s := y.unit("A3").State; s != custody.Closed {
			t.Errorf("a unit that did not come is %s", s)
		}
	})
}

func TestNoticeNamesEveryMistake(t *testing.T) {
	each(t, func(t *testing.T, y yard) {
		y.notify("DN-1", "A1")
		_, err := y.desk.Notify(t.Context(), by(y.vendor), receiving.Notice{Agreement: y.agreement, Site: y.site, Number: "DN-2", Units: []receiving.UnitInput{
			{DI: unknown, Lot: "L"}, {DI: stent, Lot: "L"}, {DI: stent, Lot: "L", Serial: "A1"}, {DI: stent, Lot: "L", Serial: "B1"}, {DI: stent, Lot: "L", Serial: "B1"},
		}})
		said := ""
		for _, f := range fault.All(err) {
			said += f.Sentence + "\n"
		}
		for _, want := range []string{"Unit 1: product", "Unit 2: the label", "Unit 3: this serial", "Unit 5: unit 4"} {
			if !strings.Contains(said, want) {
				t.Errorf("no %q in %q", want, said)
			}
		}
		list, err := y.desk.Store.Read(t.Context(), y.vendor.Scope()).ShipNotices(false, store.Page{})
		if err != nil || len(list.Rows) != 1 {
			t.Errorf("a refused notice was written: %d, %v", len(list.Rows), err)
		}
	})
}

func TestUnknownProductBecomesProvisional(t *testing.T) {
	each(t, func(t *testing.T, y yard) {
		bring := receiving.Brought{Agreement: y.agreement, Place: y.shelf, Units: []receiving.UnitInput{{DI: unknown, Lot: "Q7"}}}
		if _, err := y.desk.BringIn(t.Context(), by(y.anna), bring); refusedAt(err) != "name" {
			t.Fatalf("without a name: %v", err)
		}
		bring.Units[0].Name = "Guide wire"
		if _, err := y.desk.BringIn(t.Context(), by(y.anna), bring); err != nil {
			t.Fatal(err)
		}
		found, err := y.desk.Store.Read(t.Context(), y.vendor.Scope()).ProvisionalProducts(10)
		if err != nil || len(found) != 1 || found[0].Name != "Guide wire" || found[0].Needs != (catalog.Needs{Lot: true}) {
			t.Errorf("provisional: %+v, %v", found, err)
		}
		_, err = y.desk.BringIn(t.Context(), by(y.anna), receiving.Brought{Agreement: y.agreement, Place: y.shelf, Units: []receiving.UnitInput{{DI: stent, Lot: "L"}}})
		if refusedAt(err) != "serial" {
			t.Errorf("a label without its serial: %v", err)
		}
	})
}

func TestRecallStopsWhatIsThereAndWhatComes(t *testing.T) {
	each(t, func(t *testing.T, y yard) {
		notice := y.notify("DN-1", "A1", "A2")
		y.arrive(notice, "A1")
		if _, err := y.desk.Recall(t.Context(), by(y.vendor), receiving.Demand{DI: stent, Lot: "L1"}); refusedAt(err) != "reason" {
			t.Errorf("without a reason: %v", err)
		}
		r, err := y.desk.Recall(t.Context(), by(y.vendor), receiving.Demand{DI: stent, Lot: "L1", Reason: "Coating, notice 7"})
		if y.must(err); r.Units != 2 {
			t.Errorf("stopped %d, want 2", r.Units)
		}
		late := y.notify("DN-2", "A9")
		y.arrive(late, "A9")
		for _, serial := range []string{"A1", "A2", "A9"} {
			if got := y.holds(y.unit(serial).ID); got != "recall" {
				t.Errorf("%s is held by %q", serial, got)
			}
		}
		if _, err := y.desk.LiftHold(t.Context(), by(y.anna), y.unit("A1").ID, custody.HoldRecall, "looks fine"); !fault.Is(err, fault.Conflict) {
			t.Errorf("one unit's recall is lifted: %v", err)
		}
		if _, err := y.desk.CloseRecall(t.Context(), by(y.anna), r.ID, "done"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the hospital closes the vendor's recall: %v", err)
		}
		if _, err := y.desk.CloseRecall(t.Context(), by(y.vendor), r.ID, "All checked."); err != nil {
			t.Fatal(err)
		}
		if got := y.holds(y.unit("A9").ID); got != "" {
			t.Errorf("after the recall held by %q", got)
		}
	})
}

func TestHoldsAndMissingUnits(t *testing.T) {
	each(t, func(t *testing.T, y yard) {
		y.arrive(y.notify("DN-1", "A1"), "A1")
		id := y.unit("A1").ID
		_, err := y.desk.PutOnHold(t.Context(), by(y.anna), receiving.Hold{Unit: id, Kind: custody.HoldDamaged, Level: custody.StopHold, Reason: "box torn"})
		if y.must(err); y.holds(id) != "damaged" {
			t.Errorf("held by %q", y.holds(id))
		}
		if _, err := y.desk.PutOnHold(t.Context(), by(y.vendor), receiving.Hold{Unit: id, Kind: custody.HoldDamaged, Level: custody.StopHold, Reason: "x"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the vendor holds a hospital's unit: %v", err)
		}
		_, err = y.desk.LiftHold(t.Context(), by(y.anna), id, custody.HoldDamaged, "only the outer box")
		y.must(err)
		n, err := y.desk.MoveAll(t.Context(), by(y.anna), []custody.UnitID{id}, y.quarantine, "to be looked at")
		if y.must(err); n != 1 || y.unit("A1").Place != y.quarantine {
			t.Errorf("moved %d to %s", n, y.unit("A1").Place)
		}
		if _, err := y.desk.ConfirmMissing(t.Context(), by(y.ben), id); !fault.Is(err, fault.Conflict) {
			t.Errorf("missing without a report: %v", err)
		}
		_, err = y.desk.ReportMissing(t.Context(), by(y.anna), id, "not in quarantine")
		y.must(err)
		if _, err := y.desk.ConfirmMissing(t.Context(), by(y.anna), id); !fault.Is(err, fault.Forbidden) {
			t.Errorf("one person alone: %v", err)
		}
		_, err = y.desk.ConfirmMissing(t.Context(), by(y.ben), id)
		if y.must(err); y.unit("A1").State != custody.Missing || y.holds(id) != "" {
			t.Errorf("%s, held by %q", y.unit("A1").State, y.holds(id))
		}
		_, err = y.desk.FindAgain(t.Context(), by(y.anna), id, y.shelf)
		if y.must(err); y.unit("A1").State != custody.Available || y.unit("A1").Place != y.shelf {
			t.Errorf("found: %+v", y.unit("A1"))
		}
	})
}

func TestReadUnits(t *testing.T) {
	now := time.Date(2027, time.March, 3, 9, 0, 0, 0, time.UTC)
	got, err := receiving.ReadUnits("di,lot,serial,expiry\n9506000134352;L1;S1;2028-01-31\r\n(01)09506000134352(17)280131(10)L1(21)S2\n", now)
	if err != nil || len(got) != 2 || got[0].Serial != "S1" || got[0].DI != stent || got[1].Serial != "S2" || got[1].Expiry != "2028-01-31" {
		t.Errorf("read %+v, %v", got, err)
	}
	_, err = receiving.ReadUnits("9506000134353,L1\nhello\n9506000134352,L1,S,2028-13-01", now)
	if all := fault.All(err); len(all) != 3 || !strings.HasPrefix(all[0].Sentence, "Line 1:") || !strings.HasPrefix(all[2].Sentence, "Line 3:") {
		t.Errorf("mistakes: %v", err)
	}
}
