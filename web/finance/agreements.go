package finance

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (o Orders) showAgreements(c echo.Context) error {
	q := o.queries(c)
	all, err := q.Agreements()
	if err != nil {
		return err
	}
	names, err := o.names(c)
	if err != nil {
		return err
	}
	p := view.AgreementsProps{Frame: frame.Page(c, "Agreements"), Side: other(c, "Vendor", "Hospital")}
	for _, a := range all {
		item := view.AgreementItem{
			Number: a.Number, Href: agreementsPath + "/" + string(a.ID), Party: names[access.OrganisationID(other(c, string(a.Vendor), string(a.Hospital)))],
			Version: "none", Since: "–", Words: "Not in force",
		}
		v, err := q.VersionFor(a.ID, o.Store.Now())
		if err == nil {
			zone, err := q.BooksZone(a.Hospital)
			if err != nil {
				return err
			}
			item.Version, item.Since = "v"+strconv.Itoa(v.Version), v.ValidFrom.In(zone).Format("2 Jan 2006")
			item.Words = shortTerms(v)
		}
		p.Items = append(p.Items, item)
	}
	return route.Render(c, http.StatusOK, view.Agreements(p))
}

// names are the organisations of the other side by id.
func (o Orders) names(c echo.Context) (map[access.OrganisationID]string, error) {
	_, options, err := o.office().partners(c)
	names := map[access.OrganisationID]string{}
	for _, option := range options {
		names[access.OrganisationID(option.Value)] = option.Text
	}
	return names, err
}

func shortTerms(v consign.Version) string {
	words := []string{discountWords(v), "invoice per " + string(v.Consolidation)}
	if len(v.Pricing.Tiers) > 0 {
		words = append(words, "tiers")
	}
	if len(v.Pricing.Caps) > 0 {
		words = append(words, "case cap")
	}
	if v.PORule != consign.PONone {
		words = append(words, "needs a PO")
	}
	return strings.Join(words, " · ")
}

func (o Orders) showAgreement(c echo.Context) error { return o.renderAgreement(c, http.StatusOK, nil) }

func (o Orders) renderAgreement(c echo.Context, status int, refused error) error {
	q, id := o.queries(c), consign.AgreementID(route.PathValue(c, "id"))
	a, err := q.Agreement(id)
	if err != nil {
		return err
	}
	versions, err := q.AgreementVersions(id)
	if err != nil {
		return err
	}
	names, err := o.names(c)
	if err != nil {
		return err
	}
	p := view.AgreementProps{
		Frame: frame.Page(c, "Agreement "+a.Number), Number: a.Number,
		Lead: names[access.OrganisationID(other(c, string(a.Vendor), string(a.Hospital)))],
	}
	zone, err := q.BooksZone(a.Hospital) // whose midnight a version begins at
	if err != nil {
		return err
	}
	for _, v := range versions {
		p.Versions = append(p.Versions, versionRow(a, v, o.Store.Now(), zone))
	}
	if len(versions) == 0 {
		return route.Render(c, status, view.Agreement(p))
	}
	if err := o.fillPapers(c, &p, a, refused); err != nil {
		return err
	}
	v := o.chosenVersion(c, versions)
	p.Lead += " · version " + strconv.Itoa(v.Version)
	p.Status = versionStatus(v, o.Store.Now())
	p.Money, p.Terms = moneyTerms(v), otherTerms(v)
	for _, fill := range []func(echo.Context, *view.AgreementProps, consign.Version) error{o.fillPrices, o.fillTiers, o.fillReprices} {
		if err := fill(c, &p, v); err != nil {
			return err
		}
	}
	return route.Render(c, status, view.Agreement(p))
}

// chosenVersion is the version of the address, else the one in force, else the
// latest.
func (o Orders) chosenVersion(c echo.Context, versions []consign.Version) consign.Version {
	wanted, _ := strconv.Atoi(route.QueryValue(c, "version"))
	chosen := versions[0]
	for _, v := range versions {
		if v.Version == wanted {
			return v
		}
		if v.InForce(o.Store.Now()) {
			chosen = v
		}
	}
	return chosen
}

func versionStatus(v consign.Version, now time.Time) templ.Component {
	switch {
	case v.InForce(now):
		return ui.Status(ui.Info, "In force")
	case now.Before(v.ValidFrom):
		return ui.Status(ui.Calm, "Not yet in force")
	}
	return ui.Status(ui.Calm, "Ended")
}

func versionRow(a consign.Agreement, v consign.Version, now time.Time, zone *time.Location) ui.Row {
	until := "until replaced"
	if !v.ValidTo.IsZero() {
		until = "until " + v.ValidTo.In(zone).Format("2 Jan 2006")
	}
	return ui.Row{Cells: []templ.Component{
		ui.Two(ui.RowLink("Version "+strconv.Itoa(v.Version), agreementsPath+"/"+string(a.ID)+"?version="+strconv.Itoa(v.Version)), versionStatus(v, now)),
		ui.Text(v.ValidFrom.In(zone).Format("2 Jan 2006") + ", " + until), ui.Text(billing.Percent(strconv.Itoa(v.DiscountBP))),
	}}
}

