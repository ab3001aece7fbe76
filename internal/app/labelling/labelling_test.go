package labelling_test

import (
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/labelling"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/testkit/ward"
)

func TestMain(m *testing.M) { storetest.Main(m) }

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
