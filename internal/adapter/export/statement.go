package export

import (
	"io"

	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// statementRow is a row of a statement's table: a balance, a fact, or an open
// item at the end.
type statementRow struct {
	*billing.Statement
	kind    string
	line    billing.StatementLine
	item    *billing.OpenItem
	balance bool // balance alone, without a fact
}

func (r statementRow) money(show bool, minor int64) Cell {
	if !show {
		return Cell{}
	}
	return Money(money.Amount{Minor: minor, Currency: r.Currency})
}

func (r statementRow) of(item func(billing.OpenItem) Cell) Cell {
	if r.item == nil {
		return Cell{}
	}
	return item(*r.item)
}

var statementColumns = []column[statementRow]{
	{name: "date", of: func(r statementRow) Cell { return Day(r.line.Date) }},
	{name: "kind", of: func(r statementRow) Cell { return Text(r.kind) }},
	{name: "document", of: func(r statementRow) Cell { return Text(r.line.Document) }},
	{name: "corrects", of: func(r statementRow) Cell { return Text(r.line.Corrects) }},
	{name: "due_on", of: func(r statementRow) Cell { return Day(r.line.DueOn) }},
	{name: "received_on", of: func(r statementRow) Cell { return Day(r.line.ReceivedOn) }},
	{name: "reference", of: func(r statementRow) Cell { return Text(r.line.Reference) }},
	{name: "amount", of: func(r statementRow) Cell { return r.money(r.item == nil && !r.balance, r.line.Minor) }, sum: true},
	{name: "balance", of: func(r statementRow) Cell { return r.money(r.item == nil, r.line.Balance) }},
	{name: "open", of: func(r statementRow) Cell {
		return r.of(func(o billing.OpenItem) Cell { return r.money(true, o.OpenMinor) })
	}, sum: true},
	{name: "disputed", of: func(r statementRow) Cell {
		return r.of(func(o billing.OpenItem) Cell { return r.money(true, o.DisputedMinor) })
	}, sum: true},
	{name: "days_late", of: func(r statementRow) Cell {
		return r.of(func(o billing.OpenItem) Cell { return Number(int64(o.DaysLate)) })
	}},
	{name: "age", of: func(r statementRow) Cell {
		return r.of(func(o billing.OpenItem) Cell { return Text(string(o.Bucket())) })
	}},
	{name: "given_up", of: func(r statementRow) Cell {
		return r.of(func(o billing.OpenItem) Cell { return Text(yes(o.GivenUp)) })
	}},
	{name: "currency", of: func(r statementRow) Cell { return Text(string(r.Currency)) }},
	{name: "vendor", of: func(r statementRow) Cell { return Text(r.Vendor.Name) }},
	{name: "hospital", of: func(r statementRow) Cell { return Text(r.Hospital.Name) }},
}

// StatementTable returns a statement as a table: the opening balance, every
// fact with the balance after it, the closing balance, and a row of kind
// "open" for each invoice that is not settled.
func StatementTable(columns []string, s billing.Statement) (Table, error) {
	list, err := chosen(statementColumns, columns)
	return tableOf("Statement", list, func(row func(statementRow) error) error {
		rows := []statementRow{{kind: "opening", balance: true, line: billing.StatementLine{Date: s.From, Balance: s.Opening}}}
		for _, l := range s.Lines {
			rows = append(rows, statementRow{kind: string(l.Kind), line: l})
		}
		rows = append(rows, statementRow{kind: "closing", balance: true, line: billing.StatementLine{Date: s.To, Balance: s.Closing}})
		for _, o := range s.Open {
			rows = append(rows, statementRow{kind: "open", item: &o, line: billing.StatementLine{Date: o.IssuedOn, Document: o.Number, DueOn: o.DueOn}})
		}
		for _, r := range rows {
			r.Statement = &s
			if err := row(r); err != nil {
				return err
			}
		}
		return nil
	}), err
}

// Statement writes the statement of one account. Refusals: Invalid (a column
// that is not on the list).
func (Writer) Statement(w io.Writer, f billing.ExportFormat, columns []string, s billing.Statement) error {
	switch f {
	case billing.StatementCSV:
		t, err := StatementTable(columns, s)
		if err != nil {
			return err
		}
		return CSV(w, t)
	case billing.StatementPDF:
		_, err := w.Write(PDF{}.Statement(s))
		return err
	}
	return fault.At("format", "This format is no statement.")
}
