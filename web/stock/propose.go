package stock

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/app/agreeing"
	"trueward/internal/domain/consign"
	"trueward/internal/standard/civil"
	view "trueward/templates/stock"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// Settings of an agreement in people's words.
var (
	titleEvents = []ui.Option{
		{Value: string(consign.TitleUsed), Text: "When it is used on a case"},
		{Value: string(consign.TitleOpened), Text: "When its package is opened"},
		{Value: string(consign.TitleRemoved), Text: "When it leaves its shelf"},
		{Value: string(consign.TitleImplanted), Text: "When it is implanted"},
		{Value: string(consign.TitleCountedMissing), Text: "When a count does not find it"},
	}
	wastePayers = []ui.Option{
		{Value: string(consign.VendorPays), Text: "The vendor"}, {Value: string(consign.HospitalPays), Text: "The hospital"},
	}
	sheetRules = []ui.Option{
		{Value: string(consign.SheetNone), Text: "Nobody signs"}, {Value: string(consign.SheetClinical), Text: "The ward signs"},
		{Value: string(consign.SheetBoth), Text: "The ward and the vendor sign"},
	}
	poRules = []ui.Option{
		{Value: string(consign.PONone), Text: "No order number needed"}, {Value: string(consign.POBuyerReference), Text: "A reference of the buyer"},
		{Value: string(consign.POPerSheet), Text: "An order for each case"}, {Value: string(consign.POBlanket), Text: "A blanket order"},
	}
	consolidations = []ui.Option{
		{Value: string(consign.PerCase), Text: "One invoice a case"}, {Value: string(consign.PerDay), Text: "One a day"},
		{Value: string(consign.PerWeek), Text: "One a week"}, {Value: string(consign.PerMonth), Text: "One a month"},
	}
	issueModes = []ui.Option{
		{Value: string(consign.IssueAuto), Text: "By itself, once nothing is missing"}, {Value: string(consign.IssueVendorApproves), Text: "When the vendor has looked at it"},
	}
	// The codes are those of UNCL 5305.
	taxCategories = []ui.Option{
		{Value: "S", Text: "Standard rate"}, {Value: "Z", Text: "Zero rate"}, {Value: "E", Text: "Exempt"}, {Value: "AE", Text: "Reverse charge"},
		{Value: "O", Text: "Not subject to tax"}, {Value: "K", Text: "Supply within the European Union"}, {Value: "G", Text: "Export"},
	}
)

func wordOf(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Text
		}
	}
	return value
}

func enum(name string, options []ui.Option) route.Param {
	var values []string
	for _, o := range options {
		values = append(values, o.Value)
	}
	return route.Form(name, route.Enum(values...))
}

func draftParams() []route.Param {
	return []route.Param{
		route.Form("hospital", route.Prose(400)), route.Form("number", route.Text(80)), route.Form("starts_on", route.Date()),
		enum("title_event", titleEvents), enum("waste_payer", wastePayers), enum("sheet_rule", sheetRules), enum("po_rule", poRules),
		enum("consolidation", consolidations), enum("issue_mode", issueModes), enum("tax_category", taxCategories),
		route.Form("currency", route.Text(8)), route.Form("discount", route.Text(8)), route.Form("tax_rate", route.Text(8)),
		route.Form("payment_days", route.Text(8)), route.Form("removed_minutes", route.Text(8)), route.Form("undo_minutes", route.Text(8)),
		route.Form("trunk_allowed", route.Enum("yes")), route.Form("wording", route.Prose(40_000)),
	}
}

