package sample

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
)

// organisation is a hospital or a vendor of the sample.
type organisation struct {
	key, name, legalName, address, country, currency, taxID, email, bank, prefix string
}

var hospitals = []organisation{
	{"brannoc", "St. Brannoc's", "St. Brannoc's Hospital Trust", "1 Harbour Road\nD02 XK40 Dublin", "IE", "EUR", "IE9876543W", "accounts@brannoc.example", "", ""},
	{"lindgate", "Lindgate General", "Lindgate General Hospital Inc.", "400 Prairie Avenue\nChicago, IL 60616", "US", "USD", "36-4021178", "payables@lindgate.example", "", ""},
}

// vendorBlock is the part of a vendor's GTINs behind the demonstration prefix.
var vendorBlock = map[string]string{"norvane": "134", "corvidia": "201", "helvik": "317", "palmward": "442"}

var vendors = []organisation{
	{"norvane", "Norvane", "Norvane Medical GmbH", "Werkstraße 8\n79110 Freiburg", "DE", "EUR", "DE811234567", "billing@norvane.example", "DE89370400440532013000", "NV"},
	{"corvidia", "Corvidia", "Corvidia Vascular B.V.", "Havenkade 21\n3511 AA Utrecht", "NL", "EUR", "NL812345678B01", "invoices@corvidia.example", "NL91ABNA0417164300", "CO"},
	{"helvik", "Helvik", "Helvik Surgical AG", "Gerbergasse 4\n4001 Basel", "CH", "EUR", "CHE123456788", "finance@helvik.example", "CH9300762011623852957", "HK"},
	{"palmward", "Palmward", "Palmward Protective Inc.", "12 Foundry Lane\nColumbus, OH 43215", "US", "USD", "31-1520964", "ar@palmward.example", "", "PW"},
}

// site is one address of a hospital with its places.
type site struct {
	key, hospital, name, address, zone string
	places                             []place
}

type place struct {
	key, name string
	kind      custody.PlaceKind
}

// sites hold ten places in all, transit included.
var sites = []site{
	{"harbour", "brannoc", "Harbour Road", "1 Harbour Road, Dublin", "Europe/Dublin", []place{
		{"cath2", "Cath Lab 2", custody.Room},
		{"cabinetA", "Cath Lab 2, cabinet A", custody.Cabinet},
		{"theatre3", "Theatre 3", custody.Room},
		{"store", "Central store", custody.StoreRoom},
		{"transit", "In transit to Harbour Road", custody.Transit},
	}},
	{"clinic", "brannoc", "Day Clinic", "7 Mill Street, Dublin", "Europe/Dublin", []place{
		{"procedure", "Procedure room", custody.Room},
		{"transit", "In transit to the Day Clinic", custody.Transit},
	}},
	{"prairie", "lindgate", "Prairie Avenue", "400 Prairie Avenue, Chicago", "America/Chicago", []place{
		{"cath", "Cath Lab", custody.Room},
		{"store", "Supply room", custody.StoreRoom},
		{"transit", "In transit to Prairie Avenue", custody.Transit},
	}},
}

// person is somebody who can sign in.
type person struct {
	organisation, email, name string
	roles                     []access.Role
}

var people = []person{
	{"brannoc", "amy@brannoc.example", "Amy Osei", []access.Role{access.Nurse}},
	{"brannoc", "ito@brannoc.example", "Kenji Ito", []access.Role{access.Nurse}},
	{"brannoc", "maria@brannoc.example", "Maria Lindqvist", []access.Role{access.Materials}},
	{"brannoc", "tom@brannoc.example", "Tom Becker", []access.Role{access.Finance}},
	{"brannoc", "priya@brannoc.example", "Priya Nair", []access.Role{access.Engineer}},
	{"brannoc", "helen@brannoc.example", "Helen Adair", []access.Role{access.Admin}},
	{"brannoc", "oliver@brannoc.example", "Oliver Grant", []access.Role{access.Auditor}},
	{"lindgate", "joy@lindgate.example", "Joy Castellano", []access.Role{access.Nurse}},
	{"lindgate", "sam@lindgate.example", "Sam Whitfield", []access.Role{access.Finance, access.Materials}},
	{"norvane", "lars@norvane.example", "Lars Hede", []access.Role{access.Rep}},
	{"norvane", "ines@norvane.example", "Ines Moreau", []access.Role{access.VendorOffice}},
	{"norvane", "nils@norvane.example", "Nils Aune", []access.Role{access.VendorOffice, access.Admin}},
	{"corvidia", "pim@corvidia.example", "Pim de Wit", []access.Role{access.VendorOffice}},
	{"helvik", "reto@helvik.example", "Reto Frei", []access.Role{access.VendorOffice}},
	{"palmward", "dana@palmward.example", "Dana Ruiz", []access.Role{access.VendorOffice}},
}

