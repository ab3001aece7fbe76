package consign

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
)

// ProposalID is a UUIDv7 text.
type ProposalID string

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal. Only a proposed one can be decided.
const (
	Proposed  ProposalState = "proposed"
	Accepted  ProposalState = "accepted"
	Declined  ProposalState = "declined"
	Withdrawn ProposalState = "withdrawn"
)

// Proposal is what a vendor proposes to a hospital: the terms of a new
// agreement, or of the next version of one. It binds nobody until the hospital
// accepts it.
type Proposal struct {
	ID           ProposalID
	Vendor       access.OrganisationID
	VendorName   string
	Hospital     access.OrganisationID
	HospitalName string
	Agreement    AgreementID // empty for a first version
	Number       string
	StartsOn     civil.Date // 00:00 of it at the hospital
	Terms        Terms
	Wording      string // what people wrote beside the settings
	State        ProposalState
	ProposedBy   access.PersonID
	ProposedAt   time.Time
	DecidedBy    access.PersonID
	DecidedAt    time.Time // zero while open
	Reason       string    // of a decline
}

// UsualTerms are those a form begins with. Title event and payer of waste have
// no usual value: real agreements disagree, so both sides say them.
func UsualTerms(currency string) Terms {
	return Terms{
		RemovedMinutes: 30, UndoMinutes: 10, SheetRule: SheetNone, PORule: PONone, Consolidation: PerCase,
		IssueMode: IssueAuto, Currency: currency, PaymentDays: 30, TaxCategory: "S",
	}
}

// bounds of the clocks, in minutes.
const maxMinutes = 7 * 24 * 60

// Check returns what is missing in terms, each at its field.
func (t Terms) Check() fault.Refusals {
	var r fault.Refusals
	oneOf := func(field, value, sentence string, values ...string) {
		for _, v := range values {
			if v == value {
				return
			}
		}
		r.At(field, sentence)
	}
	oneOf("title_event", string(t.TitleEvent), "Choose when a unit becomes the hospital's.",
		string(TitleRemoved), string(TitleOpened), string(TitleUsed), string(TitleImplanted), string(TitleCountedMissing))
	oneOf("waste_payer", string(t.WastePayer), "Choose who pays for what is opened and not used.", string(VendorPays), string(HospitalPays))
	oneOf("sheet_rule", string(t.SheetRule), "Choose who signs before a usage is invoiced.", string(SheetNone), string(SheetClinical), string(SheetBoth))
	oneOf("po_rule", string(t.PORule), "Choose which order reference an invoice needs.", string(PONone), string(POBuyerReference), string(POPerSheet), string(POBlanket))
	oneOf("consolidation", string(t.Consolidation), "Choose which usages share an invoice.", string(PerCase), string(PerDay), string(PerWeek), string(PerMonth))
	oneOf("issue_mode", string(t.IssueMode), "Choose how invoices are issued.", string(IssueAuto), string(IssueVendorApproves))
	oneOf("tax_category", t.TaxCategory, "Choose how the goods are taxed.", "S", "Z", "E", "AE", "O", "K", "G")
	if c, err := money.ParseCurrency(t.Currency); err != nil || c == "" {
		r.At("currency", "Enter the three letters of the currency, such as EUR.")
	}
	within := func(field string, n, least, most int, sentence string) {
		if n < least || n > most {
			r.At(field, sentence)
		}
	}
	within("removed_minutes", t.RemovedMinutes, 1, maxMinutes, "Enter 1 to 10,080 minutes.")
	within("undo_minutes", t.UndoMinutes, 0, maxMinutes, "Enter 0 to 10,080 minutes.")
	within("discount", t.DiscountBP, 0, 10_000, "Enter a discount of 0 to 100 per cent.")
	within("payment_days", t.PaymentDays, 0, 365, "Enter 0 to 365 days.")
	within("tax_rate", t.TaxRateBP, 0, 10_000, "Enter a tax rate of 0 to 100 per cent.")
	if t.TaxCategory != "S" && t.TaxRateBP != 0 {
		r.At("tax_rate", "Only goods at a standard rate have a rate; enter 0.")
	}
	return r
}