func draftOf(c echo.Context) agreeing.Draft {
	v := func(name string) string { return strings.TrimSpace(route.Value(c, name)) }
	return agreeing.Draft{
		Hospital: v("hospital"), Number: v("number"), StartsOn: v("starts_on"), Wording: v("wording"),
		Terms: consign.Terms{
			TitleEvent: consign.TitleEvent(v("title_event")), WastePayer: consign.Payer(v("waste_payer")),
			SheetRule: consign.SheetRule(v("sheet_rule")), PORule: consign.PORule(v("po_rule")),
			Consolidation: consign.Consolidation(v("consolidation")), IssueMode: consign.IssueMode(v("issue_mode")),
			TaxCategory: v("tax_category"), Currency: strings.ToUpper(v("currency")),
			DiscountBP: basisPoints(v("discount")), TaxRateBP: basisPoints(v("tax_rate")), PaymentDays: whole(v("payment_days")),
			RemovedMinutes: whole(v("removed_minutes")), UndoMinutes: whole(v("undo_minutes")), TrunkAllowed: v("trunk_allowed") != "",
		},
	}
}

// whole reads a whole number; what is none becomes one that the terms refuse.
func whole(text string) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return -1
}

// basisPoints reads a percentage with at most two decimals: "12.5" is 1250.
func basisPoints(text string) int {
	if text == "" {
		return 0
	}
	units, part, _ := strings.Cut(strings.TrimSuffix(text, "%"), ".")
	if len(part) > 2 {
		return -1
	}
	n := whole(units + part + strings.Repeat("0", 2-len(part)))
	return n
}

