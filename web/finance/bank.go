package finance

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	view "trueward/templates/finance"
	"trueward/templates/ui"
	"trueward/web/frame"
	"trueward/web/route"
)

const accountsPath = approvalsPath + "/account"

func (o Office) bankRoutes() []route.Route {
	change := func(path, name string, h echo.HandlerFunc, params ...route.Param) route.Route {
		return route.Route{
			Method: http.MethodPost, Path: path, Name: name, Needs: access.FreezeInvoices, Tenancy: route.Vendor, ChangesState: true,
			BodyLimit: 16 << 10, Handler: h, Params: params,
		}
	}
	return []route.Route{
		change(accountsPath, "account.propose", o.proposeAccount, route.Form("account", route.Text(64))),
		change(accountsPath+"/:id", "account.decide", o.decideAccount, id, route.Form("answer", route.Enum("yes", "no"))),
	}
}

// bankPart shows the account that invoices name, and the change of it that
// waits for a second person.
func bankPart(c echo.Context, q store.Queries, people []access.Person, errors map[string]string) (view.Part, error) {
	part := view.Part{Title: "Account on invoices", ID: "account", Lead: "Where hospitals send money. One person proposes another account, somebody else confirms it."}
	org, err := q.Organisation(route.Actor(c).Organisation)
	if err != nil {
		return part, err
	}
	now := ui.Muted("none: invoices name no account")
	if org.BankAccount != "" {
		now = ui.Code(org.BankAccount)
	}
	part.Facts = []ui.Pair{{Key: "Account", Value: now}}
	changes, err := q.BankChanges()
	if err != nil {
		return part, err
	}
	for _, change := range changes {
		if change.State == billing.BankProposed {
			part.Facts = append(part.Facts, ui.Pair{Key: "Proposed", Value: ui.Two(ui.Code(change.Account), ui.Text("by "+nameOf(people, change.ProposedBy)))})
			part.Forms = decideForms(c, change)
			return part, nil
		}
	}
	account := field("account-number", "account", "Account", "An IBAN, or what your bank uses", route.Value(c, "account"))
	account.Error = errors["account"]
	part.Forms = []view.Form{{Fold: "Propose another account", Action: accountsPath, Key: route.NewKey(), Submit: "Propose this account", Fields: []view.Field{account}}}
	if account.Error != "" {
		part.Forms[0].Fold, part.Forms[0].Fields[0].ID = "", "account"
		part.ID = ""
	}
	return part, nil
}

// decideForms offers the second person both answers, and whoever proposed to
// take it back.
func decideForms(c echo.Context, change billing.BankChange) []view.Form {
	answer := func(text, value string, kind ui.ButtonKind) view.Form {
		f := button(text, accountsPath+"/"+change.ID, kind)
		f.Fields = []view.Field{{FieldProps: ui.FieldProps{Name: "answer", Value: value}, Hidden: true}}
		return f
	}
	if change.ProposedBy == route.Actor(c).Person {
		return []view.Form{answer("Take this proposal back", "no", "")}
	}
	return []view.Form{answer("Confirm this account", "yes", ui.Primary), answer("Refuse it", "no", "")}
}

func (o Office) proposeAccount(c echo.Context) error {
	_, err := o.Approving.ProposeAccount(c.Request().Context(), route.Command(c), route.Value(c, "account"))
	if frame.AtFields(err) {
		return o.renderApprovals(c, http.StatusUnprocessableEntity, err)
	}
	return done(c, err, approvalsPath+"#account", "The account is proposed. Somebody else of your office confirms it.")
}

func (o Office) decideAccount(c echo.Context) error {
	confirm, sentence := route.Value(c, "answer") == "yes", "The proposal is ended; the account stays."
	if confirm {
		sentence = "Invoices name the new account from now on."
	}
	_, err := o.Approving.DecideAccount(c.Request().Context(), route.Command(c), route.PathValue(c, "id"), confirm)
	return told(c, err, approvalsPath+"#account", sentence)
}
