package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"trueward/cmd/trueward/product"
	"trueward/internal/adapter/store"
	"trueward/internal/app/receiving"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/standard/money"
)

const (
	clients  = 16 // connections of a workload
	crowd    = 64 // nurses, for the workload that asks for more
	password = "bench-password-1"
	repEmail = "rep@vendor.example"
	di       = "09506000134352"
)

func nurseEmail(n int) string { return fmt.Sprintf("nurse%02d@hospital.example", n) }

// world is the prepared data: one hospital, one vendor, nurses, a rep, and units
// on hand.
type world struct {
	Folder string // of our data
	Peer   string // folder of the peer's
	Room   custody.PlaceID
	Units  []custody.UnitID
	Tags   []benchTag // of the last units

	postgres string // URL of the database; empty for SQLite in Folder
}

// prepare makes the data of both sides, or takes what the folder has.
func prepare(ctx context.Context, o options) (*world, error) {
	notes := filepath.Join(o.folder, fmt.Sprintf("world-%d-tagged.json", o.units))
	if text, err := os.ReadFile(notes); err == nil {
		var w world
		return &w, json.Unmarshal(text, &w)
	}
	w := &world{Folder: filepath.Join(o.folder, "ours"), Peer: filepath.Join(o.folder, "peer")}
	for _, folder := range []string{w.Folder, w.Peer} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	began := time.Now()
	if err := w.furnish(ctx, o.units); err != nil {
		return nil, err
	}
	if o.peer != "" {
		out, err := exec.Command(o.peer, "seed", strconv.Itoa(o.units), repEmail, password, "--dir", w.Peer).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("peer: %w: %s", err, out)
		}
	}
	fmt.Fprintf(os.Stderr, "prepared %d units in %s\n", o.units, time.Since(began).Round(time.Second))
	text, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	return w, os.WriteFile(notes, text, 0o600)
}

// furnish fills a fresh installation through the product's own use cases.
func (w *world) furnish(ctx context.Context, units int) (err error) {
	p, err := open(ctx, w.Folder, w.postgres)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	hash, err := p.SignIn.Hash(ctx, password)
	if err != nil {
		return err
	}
	f := founder{hash: hash, world: w}
	if err := p.Store.Write(ctx, access.System("bench"), f.found); err != nil {
		return err
	}
	for made := 0; made < units; made += 500 {
		in := receiving.Brought{Agreement: f.agreement, Place: f.cabinet}
		for n := made; n < min(units, made+500); n++ {
			in.Units = append(in.Units, receiving.UnitInput{DI: di, Lot: "LT4471", Serial: fmt.Sprintf("SN%07d", n), Expiry: "2035-01-31"})
		}
		ids, err := p.Receiving.BringIn(ctx, store.Command{Actor: f.stocker}, in)
		if err != nil {
			return err
		}
		w.Units = append(w.Units, ids...)
	}
	return w.tag(ctx, p, f)
}

// founder makes what stands before the first unit.
type founder struct {
	world            *world
	hash             string
	hospital, vendor access.OrganisationID
	cabinet          custody.PlaceID
	agreement        consign.AgreementID
	stocker          access.Actor
}

func (f *founder) found(tx *store.Tx) (err error) {
	tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "bench.prepared", Kind: "bench", Object: "bench"})
	if f.hospital, err = tx.CreateOrganisation(access.Organisation{Kind: access.Hospital, Name: "St. Brannoc's", LegalName: "St. Brannoc's", Country: "IE", Currency: "EUR"}); err != nil {
		return err
	}
	if f.vendor, err = tx.CreateOrganisation(access.Organisation{Kind: access.Vendor, Name: "Norvane", LegalName: "Norvane", Country: "DE", Currency: "EUR", InvoicePrefix: "NV"}); err != nil {
		return err
	}
	site, err := tx.CreateSite(custody.Site{Hospital: f.hospital, Name: "Main", TimeZone: "Europe/Dublin"})
	if err != nil {
		return err
	}
	if f.world.Room, err = tx.CreatePlace(custody.Place{Hospital: f.hospital, Site: site, Name: "Cath Lab 2", Kind: custody.Room}); err != nil {
		return err
	}
	if f.cabinet, err = tx.CreatePlace(custody.Place{Hospital: f.hospital, Site: site, Name: "Cath Lab 2, cabinet A", Kind: custody.Cabinet}); err != nil {
		return err
	}
	if err := f.people(tx); err != nil {
		return err
	}
	return f.trade(tx)
}

func (f *founder) people(tx *store.Tx) error {
	for n := range crowd {
		if _, err := f.person(tx, f.hospital, nurseEmail(n), access.Nurse); err != nil {
			return err
		}
	}
	if _, err := f.person(tx, f.vendor, repEmail, access.Rep); err != nil {
		return err
	}
	id, err := f.person(tx, f.hospital, "materials@hospital.example", access.Materials)
	f.stocker = access.Actor{
		Person: id, Name: "materials", Organisation: f.hospital, Kind: access.Hospital, Grants: []access.Grant{{Role: access.Materials}}, Authenticator: "bench",
	}
	return err
}

func (f *founder) person(tx *store.Tx, org access.OrganisationID, email string, role access.Role) (access.PersonID, error) {
	id, err := tx.CreatePerson(access.Person{Organisation: org, Email: email, Name: email, Grants: []access.Grant{{Role: role}}})
	if err != nil {
		return "", err
	}
	return id, tx.SetPassword(id, f.hash)
}

func (f *founder) trade(tx *store.Tx) error {
	stent, err := tx.CreateProduct(catalog.Product{
		Vendor: f.vendor, DI: di, Name: "Norvane coronary stent", Maker: "Norvane", Family: "Stents", Size: "3.0 × 18 mm",
		Sterile: true, Implantable: true, SingleUse: true, Needs: catalog.Needs{Lot: true, Serial: true, Expiry: true},
	})
	if err != nil {
		return err
	}
	if f.agreement, err = tx.CreateAgreement(consign.Agreement{Vendor: f.vendor, Hospital: f.hospital, Number: "A-12"}); err != nil {
		return err
	}
	_, err = tx.CreateVersion(consign.Version{
		Agreement: f.agreement, Vendor: f.vendor, Hospital: f.hospital, Version: 1, ValidFrom: tx.Now().AddDate(-1, 0, 0),
		Terms: consign.Terms{
			TitleEvent: consign.TitleUsed, WastePayer: consign.VendorPays, RemovedMinutes: 30, UndoMinutes: 10, SheetRule: consign.SheetNone,
			PORule: consign.PONone, Consolidation: consign.PerMonth, IssueMode: consign.IssueAuto, Currency: "EUR", DiscountBP: 750,
			PaymentDays: 30, TrunkAllowed: true, TaxCategory: "S", TaxRateBP: 2000,
		},
	}, "bench")
	if err != nil {
		return err
	}
	_, err = tx.AddListPrice(store.ListPrice{Vendor: f.vendor, Product: stent, Price: money.Amount{Minor: 160000, Currency: "EUR"}, ValidFrom: tx.Now().AddDate(-1, 0, 0)})
	return err
}

// open opens the product as it is run, but for two things that would measure
// something else: the limits on one address and the cost of a sign-in.
func open(ctx context.Context, folder, postgres string) (*product.Product, error) {
	cfg := product.In(folder)
	cfg.PostgresURL = postgres
	cfg.Unlimited = true
	cfg.Strength.MemoryKiB, cfg.Strength.Iterations, cfg.Strength.Lanes = 8, 1, 1
	cfg.Strength.AtOnce, cfg.Strength.Waiting = 4, 64
	return product.Open(ctx, cfg)
}
