package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	api "github.com/stripe/stripe-go/v76"

	"trueward/internal/domain/remote"
)

// Do makes one changing call with its stored parameters and key and says what
// came of it. It fails only when the call could not be made at all: parameters
// that cannot be read, or ctx over before the account's turn.
func (g *Gateway) Do(ctx context.Context, e remote.Entry, call remote.Call) (remote.Answer, error) {
	step, known := steps[call.Step]
	if !known {
		return remote.Answer{}, fmt.Errorf("stripe: unknown step %q", call.Step)
	}
	c, err := g.enter(ctx, e)
	if err != nil {
		return remote.Answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	p := params(ctx, e)
	p.SetIdempotencyKey(call.Key)
	id, response, err := step(c, p, call)
	if malformed, bad := errors.AsType[*paramsError](err); bad {
		return remote.Answer{}, malformed
	}
	return answer(id, response, err), nil
}

// paramsError says that stored parameters cannot be read.
type paramsError struct{ err error }

func (e *paramsError) Error() string { return "stripe: stored parameters: " + e.err.Error() }

// answer classifies what came back.
func answer(id string, response *api.APIResponse, err error) remote.Answer {
	a := remote.Answer{Object: id}
	if response != nil {
		a.HTTPStatus, a.RequestID = response.StatusCode, response.RequestID
	}
	refused, readable := errors.AsType[*api.Error](err)
	if readable {
		a.HTTPStatus, a.Code, a.RequestID = refused.HTTPStatusCode, string(refused.Code), refused.RequestID
		a.Reason = line(refused.Msg)
	}
	switch {
	case err == nil && id == "":
		a.Outcome = remote.Look // well-formed, but not what was asked for
	case err != nil && !readable && strings.HasPrefix(err.Error(), "Couldn't deserialize JSON"):
		a.Outcome = remote.Look // a page of something in between
	default:
		a.Outcome = remote.Classify(a.HTTPStatus, a.Code, err == nil || readable)
	}
	return a
}

// line cuts the service's words to one short line.
func line(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > 300 {
		text = text[:300]
	}
	return strings.ToValidUTF8(text, "")
}

// stepFunc makes one kind of call and returns the id of what it made.
type stepFunc func(*resources, api.Params, remote.Call) (string, *api.APIResponse, error)

var steps = map[remote.Step]stepFunc{
	remote.MakeCustomer: makeCustomer,
	remote.MakeDraft:    makeDraft,
	remote.AddItem:      addItem,
	remote.SetTax:       setTax,
	remote.SetNumber:    setNumber,
	remote.Finalize: func(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
		return made(c.Invoices.FinalizeInvoice(call.Object, &api.InvoiceFinalizeInvoiceParams{Params: p, AutoAdvance: api.Bool(false)}))
	},
	remote.SendOut: func(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
		return made(c.Invoices.SendInvoice(call.Object, &api.InvoiceSendInvoiceParams{Params: p}))
	},
	remote.VoidInvoice: func(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
		return made(c.Invoices.VoidInvoice(call.Object, &api.InvoiceVoidInvoiceParams{Params: p}))
	},
	remote.PayElsewhere: func(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
		return made(c.Invoices.Pay(call.Object, &api.InvoicePayParams{Params: p, PaidOutOfBand: api.Bool(true)}))
	},
	remote.WriteOff: func(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
		return made(c.Invoices.MarkUncollectible(call.Object, &api.InvoiceMarkUncollectibleParams{Params: p}))
	},
	remote.DropDraft: func(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
		return made(c.Invoices.Del(call.Object, &api.InvoiceParams{Params: p}))
	},
	remote.DropItem: func(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
		i, err := c.InvoiceItems.Del(call.Object, &api.InvoiceItemParams{Params: p})
		if err != nil {
			return "", nil, err
		}
		return i.ID, i.LastResponse, nil
	},
	remote.MakeCredit: makeCredit,
}

func made(i *api.Invoice, err error) (string, *api.APIResponse, error) {
	if err != nil {
		return "", nil, err
	}
	return i.ID, i.LastResponse, nil
}

func read[T any](call remote.Call) (T, error) {
	var v T
	if err := json.Unmarshal([]byte(call.Params), &v); err != nil {
		return v, &paramsError{err}
	}
	return v, nil
}

// The names of our marks in Stripe's metadata.
const (
	markInvoice  = "invoice_uuid"
	markLine     = "line_uuid"
	markHospital = "hospital_uuid"
	markCredit   = "credit_note_uuid"
)

func makeCustomer(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
	in, err := read[remote.CustomerParams](call)
	if err != nil {
		return "", nil, err
	}
	made, err := c.Customers.New(&api.CustomerParams{
		Params: p, Name: api.String(in.Name), Email: api.String(in.Email), Metadata: map[string]string{markHospital: in.Hospital},
	})
	if err != nil {
		return "", nil, err
	}
	return made.ID, made.LastResponse, nil
}

func makeDraft(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
	in, err := read[remote.DraftParams](call)
	if err != nil {
		return "", nil, err
	}
	draft := &api.InvoiceParams{
		Params: p, Customer: api.String(in.Customer), Currency: api.String(strings.ToLower(in.Currency)),
		CollectionMethod: api.String("send_invoice"), DaysUntilDue: api.Int64(int64(in.PaymentDays)), AutoAdvance: api.Bool(false),
		// Items that wait for no invoice in particular are not ours to take.
		PendingInvoiceItemsBehavior: api.String("exclude"),
		Metadata:                    map[string]string{markInvoice: in.Invoice},
	}
	for _, f := range in.Fields {
		draft.CustomFields = append(draft.CustomFields, &api.InvoiceCustomFieldParams{Name: api.String(f.Name), Value: api.String(f.Value)})
	}
	return made(c.Invoices.New(draft))
}

func addItem(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
	in, err := read[remote.ItemParams](call)
	if err != nil {
		return "", nil, err
	}
	made, err := c.InvoiceItems.New(&api.InvoiceItemParams{
		Params: p, Customer: api.String(in.Customer), Invoice: api.String(in.Draft), Currency: api.String(strings.ToLower(in.Currency)),
		UnitAmount: api.Int64(in.Unit), Quantity: api.Int64(in.Quantity), Description: api.String(in.Description), Metadata: in.Marks,
	})
	if err != nil {
		return "", nil, err
	}
	return made.ID, made.LastResponse, nil
}

func setTax(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
	in, err := read[remote.TaxParams](call)
	if err != nil {
		return "", nil, err
	}
	made, err := c.InvoiceLineItems.Update(call.Object, &api.InvoiceLineItemParams{
		Params: p, Invoice: api.String(in.Draft), TaxAmounts: []*api.InvoiceLineItemTaxAmountParams{{
			Amount: api.Int64(in.Amount), TaxableAmount: api.Int64(in.Taxable),
			TaxRateData: &api.InvoiceLineItemTaxAmountTaxRateDataParams{
				DisplayName: api.String(in.Name), Inclusive: api.Bool(false), Percentage: api.Float64(float64(in.RateBP) / 100),
			},
		}},
	})
	if err != nil {
		return "", nil, err
	}
	return made.ID, made.LastResponse, nil
}

func setNumber(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
	in, err := read[remote.NumberParams](call)
	if err != nil {
		return "", nil, err
	}
	return made(c.Invoices.Update(call.Object, &api.InvoiceParams{Params: p, Number: api.String(in.Number)}))
}

func makeCredit(c *resources, p api.Params, call remote.Call) (string, *api.APIResponse, error) {
	in, err := read[remote.CreditParams](call)
	if err != nil {
		return "", nil, err
	}
	note := &api.CreditNoteParams{
		Params: p, Invoice: api.String(in.Invoice), Memo: api.String(in.Memo), Reason: api.String(in.Reason),
		Metadata: map[string]string{markCredit: in.Note},
	}
	if in.Refund > 0 {
		note.RefundAmount = api.Int64(in.Refund)
	}
	if in.Elsewhere > 0 {
		note.OutOfBandAmount = api.Int64(in.Elsewhere)
	}
	for _, l := range in.Lines {
		line := &api.CreditNoteLineParams{
			Type: api.String("invoice_line_item"), InvoiceLineItem: api.String(l.Line), Amount: api.Int64(l.Amount),
		}
		if l.TaxRate != "" {
			line.TaxAmounts = []*api.CreditNoteLineTaxAmountParams{{
				Amount: api.Int64(l.Tax), TaxableAmount: api.Int64(l.Amount), TaxRate: api.String(l.TaxRate),
			}}
		}
		note.Lines = append(note.Lines, line)
	}
	made, err := c.CreditNotes.New(note)
	if err != nil {
		return "", nil, err
	}
	return made.ID, made.LastResponse, nil
}
