// Package access says who may do what: organisations, people's roles, and the
// scope of rows a person's organisation may see at all.
//
// Two fences stand one behind the other. Permission (May) is about verbs: may
// this person record a usage? Scope is about rows: of which hospital, site or
// vendor? A scope always comes from the sign-in, never from input.
package access

import "slices"

// Role is what a person does in their organisation. The set is closed.
type Role string

// The eight roles.
const (
	Nurse        Role = "nurse"
	Materials    Role = "materials"
	Finance      Role = "finance"
	Engineer     Role = "engineer"
	Admin        Role = "admin"
	Auditor      Role = "auditor"
	Rep          Role = "rep"
	VendorOffice Role = "vendor_office"
)

// Roles returns every role that people of a kind of organisation may hold.
func Roles(kind OrganisationKind) []Role {
	switch kind {
	case Hospital:
		return []Role{Nurse, Materials, Finance, Engineer, Admin, Auditor}
	case Vendor:
		return []Role{Rep, VendorOffice, Admin, Auditor}
	case Operator:
		return []Role{Admin, Engineer, Auditor}
	}
	return nil
}

// Word returns the role as people say it.
func (r Role) Word() string {
	switch r {
	case VendorOffice:
		return "vendor office"
	case Admin:
		return "administrator"
	}
	return string(r)
}

// Verb is something a person may be allowed to do.
type Verb string

// The verbs of the product. A route names the verb it needs.
const (
	// SeeStock: units, holdings, places, products of the scope.
	SeeStock Verb = "see_stock"
	// Scan: ask the product what a carrier is and whether its tag is genuine.
	Scan Verb = "scan"
	// WorkCase: open a case, use, waste, put back, undo.
	WorkCase Verb = "work_case"
	// Override: let a stopped unit be used, as the second person.
	Override Verb = "override"
	// MoveStock: receive, move, hold and release units.
	MoveStock Verb = "move_stock"
	// SeeUsage: usages, without any patient.
	SeeUsage Verb = "see_usage"
	// SeeInvoices: invoices, lines, payments, journal.
	SeeInvoices Verb = "see_invoices"
	// FreezeInvoices: close collecting invoices early, release parked ones.
	FreezeInvoices Verb = "freeze_invoices"
	// RecordPayments: mark invoices paid, reverse a wrong payment.
	RecordPayments Verb = "record_payments"
	// HoldLines: stop one usage on its way to an invoice, and let it go again.
	HoldLines Verb = "hold_lines"
	// SignSheets: confirm or contest usages before they are invoiced.
	SignSheets Verb = "sign_sheets"
	// CloseBooks: close a month of one's own book.
	CloseBooks Verb = "close_books"
	// SetPrices: give a product of one's own a list price.
	SetPrices Verb = "set_prices"
	// ManageCatalogue: add and change a vendor's own products.
	ManageCatalogue Verb = "manage_catalogue"
	// Agree: propose the terms of an agreement, accept or decline them.
	Agree Verb = "agree"
	// AnnounceStock: send ship notices.
	AnnounceStock Verb = "announce_stock"
	// Recall: demand a product's lot back, and close that demand.
	Recall Verb = "recall"
	// CloseIncidents: say how an incident was settled.
	CloseIncidents Verb = "close_incidents"
	// Export: take invoices and lines out as files.
	Export Verb = "export"
	// ManagePeople: invite, reset, disable people of one's organisation.
	ManagePeople Verb = "manage_people"
	// ManageOrganisations: create hospitals and vendors (operator only).
	ManageOrganisations Verb = "manage_organisations"
	// ManageTags: profiles, bindings, retirement.
	ManageTags Verb = "manage_tags"
	// SeeSystem: queues, parked work, health of the installation.
	SeeSystem Verb = "see_system"
	// SeeAudit: the audit trail of the scope.
	SeeAudit Verb = "see_audit"
)

// Every person may see and change their own account; that needs no verb.
var permissions = map[Role][]Verb{
	Nurse:        {SeeStock, Scan, WorkCase, Override, SeeUsage, SignSheets},
	Materials:    {SeeStock, Scan, MoveStock, SeeUsage, Override, Recall, CloseIncidents},
	Finance:      {SeeStock, SeeUsage, SeeInvoices, RecordPayments, HoldLines, CloseBooks, Export, Agree},
	Engineer:     {SeeStock, Scan, ManageTags, SeeSystem},
	Admin:        {SeeStock, ManagePeople, SeeSystem, SeeAudit, Agree, CloseIncidents},
	Auditor:      {SeeStock, SeeUsage, SeeInvoices, SeeAudit, Export},
	Rep:          {SeeStock, Scan, SeeUsage, AnnounceStock, SignSheets},
	VendorOffice: {SeeStock, Scan, SeeUsage, SeeInvoices, FreezeInvoices, RecordPayments, HoldLines, CloseBooks, SetPrices, Export, ManageTags, ManageCatalogue, Agree, AnnounceStock, Recall, SignSheets},
}

// verbsByOrganisation bounds what any role can give inside a kind of
// organisation: an operator's administrator runs the installation and never
// looks at anybody's stock.
var verbsByOrganisation = map[OrganisationKind]func(Verb) bool{
	Hospital: func(v Verb) bool {
		return v != ManageOrganisations && v != FreezeInvoices && v != SetPrices && v != ManageCatalogue && v != AnnounceStock
	},
	Vendor: func(v Verb) bool {
		return v != ManageOrganisations && v != WorkCase && v != Override && v != MoveStock && v != SeeSystem && v != CloseIncidents
	},
	Operator: func(v Verb) bool {
		return v == ManagePeople || v == SeeSystem || v == SeeAudit || v == ManageOrganisations
	},
}

// RoleMay reports whether the role allows the verb in that kind of organisation.
func RoleMay(kind OrganisationKind, role Role, verb Verb) bool {
	allowed, known := verbsByOrganisation[kind]
	if !known || !allowed(verb) {
		return false
	}
	if kind == Operator && role == Admin && verb == ManageOrganisations {
		return true
	}
	return slices.Contains(permissions[role], verb)
}