func (o Orders) fillPrices(c echo.Context, p *view.AgreementProps, v consign.Version) error {
	prices, err := o.queries(c).AgreementPrices(v.ID)
	if err != nil || len(prices) == 0 {
		return err
	}
	names, err := o.queries(c).ProductNames()
	for _, price := range prices {
		p.Prices = append(p.Prices, priceRow(price, names, money.Currency(v.Currency)))
	}
	return err
}

func priceRow(p consign.Price, names map[string]string, currency money.Currency) ui.Row {
	subject, rule := names[p.Product], "Item"
	switch p.Kind {
	case consign.PriceOfFamily:
		subject, rule = p.Family, "Family"
	case consign.PriceSubstitution:
		return ui.Row{Cells: []templ.Component{ui.Text(subject), ui.Text("Substitute"), ui.Text("as " + names[p.Replaces])}}
	}
	words := "list less " + billing.Percent(strconv.Itoa(p.DiscountBP))
	if p.Fixed {
		one, err := money.PriceOf(p.Value, p.Scale, max(p.Per, 1), currency)
		if err == nil {
			words = one.Times(max(p.Per, 1)).Decimal() + " " + string(currency)
		}
		if p.Per > 1 {
			words += " for " + strconv.FormatInt(p.Per, 10)
		}
	}
	return ui.Row{Cells: []templ.Component{ui.Text(subject), ui.Text(rule), ui.Text(words)}}
}

func (o Orders) fillTiers(c echo.Context, p *view.AgreementProps, v consign.Version) error {
	currency := money.Currency(v.Currency)
	amount := func(minor int64) templ.Component {
		return ui.Money(money.Amount{Minor: minor, Currency: currency}, view.Locale)
	}
	progress, err := o.queries(c).TierProgress(v.Agreement)
	if err != nil {
		return err
	}
	for _, t := range progress {
		p.Tiers = append(p.Tiers, ui.Row{Cells: []templ.Component{
			ui.Text(t.Tier), ui.Text(windowName(t.WindowKey)), ui.Text(strconv.FormatInt(t.Quantity, 10)), amount(t.SpendMinor), ui.Text(discountNow(v, t)),
		}})
	}
	ups, err := o.queries(c).TrueUps(v.Agreement)
	for _, u := range ups {
		p.TrueUps = append(p.TrueUps, ui.Row{Cells: []templ.Component{
			ui.Text(u.Tier), ui.Text(windowName(u.WindowKey)), ui.Text(strconv.FormatInt(u.Usages, 10)), amount(u.PaidMinor), amount(u.DueMinor), amount(u.CreditMinor), amount(u.Credited),
		}})
	}
	return err
}

func windowName(key string) string {
	_, name, found := strings.Cut(key, ":")
	if !found {
		return "the whole contract"
	}
	return name
}

// discountNow is the discount that the next unit of a window has.
func discountNow(v consign.Version, t store.TierProgress) string {
	for _, tier := range v.Pricing.Tiers {
		if tier.Name != t.Tier {
			continue
		}
		position := t.Quantity + 1
		if tier.Basis == consign.BySpend {
			position = t.SpendMinor + 1
		}
		_, step := tier.At(position)
		return billing.Percent(strconv.Itoa(step.DiscountBP))
	}
	return "–"
}

func (o Orders) fillReprices(c echo.Context, p *view.AgreementProps, v consign.Version) error {
	all, err := o.queries(c).Reprices(v.Agreement)
	may := route.Actor(c).May(access.HoldLines)
	for _, r := range all {
		item := view.Reprice{
			Href: "/lines/" + string(r.Line), Sentence: r.Sentence, State: repriceWords(r.State),
			Old: ui.Money(money.Amount{Minor: r.OldMinor, Currency: r.Currency}, view.Locale),
			New: ui.Money(money.Amount{Minor: r.NewMinor, Currency: r.Currency}, view.Locale),
		}
		if may && r.State == "open" {
			item.Action, item.Key = agreementsPath+"/"+string(v.Agreement)+"/prices/"+r.ID, route.NewKey()
		}
		p.Reprices = append(p.Reprices, item)
	}
	return err
}

func repriceWords(state string) string {
	switch state {
	case "accepted":
		return "Accepted"
	case "declined":
		return "Kept as it was"
	case "credit_due":
		return "Accepted; a credit is due on the invoice"
	}
	return "Open"
}

func (o Orders) answerPrice(c echo.Context) error {
	id := consign.AgreementID(route.PathValue(c, "id"))
	state, err := o.Pricing.AcceptPrice(c.Request().Context(), route.Command(c), id, route.PathValue(c, "price"), route.Value(c, "answer") == "accept")
	return done(c, err, agreementsPath+"/"+string(id), "Decided: "+strings.ToLower(repriceWords(state))+".")
}