func percent(bp int) string {
	text := strconv.Itoa(bp/100) + "." + strconv.Itoa(bp%100/10) + strconv.Itoa(bp%10)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

func (r Room) showPropose(c echo.Context) error { return r.renderPropose(c, nil) }

func (r Room) propose(c echo.Context) error {
	id, err := r.Agreeing.Propose(c.Request().Context(), route.Command(c), draftOf(c))
	if frame.AtFields(err) {
		return r.renderPropose(c, err)
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, at(proposalPath, id), route.Done("Proposed. The hospital's finance or administrator decides."))
}

func (r Room) renderPropose(c echo.Context, refused error) error {
	f := formOf(c, refused)
	usual, err := r.usual(c)
	if err != nil {
		return err
	}
	p := page(c, "Propose an agreement", "It holds once the hospital's finance or administrator accepts it.", ui.Crumb{Text: "Terms", Href: termsPath})
	p.Refused = f.all
	p.Blocks = []templ.Component{view.Form(view.FormProps{
		Action: proposePath, Key: route.NewKey(), Button: "Send the proposal", Kind: ui.Primary, Fields: draftFields(f, usual),
	})}
	return route.Render(c, status(refused), view.Page(p))
}

// usual is what the form begins with: usual terms, or those of the agreement
// that gets a new version.
func (r Room) usual(c echo.Context) (agreeing.Draft, error) {
	q := r.queries(c)
	own, err := q.Organisation(route.Actor(c).Organisation)
	if err != nil {
		return agreeing.Draft{}, err
	}
	d := agreeing.Draft{StartsOn: civil.Of(r.Store.Now()).String(), Terms: consign.UsualTerms(own.Currency)}
	from := route.QueryValue(c, "from")
	if from == "" {
		return d, nil
	}
	v, err := q.LatestVersion(consign.AgreementID(from))
	if err != nil {
		return d, err
	}
	hospital, err := q.Organisation(v.Hospital)
	d.Hospital, d.Number, d.Terms = hospital.Name, v.Number, v.Terms
	d.StartsOn = civil.Of(r.Store.Now().AddDate(0, 0, 1)).String()
	return d, err
}

func draftFields(f form, d agreeing.Draft) []templ.Component {
	t := d.Terms
	choice := func(id, label, hint string, usual string, options []ui.Option) templ.Component {
		return ui.Choices(f.props(id, label, hint, usual), options)
	}
	pick := func(id, label, hint string, usual string, options []ui.Option) templ.Component {
		return ui.Select(narrow(f.props(id, label, hint, usual), ""), options)
	}
	number := func(id, label, hint string, usual string) templ.Component {
		p := narrow(f.props(id, label, hint, usual), "4")
		p.InputMode = "decimal"
		return ui.Field(p)
	}
	trunk := t.TrunkAllowed
	if f.c.Request().Method == http.MethodPost {
		trunk = route.Value(f.c, "trunk_allowed") != ""
	}
	wording := optional(f.props("wording", "Wording", "What both sides sign beside these settings", d.Wording))
	wording.Width = ""
	return []templ.Component{
		ui.Field(f.props("hospital", "Hospital", "Its name as it is called in Trueward", d.Hospital)),
		ui.Field(f.props("number", "Number of the agreement", "Yours, such as NV-2027-01. The number of an agreement in force makes its next version", d.Number)),
		ui.Field(dated(f.props("starts_on", "Holds from", "00:00 of that day at the hospital", d.StartsOn))),
		choice("title_event", "When does a unit become the hospital's?", "Real contracts differ, so nothing is chosen for you", string(t.TitleEvent), titleEvents),
		choice("waste_payer", "Who pays for what is opened and not used?", "", string(t.WastePayer), wastePayers),
		ui.Checkbox(ui.FieldProps{ID: "trunk_allowed", Label: "Units may be brought in without notice", Hint: "Otherwise they are stopped until materials has looked at them"}, trunk),
		number("discount", "Discount off the list price, in per cent", "", percent(t.DiscountBP)),
		ui.Field(narrow(f.props("currency", "Currency", "", t.Currency), "4")),
		pick("tax_category", "Tax", "", t.TaxCategory, taxCategories),
		number("tax_rate", "Tax rate, in per cent", "0 unless the standard rate is charged", percent(t.TaxRateBP)),
		pick("consolidation", "Invoices", "", string(t.Consolidation), consolidations),
		pick("issue_mode", "An invoice is issued", "", string(t.IssueMode), issueModes),
		number("payment_days", "Days to pay", "", strconv.Itoa(t.PaymentDays)),
		pick("sheet_rule", "Before a usage is invoiced", "", string(t.SheetRule), sheetRules),
		pick("po_rule", "An invoice needs", "", string(t.PORule), poRules),
		number("removed_minutes", "Minutes until a unit taken out is asked after", "", strconv.Itoa(t.RemovedMinutes)),
		number("undo_minutes", "Minutes in which a use can be taken back", "The vendor is told after them", strconv.Itoa(t.UndoMinutes)),
		ui.TextArea(wording),
	}
}

func termFacts(p consign.Proposal) []ui.Pair {
	t := p.Terms
	text := func(key, value string) ui.Pair { return ui.Pair{Key: key, Value: ui.Text(value)} }
	trunk := "Stopped until materials has looked at it"
	if t.TrunkAllowed {
		trunk = "Allowed"
	}
	tax := wordOf(taxCategories, t.TaxCategory)
	if t.TaxCategory == "S" {
		tax += ", " + percent(t.TaxRateBP) + " %"
	}
	return []ui.Pair{
		{Key: "Holds from", Value: ui.CivilDate(p.StartsOn)},
		text("A unit becomes the hospital's", wordOf(titleEvents, string(t.TitleEvent))),
		text("Opened and not used is paid by", wordOf(wastePayers, string(t.WastePayer))),
		text("Brought in without notice", trunk),
		text("Discount off the list price", percent(t.DiscountBP)+" %"),
		text("Currency", t.Currency), text("Tax", tax),
		text("Invoices", wordOf(consolidations, string(t.Consolidation))),
		text("An invoice is issued", wordOf(issueModes, string(t.IssueMode))),
		text("Days to pay", strconv.Itoa(t.PaymentDays)),
		text("Before a usage is invoiced", wordOf(sheetRules, string(t.SheetRule))),
		text("An invoice needs", wordOf(poRules, string(t.PORule))),
		text("A unit taken out is asked after", strconv.Itoa(t.RemovedMinutes)+" minutes"),
		text("A use can be taken back for", strconv.Itoa(t.UndoMinutes)+" minutes"),
	}
}