// agreement joins a vendor and a hospital.
type agreement struct {
	vendor, hospital, number string
	terms                    consign.Terms
	site                     string // of an agreement for one site; empty for the whole hospital
}

func terms(change func(*consign.Terms)) consign.Terms {
	t := consign.Terms{
		TitleEvent: consign.TitleUsed, WastePayer: consign.VendorPays, RemovedMinutes: 30, UndoMinutes: 10,
		SheetRule: consign.SheetNone, PORule: consign.PONone, Consolidation: consign.PerCase,
		IssueMode: consign.IssueAuto, Currency: "EUR", PaymentDays: 30,
		TaxCategory: "AE", TaxRateBP: 0,
	}
	change(&t)
	return t
}

// agreements differ where real ones do: title, waste, clocks, discount,
// consolidation, tax.
var agreements = []agreement{
	{vendor: "norvane", hospital: "brannoc", number: "A-12", terms: terms(func(t *consign.Terms) { t.DiscountBP = 700; t.TrunkAllowed = true })},
	{vendor: "norvane", hospital: "lindgate", number: "A-15", terms: terms(func(t *consign.Terms) {
		t.Currency, t.Consolidation, t.DiscountBP = "USD", consign.PerMonth, 500
		t.TitleEvent, t.PaymentDays, t.TaxCategory = consign.TitleOpened, 45, "E"
	})},
	{vendor: "corvidia", hospital: "brannoc", number: "CB-2", terms: terms(func(t *consign.Terms) {
		t.WastePayer, t.Consolidation, t.UndoMinutes = consign.HospitalPays, consign.PerMonth, 15
	})},
	{vendor: "corvidia", hospital: "lindgate", number: "CL-1", terms: terms(func(t *consign.Terms) {
		t.Currency, t.WastePayer, t.DiscountBP, t.TaxCategory = "USD", consign.HospitalPays, 300, "E"
	})},
	{vendor: "helvik", hospital: "brannoc", number: "H-7", terms: terms(func(t *consign.Terms) {
		t.DiscountBP, t.PaymentDays, t.RemovedMinutes, t.IssueMode = 1_000, 60, 60, consign.IssueVendorApproves
	})},
	{vendor: "palmward", hospital: "lindgate", number: "PL-9", terms: terms(func(t *consign.Terms) {
		t.Currency, t.Consolidation, t.TaxCategory, t.TaxRateBP = "USD", consign.PerMonth, "S", 625
	})},
	// For the Day Clinic alone: tiers with a cap of the case, and one that asks
	// for a purchase order.
	{vendor: "corvidia", hospital: "brannoc", number: "CB-3", site: "clinic", terms: terms(func(t *consign.Terms) {
		t.DiscountBP, t.Consolidation = 400, consign.PerMonth
		t.Pricing = consign.Pricing{
			Tiers: []consign.Tier{{
				Name: "clinic", Basis: consign.ByQuantity, Window: consign.PerQuarterWindow, Scope: consign.OfSite,
				Steps: []consign.TierStep{{From: 1}, {From: 3, DiscountBP: 500}, {From: 9, DiscountBP: 800}},
			}},
			Caps:  []consign.Cap{{Name: "procedure", Minor: 900000}},
			Waste: []consign.WasteRule{{Outcome: consign.OpenedWasted, HospitalBP: 5000}},
		}
	})},
	{vendor: "helvik", hospital: "brannoc", number: "H-8", site: "clinic", terms: terms(func(t *consign.Terms) {
		t.DiscountBP, t.PORule, t.Consolidation = 800, consign.POPerSheet, consign.PerMonth
		t.Pricing.Tolerance = consign.Tolerance{Minor: 500, BP: 100}
	})},
}
