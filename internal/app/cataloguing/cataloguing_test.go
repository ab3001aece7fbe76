package cataloguing_test

import (
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/cataloguing"
	"trueward/internal/app/pricing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/fault"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type office struct {
	t      *testing.T
	desk   *cataloguing.Desk
	prices *pricing.Desk
	actor  access.Actor
	other  access.Actor // of another vendor
}

// each runs body over an installation of two vendors, on both dialects.
func each(t *testing.T, body func(t *testing.T, o office)) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Fake) {
		o := office{t: t, desk: &cataloguing.Desk{Store: s}, prices: &pricing.Desk{Store: s}}
		o.actor, o.other = vendor(t, s, "Norvane"), vendor(t, s, "Bright Medical")
		body(t, o)
	})
}

func vendor(t *testing.T, s *store.Store, name string) access.Actor {
	t.Helper()
	a := access.Actor{Kind: access.Vendor, Name: name, Grants: []access.Grant{{Role: access.VendorOffice}}}
	err := s.Write(t.Context(), access.System("test"), func(tx *store.Tx) (err error) {
		a.Organisation, err = tx.CreateOrganisation(access.Organisation{Kind: access.Vendor, Name: name, Currency: "EUR"})
		a.Person = access.PersonID(tx.NewID())
		tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(a.Organisation)), Action: "organisation.created", Kind: "organisation", Object: name})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (o office) products(a access.Actor) []catalog.Product {
	o.t.Helper()
	list, err := o.desk.Store.Read(o.t.Context(), a.Scope()).Products("", store.Page{})
	if err != nil {
		o.t.Fatal(err)
	}
	return list.Rows
}

const stent, balloon = "09506000134352", "09506000134369"

func TestAddChecksTheProductNumber(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		cmd := store.Command{Actor: o.actor, Key: "a", BodySHA256: "1"}
		first, err := o.desk.Add(t.Context(), cmd, cataloguing.ProductInput{DI: "9506000134352", Name: " Stent ", Needs: catalog.Needs{Serial: true}})
		if err != nil {
			t.Fatal(err)
		}
		again, err := o.desk.Add(t.Context(), cmd, cataloguing.ProductInput{DI: "9506000134352", Name: " Stent ", Needs: catalog.Needs{Serial: true}})
		if err != nil || again != first {
			t.Errorf("the same form twice: %s and %s, %v", first, again, err)
		}
		for _, who := range []access.Actor{o.actor, o.other} {
			_, err = o.desk.Add(t.Context(), store.Command{Actor: who}, cataloguing.ProductInput{DI: stent, Name: "Copy"})
			if all := fault.All(err); len(all) != 1 || all[0].Field != "di" {
				t.Errorf("a number that is taken, by %s: %v", who.Name, err)
			} else if who.Name != "Norvane" && strings.Contains(all[0].Sentence, "Stent") {
				t.Error("another vendor is told whose product it is")
			}
		}
		_, err = o.desk.Add(t.Context(), store.Command{Actor: o.actor}, cataloguing.ProductInput{DI: "09506000134353"})
		if all := fault.All(err); len(all) != 2 || all[0].Field != "di" || all[1].Field != "name" {
			t.Errorf("two mistakes are refused by %v", err)
		}
		rep := o.actor
		rep.Grants = []access.Grant{{Role: access.Rep}}
		if _, err = o.desk.Add(t.Context(), store.Command{Actor: rep}, cataloguing.ProductInput{DI: balloon, Name: "B"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep adds a product: %v", err)
		}
		if got := o.products(o.actor); len(got) != 1 || got[0].DI != stent || got[0].Name != "Stent" || !got[0].Needs.Serial {
			t.Errorf("the catalogue is %+v", got)
		}
	})
}

