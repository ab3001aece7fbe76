package finance

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

// treatments are the tax categories of certificates in words.
var treatments = []ui.Option{
	{Value: "E", Text: "Exempt from tax"}, {Value: billing.ReverseCharge, Text: "Reverse charge: the buyer accounts for the tax"},
	{Value: "Z", Text: "Taxed at zero"}, {Value: "O", Text: "Outside the scope of tax"},
	{Value: "K", Text: "Supply within the EU"}, {Value: "G", Text: "Export"},
}

func treatmentWords(category string) string {
	for _, t := range treatments {
		if t.Value == category {
			return t.Text
		}
	}
	return category
}

// fillPapers lists the tax certificates of an agreement's parties and watches
// their end.
func (o Orders) fillPapers(c echo.Context, p *view.AgreementProps, a consign.Agreement, refused error) error {
	papers, err := o.queries(c).Certificates(billing.Parties{Vendor: a.Vendor, Hospital: a.Hospital})
	now := o.Store.Now().UTC()
	today, watch := now.Format(time.DateOnly), now.AddDate(0, 0, billing.WatchDays).Format(time.DateOnly)
	for _, paper := range papers {
		days := ui.Text(spanWords(paper.ValidFrom, paper.ValidTo))
		switch ended, soon := paper.Ends(today, watch); {
		case ended:
			days = ui.Two(days, ui.Status(ui.Stop, "Ended: tax is charged again"))
		case soon:
			days = ui.Two(days, ui.Status(ui.Warn, "Ends soon"))
		}
		p.Papers = append(p.Papers, ui.Row{Cells: []templ.Component{ui.Code(paper.Number), ui.Two(ui.Text(treatmentWords(paper.Category)), ui.Text(paper.Reason)), days}})
	}
	if route.Actor(c).May(access.HoldLines) {
		errors, summary := frame.Fields(refused)
		p.Summary = summary
		p.Paper = &view.PaperForm{
			Action: agreementsPath + "/" + string(a.ID) + "/certificates", Key: route.NewKey(), Number: route.Value(c, "number"), Category: route.Value(c, "category"),
			Reason: route.Value(c, "reason"), From: route.Value(c, "from"), To: route.Value(c, "to"), Categories: treatments, Errors: errors,
		}
	}
	return err
}

func (o Orders) addCertificate(c echo.Context) error {
	id := consign.AgreementID(route.PathValue(c, "id"))
	_, err := o.Pricing.AddCertificate(c.Request().Context(), route.Command(c), id, billing.Certificate{
		Number: route.Value(c, "number"), Category: route.Value(c, "category"), Reason: route.Value(c, "reason"),
		ValidFrom: route.Value(c, "from"), ValidTo: route.Value(c, "to"),
	})
	if frame.AtFields(err) {
		return o.renderAgreement(c, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, agreementsPath+"/"+string(id), "The certificate is added. It holds for what is not frozen yet.")
}
