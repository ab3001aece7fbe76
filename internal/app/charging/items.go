package charging

import (
	"context"
	"fmt"
	"strings"

	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
	"trueward/internal/standard/money"
)

// items adds the lines that are missing and takes away what does not belong.
func (h *held) items(ctx context.Context, customer string) error {
	known, err := h.journal(ctx, remote.AddItem)
	if err != nil {
		return err
	}
	there := map[string]string{} // item by our line, as listed in this run
	if !h.fresh {
		if there, err = h.rightItems(ctx); err != nil {
			return err
		}
	}
	for _, l := range h.doc.Lines {
		params, err := h.itemParams(l, customer)
		if err != nil {
			return err
		}
		line := string(l.Line)
		known.doubt(line, !h.fresh && there[line] == "")
		_, err = h.run(ctx, known, work{
			step: remote.AddItem, subject: line, params: params, lookAlways: !h.fresh,
			look: func(context.Context) (string, bool, error) { return there[line], there[line] != "", nil },
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// doubt makes an operation that is done, but whose work is gone, be done again
// with a new key.
func (j journal) doubt(subject string, gone bool) {
	if op := j[subject]; gone && op.State == remote.OpDone {
		op.State = remote.OpFailed
		j[subject] = op
	}
}

// rightItems lists the draft's items by our lines and deletes those that are
// not wanted, stand there twice or hold another amount.
func (h *held) rightItems(ctx context.Context) (map[string]string, error) {
	lines, err := h.desk.Gateway.Lines(ctx, h.in, h.row.Remote)
	if err != nil {
		return nil, err
	}
	wanted := map[string]int64{}
	for _, l := range h.doc.Lines {
		if wanted[string(l.Line)], err = h.units(l.NetMinor); err != nil {
			return nil, err
		}
	}
	known, err := h.journal(ctx, remote.DropItem)
	if err != nil {
		return nil, err
	}
	right := map[string]string{}
	for _, there := range lines {
		amount, belongs := wanted[there.Ours]
		if belongs && amount == there.Amount && right[there.Ours] == "" {
			right[there.Ours] = there.Item
			continue
		}
		_, err := h.run(ctx, known, work{
			step: remote.DropItem, subject: there.Item, target: there.Item, params: struct{}{},
			look: func(context.Context) (string, bool, error) { return "", false, nil }, // it was listed just now
		})
		if err != nil {
			return nil, err
		}
	}
	return right, nil
}

func (h *held) units(minor int64) (int64, error) {
	return remote.Units(money.Amount{Minor: minor, Currency: h.doc.Invoice.Currency})
}

// itemParams says a line in Stripe's words: what it is and nothing of a case.
func (h *held) itemParams(l billing.InvoiceLine, customer string) (remote.ItemParams, error) {
	p := remote.ItemParams{
		Customer: customer, Draft: h.row.Remote, Currency: string(h.doc.Invoice.Currency), Quantity: 1,
		Marks: map[string]string{"line_uuid": string(l.Line), "di": l.DI, "lot": l.Lot, "serial": l.Serial},
	}
	text := []string{l.Description, "DI " + l.DI}
	if l.Lot != "" {
		text = append(text, "lot "+l.Lot)
	}
	if l.Serial != "" {
		text = append(text, "serial "+l.Serial)
	}
	net, err := h.units(l.NetMinor)
	if err != nil {
		return p, err
	}
	p.Unit = net
	unit, err := h.units(l.UnitMinor)
	if err == nil && l.Quantity > 1 && unit*l.Quantity == net {
		p.Unit, p.Quantity = unit, l.Quantity
	} else if l.Quantity > 1 {
		text = append(text, fmt.Sprintf("quantity %d", l.Quantity)) // the price of one has no whole units
	}
	p.Description = cut(strings.Join(text, " · "), 500)
	return p, nil
}

// taxes sets the tax of each line where it is not what was frozen.
func (h *held) taxes(ctx context.Context) error {
	lines, err := h.desk.Gateway.Lines(ctx, h.in, h.row.Remote)
	if err != nil {
		return err
	}
	there := map[string]remote.Line{}
	for _, l := range lines {
		there[l.Ours] = l
	}
	known, err := h.journal(ctx, remote.SetTax)
	if err != nil {
		return err
	}
	for _, l := range h.doc.Lines {
		tax, err := h.units(l.TaxMinor)
		if err != nil {
			return err
		}
		line := there[string(l.Line)]
		if tax == line.Tax {
			continue
		}
		net, err := h.units(l.NetMinor)
		if err != nil {
			return err
		}
		in := remote.TaxParams{Draft: h.row.Remote, Taxable: net, Amount: tax, RateBP: l.TaxRateBP, Name: "VAT"}
		known.doubt(string(l.Line), true)
		_, err = h.run(ctx, known, work{
			step: remote.SetTax, subject: string(l.Line), target: line.ID, params: in,
			look: func(context.Context) (string, bool, error) { return "", false, nil }, // looked at just now
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// cut shortens a text to n bytes without breaking a character.
func cut(text string, n int) string {
	if len(text) > n {
		text = strings.ToValidUTF8(text[:n], "")
	}
	return text
}
