package finance

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/pricing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
	"trueward/internal/standard/money"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

func (o Office) showLine(c echo.Context) error { return o.renderLine(c, http.StatusOK, nil) }

func (o Office) renderLine(c echo.Context, status int, refused error) error {
	row, err := o.queries(c).LineRow(billing.LineID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	why, err := o.Pricing.Explain(c.Request().Context(), route.Actor(c), row.Usage)
	if err != nil {
		return err
	}
	p := view.LineProps{
		Frame: frame.Page(c, row.Product), Line: Line(row, route.Actor(c).Kind), Words: why.Sentence, Doubt: why.Difference,
		Facts: lineFacts(row), Walk: walk(row),
	}
	errors, summary := frame.Fields(refused)
	p.Summary = summary
	lineActions(c, &p, row, errors)
	return route.Render(c, status, view.LinePage(p))
}

func lineFacts(row store.LineRow) []ui.Pair {
	facts := []ui.Pair{
		{Key: "Vendor", Value: ui.Text(row.VendorName)}, {Key: "Hospital", Value: ui.Two(ui.Text(row.HospitalName), ui.Text(row.SiteName))},
		{Key: "DI", Value: ui.Code(row.DI)}, {Key: "Unit", Value: ui.Two(ui.LotSerial(row.Lot, row.Serial), ui.RowLink("Everything about this unit", "/units/"+string(row.Unit)))},
		{Key: "Case", Value: ui.Code(row.Pseudonym)}, {Key: "Outcome", Value: ui.Text(outcomeWords(row))},
		{Key: "Quantity", Value: ui.Text(strconv.FormatInt(row.Quantity, 10))},
	}
	if !row.HeldUntil.IsZero() {
		facts = append(facts, ui.Pair{Key: "Held until", Value: ui.CivilDate(civil.Of(row.HeldUntil.In(zone(row.TimeZone))))})
	}
	if row.InvoiceNumber != "" {
		facts = append(facts, ui.Pair{Key: "Invoice", Value: ui.RowLink(row.InvoiceNumber, "/invoices/"+string(row.Invoice))})
	} else if row.Invoice != "" {
		facts = append(facts, ui.Pair{Key: "Invoice", Value: ui.RowLink("Draft invoice", "/invoices/"+string(row.Invoice))})
	}
	return facts
}

func outcomeWords(row store.LineRow) string {
	words := "Used"
	if row.Outcome == usage.Wasted {
		words = "Opened, not used"
	}
	if row.Corrected != "" {
		words += ", corrected later"
	}
	return words
}

// walk tells the way back from the money to the scan and, to the hospital, the
// person.
func walk(row store.LineRow) []ui.Event {
	at := zone(row.TimeZone)
	who := cmp.Or(row.UsedBy, row.HospitalName)
	events := []ui.Event{
		{Tone: ui.Info, Icon: "scan", What: "Scanned: " + row.Verdict.Words(), When: ui.Instant(row.EffectiveAt, at), Who: who},
		{Tone: ui.Done, Icon: "case", What: outcomeWords(row) + " on case " + row.Pseudonym, When: ui.Instant(row.EffectiveAt, at), Who: who, With: row.SiteName},
		{Tone: ui.Info, Icon: "money", What: "Price decided: " + row.Steps.Sentence(view.Locale), When: ui.Instant(row.EffectiveAt, at), Who: "Trueward"},
	}
	if row.State == billing.LineWaiting {
		return append(events, ui.Event{Tone: ui.Info, Icon: "clock", What: "May still be undone until", When: ui.Instant(row.BillableFrom, at)})
	}
	return append(events, ui.Event{Tone: ui.Info, Icon: "file", What: row.State.Word() + ending(row), When: ui.Instant(row.ChangedAt, at)})
}

func ending(row store.LineRow) string {
	if row.InvoiceNumber != "" {
		return " on " + row.InvoiceNumber
	}
	return ""
}

// lineActions offers what the person may do with the line as it stands.
func lineActions(c echo.Context, p *view.LineProps, row store.LineRow, errors map[string]string) {
	actor, base := route.Actor(c), "/lines/"+string(row.Line.ID)
	held := []billing.LineState{billing.LineWaiting, billing.LineBillable, billing.LineUnpriced, billing.LineCollected}
	if actor.May(access.HoldLines) {
		if row.State == billing.LineHeld {
			p.Release = &view.Action{Text: "Release this line", Action: base + "/release", Key: route.NewKey(), Kind: ui.Primary}
		} else if slices.Contains(held, row.State) {
			p.Hold = &view.HoldForm{Action: base + "/hold", Key: route.NewKey(), Reason: route.Value(c, "reason"), Until: route.Value(c, "until"), Errors: errors}
		}
	}
	if actor.May(access.HoldLines) && row.State == billing.LineAwaitingPO && row.Quantity > 1 {
		p.Split = splitForm(c, row, errors)
	}
	if actor.May(access.SetPrices) && row.State == billing.LineUnpriced {
		p.Price = &view.PriceForm{
			Action: base + "/price", Key: route.NewKey(), Currency: string(row.Net.Currency), Price: route.Value(c, "price"), Errors: errors,
			From: cmp.Or(route.Value(c, "from"), civil.Of(row.EffectiveAt.In(zone(row.TimeZone))).String()),
		}
	}
}

func (o Office) holdLine(c echo.Context) error {
	line := billing.LineID(route.PathValue(c, "id"))
	row, err := o.queries(c).LineRow(line)
	if err != nil {
		return err
	}
	until, err := time.ParseInLocation(time.DateOnly, route.Value(c, "until"), zone(row.TimeZone))
	if err != nil {
		until = time.Time{} // its form was checked: nothing was entered
	}
	_, err = o.Pricing.Hold(c.Request().Context(), route.Command(c), pricing.HoldInput{Line: line, Reason: route.Value(c, "reason"), Until: until})
	if frame.AtFields(err) {
		return o.renderLine(c, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, "/lines/"+string(line), "The line is held. The rest goes on.")
}

func (o Office) releaseLine(c echo.Context) error {
	line := billing.LineID(route.PathValue(c, "id"))
	_, err := o.Pricing.Release(c.Request().Context(), route.Command(c), line)
	return done(c, err, "/lines/"+string(line), "The line goes on.")
}

func (o Office) priceLine(c echo.Context) error {
	row, err := o.queries(c).LineRow(billing.LineID(route.PathValue(c, "id")))
	if err != nil {
		return err
	}
	price, from, err := priceFields(c, row)
	if err != nil {
		return o.renderLine(c, http.StatusUnprocessableEntity, err)
	}
	result, err := o.Pricing.SetPrice(c.Request().Context(), route.Command(c), pricing.PriceInput{Product: row.ProductID, Price: price, ValidFrom: from})
	if frame.AtFields(err) {
		return o.renderLine(c, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, "/lines/"+string(row.Line.ID), "The price is set; "+strconv.Itoa(result.Repriced)+" usages that waited for it go on.")
}

func priceFields(c echo.Context, row store.LineRow) (money.Amount, time.Time, error) {
	var refused fault.Refusals
	price, err := money.Parse(route.Value(c, "price"), string(row.Net.Currency), view.Locale)
	if err != nil {
		refused.At("price", "Enter the price in "+string(row.Net.Currency)+" as a number, such as 1,600.00.")
	}
	from, err := time.ParseInLocation(time.DateOnly, route.Value(c, "from"), zone(row.TimeZone))
	if err != nil {
		refused.At("from", "Enter the day from which the price holds.")
	}
	return price, from, refused.Err()
}

func (o Office) retryJob(c echo.Context) error {
	_, err := o.Invoicing.RetryJob(c.Request().Context(), route.Command(c), route.PathValue(c, "id"))
	return done(c, err, queuePath+"?view=parked", "It is being tried again.")
}

// done ends an action: on to a page that says so, or the refusal. A refusal by
// the state of things is told on the page the person was on.
func done(c echo.Context, err error, to, sentence string) error {
	if fault.Is(err, fault.Conflict) {
		return route.Redirect(c, to, route.Flash{Kind: "error", Text: fault.All(err)[0].Sentence})
	}
	if err != nil {
		return err
	}
	return route.Redirect(c, to, route.Done(sentence))
}
