package labelling_test

import (
	"slices"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/labelling"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/authentic"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// Labels of tags say what each tag is on or was made for; those on nothing, and
// those that are over, have none.
func TestLabelsOfTags(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w := ward.New(t, s, ward.Terms())
		unit := w.Unit(w.Stents(1)[0])
		var printed []labelling.Label
		d := labelling.Desk{Store: s, Print: func(labels []labelling.Label) ([]byte, error) {
			printed = labels
			return []byte("paper"), nil
		}}
		office := access.Actor{Person: w.Amy.Person, Organisation: w.Vendor, Kind: access.Vendor, Grants: []access.Grant{{Role: access.VendorOffice}}}
		if _, err := d.TagSheets(t.Context(), office, store.TagFilter{}, store.Page{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("labels without a tag: %v", err)
		}
		var over authentic.TagID
		err := s.Write(t.Context(), w.Mia, func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(w.Vendor)), Action: "tag.added", Kind: "tag", Object: "several"})
			for i, epc := range []string{"30AA", "30BB", "30CC", "30DD"} {
				id, err := tx.CreateTag(authentic.Tag{Identity: epc, Technology: authentic.UHF, Vendor: w.Vendor, EPC: epc})
				if err != nil {
					return err
				}
				switch i { // on the unit, made for one to come, retired, on nothing
				case 0:
					_, err = tx.BindTag(id, unit)
				case 1, 2:
					err = tx.LabelTag(id, w.Vendor, authentic.Label{DI: ward.StentDI, Lot: "LT9", Serial: "COMES" + epc, Expiry: "2029-01-31"})
				}
				if i == 2 {
					over = id
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Write(t.Context(), office, func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(w.Vendor)), Action: "tag.retired", Kind: "tag", Object: string(over)})
			_, err := tx.RetireTag(over, authentic.TagRetired)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.TagSheets(t.Context(), office, store.TagFilter{}, store.Page{}); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, l := range printed {
			texts = append(texts, l.Message.ElementString())
		}
		want := []string{"(01)" + ward.StentDI + "(17)290131(10)LT9(21)COMES30BB", "(01)" + unit.DI + "(17)280131(10)" + unit.Lot + "(21)" + unit.Serial}
		if !slices.Equal(texts, want) {
			t.Errorf("the labels say %q, want %q", texts, want)
		}
		foreign := office
		foreign.Organisation = w.OtherVendor
		if _, err := d.TagSheets(t.Context(), foreign, store.TagFilter{}, store.Page{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another vendor prints labels: %v", err)
		}
		if _, err := d.TagSheets(t.Context(), access.Actor{}, store.TagFilter{}, store.Page{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("somebody without a role prints labels: %v", err)
		}
	})
}

// Labels are printed for the units of the asker's own list, with all that the
// record says of each, and for nobody else's.
func TestLabelsFollowTheList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		w := ward.New(t, s, ward.Terms())
		w.Stents(3)
		var printed []labelling.Label
		d := labelling.Desk{Store: s, Print: func(labels []labelling.Label) ([]byte, error) {
			printed = labels
			return []byte("paper"), nil
		}}
		rep := access.Actor{Person: w.Amy.Person, Organisation: w.Vendor, Kind: access.Vendor, Grants: []access.Grant{{Role: access.VendorOffice}}}
		list, err := s.Read(t.Context(), rep.Scope()).Units(store.UnitFilter{}, store.Page{})
		if err != nil || len(list.Rows) == 0 {
			t.Fatalf("%d units (%v)", len(list.Rows), err)
		}
		if paper, err := d.Sheets(t.Context(), rep, store.UnitFilter{}, store.Page{}); err != nil || string(paper) != "paper" || len(printed) != len(list.Rows) {
			t.Fatalf("%d labels for %d units (%v)", len(printed), len(list.Rows), err)
		}
		for i, u := range list.Rows {
			says := map[string]string{}
			for _, e := range printed[i].Message.Elements {
				says[e.AI] = e.Value
			}
			if says["01"] != u.DI || says["10"] != u.Lot || says["21"] != u.Serial || u.Expiry != "" && "20"+says["17"] != u.Expiry[:4]+u.Expiry[5:7]+u.Expiry[8:] {
				t.Errorf("the label of %s says %v", u.Serial, says)
			}
		}
		foreign := rep
		foreign.Organisation = w.OtherVendor
		if _, err := d.Sheets(t.Context(), foreign, store.UnitFilter{Vendor: w.Vendor}, store.Page{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another vendor prints labels: %v", err)
		}
		if _, err := d.Sheets(t.Context(), access.Actor{}, store.UnitFilter{}, store.Page{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("somebody without a role prints labels: %v", err)
		}
	})
}