func TestChangeAndLevels(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		id, err := o.desk.Add(t.Context(), store.Command{Actor: o.actor}, cataloguing.ProductInput{DI: stent, Name: "Stent"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.desk.Change(t.Context(), store.Command{Actor: o.actor}, id, cataloguing.ProductInput{DI: balloon, Name: "Stent", Size: "3.0 mm"}); err != nil {
			t.Fatal(err)
		}
		if got := o.products(o.actor)[0]; got.DI != stent || got.Size != "3.0 mm" {
			t.Errorf("changed into %+v", got)
		}
		if _, err := o.desk.Change(t.Context(), store.Command{Actor: o.other}, id, cataloguing.ProductInput{Name: "Taken over"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another vendor's product: %v", err)
		}
		lent := cataloguing.ProductInput{Name: "Lent instrument", Rebillable: true}
		if _, err := o.desk.Change(t.Context(), store.Command{Actor: o.actor}, id, lent); err != nil || !o.products(o.actor)[0].Rebillable {
			t.Errorf("a fee for each case: %v", err)
		}
		lent.Implantable = true
		if _, err := o.desk.Change(t.Context(), store.Command{Actor: o.actor}, id, lent); len(fault.All(err)) == 0 || fault.All(err)[0].Field != "rebillable" {
			t.Errorf("an implant billed again and again: %v", err)
		}
		pack := cataloguing.LevelInput{Product: id, DI: balloon, Level: catalog.Pack, Quantity: "5"}
		if _, err := o.desk.AddLevel(t.Context(), store.Command{Actor: o.actor}, pack); err != nil {
			t.Fatal(err)
		}
		if _, err := o.desk.AddLevel(t.Context(), store.Command{Actor: o.actor}, pack); len(fault.All(err)) == 0 || fault.All(err)[0].Field != "di" {
			t.Errorf("a level twice: %v", err)
		}
		levels, err := o.desk.Store.Read(t.Context(), o.actor.Scope()).Levels(id)
		if err != nil || len(levels) != 2 || levels[1].Quantity != 5 {
			t.Errorf("levels %+v, %v", levels, err)
		}
	})
}

const table = "di;name;size;needs_lot;list_price;currency\n" +
	"9506000134352;Stent;3.0 mm;yes;1240.00;EUR\n" +
	"9506000134369;Balloon;2.5 mm;no;;\n"

func TestImportIsWholeAndRepeatable(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		run := func(text string, dry bool) cataloguing.Imported {
			t.Helper()
			done, err := o.desk.Import(t.Context(), store.Command{Actor: o.actor}, o.prices, cataloguing.Importing{Table: text, Dry: dry})
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		if got := run(table, true); got.Added != 2 || got.Priced != 1 {
			t.Errorf("dry run: %+v", got)
		}
		if got := o.products(o.actor); len(got) != 0 {
			t.Fatalf("a dry run wrote %+v", got)
		}
		wrong := strings.Replace(table, "yes", "perhaps", 1) + "123;;;;1,5;\n"
		got := run(wrong, false)
		said := ""
		for _, m := range got.Mistakes {
			said += m.Column + " "
		}
		if said != "needs_lot di name currency " || got.Mistakes[0].Row != 2 || got.Mistakes[1].Row != 4 {
			t.Errorf("mistakes: %+v", got.Mistakes)
		}
		if got := o.products(o.actor); len(got) != 0 {
			t.Fatalf("a wrong table wrote %+v", got)
		}
		if got := run(table, false); got.Added != 2 || got.Priced != 1 {
			t.Errorf("import: %+v", got)
		}
		if got := run(table, false); got.Unchanged != 2 || got.Added+got.Changed+got.Priced != 0 {
			t.Errorf("import again: %+v", got)
		}
		if got := run(strings.Replace(table, "2.5 mm", "2.75 mm", 1), false); got.Changed != 1 || got.Unchanged != 1 {
			t.Errorf("import with a change: %+v", got)
		}
	})
}

func TestImportOfATakenNumberIsNamed(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		if _, err := o.desk.Add(t.Context(), store.Command{Actor: o.other}, cataloguing.ProductInput{DI: balloon, Name: "Theirs"}); err != nil {
			t.Fatal(err)
		}
		done, err := o.desk.Import(t.Context(), store.Command{Actor: o.actor}, o.prices, cataloguing.Importing{Table: table, Dry: true})
		if err != nil || len(done.Mistakes) != 1 || done.Mistakes[0].Row != 3 || done.Mistakes[0].Column != "di" {
			t.Errorf("dry run: %+v, %v", done, err)
		}
		_, err = o.desk.Import(t.Context(), store.Command{Actor: o.actor}, o.prices, cataloguing.Importing{Table: table})
		if !fault.Is(err, fault.Conflict) || len(o.products(o.actor)) != 0 {
			t.Errorf("import: %v, wrote %d", err, len(o.products(o.actor)))
		}
	})
}

func TestMergeOfAProvisionalProduct(t *testing.T) {
	each(t, func(t *testing.T, o office) {
		into, err := o.desk.Add(t.Context(), store.Command{Actor: o.actor}, cataloguing.ProductInput{DI: stent, Name: "Stent"})
		if err != nil {
			t.Fatal(err)
		}
		var provisional catalog.ProductID
		err = o.desk.Store.Write(t.Context(), o.actor, func(tx *store.Tx) (err error) {
			provisional, err = tx.CreateProduct(catalog.Product{Vendor: o.actor.Organisation, DI: balloon, Name: "Unknown", Provisional: true})
			tx.Audit(audit.Change{Chain: audit.OrganisationChain(string(o.actor.Organisation)), Action: "product.created", Kind: "product", Object: string(provisional)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		merge := cataloguing.Merging{Provisional: provisional, Into: stent, Quantity: "5"}
		if _, err := o.desk.Merge(t.Context(), store.Command{Actor: o.actor}, merge); err != nil {
			t.Fatal(err)
		}
		q := o.desk.Store.Read(t.Context(), o.actor.Scope())
		found, level, err := q.ProductByDI(balloon)
		if err != nil || found.ID != into || level.Quantity != 5 {
			t.Errorf("the merged number finds %+v %+v, %v", found, level, err)
		}
		if left, err := q.ProvisionalProducts(10); err != nil || len(left) != 0 {
			t.Errorf("still provisional: %+v, %v", left, err)
		}
		if _, err := o.desk.Merge(t.Context(), store.Command{Actor: o.actor}, merge); !fault.Is(err, fault.Conflict) {
			t.Errorf("merged twice: %v", err)
		}
	})
}
