package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/app/closing"
	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

type periodCmd struct {
	Status periodStatusCmd `cmd:"" help:"Show the months of the books."`
	Close  periodCloseCmd  `cmd:"" help:"Close a month of one organisation's book: accruals, sums, digest."`
}

type periodStatusCmd struct {
	dataFlags
	Organisation string `help:"Name or id of one hospital or vendor; all without it." placeholder:"NAME"`
}

// Run prints one line per organisation and month, newest first.
func (p periodStatusCmd) Run(ctx context.Context, io streams) (err error) {
	s, err := p.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	organisations, err := booksOf(ctx, s, p.Organisation)
	if err != nil {
		return err
	}
	desk := closing.Desk{Store: s}
	for _, o := range organisations {
		status, err := desk.Status(ctx, access.Everything(), closing.Book{Organisation: o.ID, Kind: o.Kind})
		if err != nil {
			return err
		}
		for _, m := range status.Months {
			fmt.Fprintf(io.out, "%s\t%s\t%s\t%d entries\t%s\n", o.Name, m.Month, m.State, max(m.Entries, status.ByMonth[m.Month]), m.SHA256)
		}
	}
	return nil
}

type periodCloseCmd struct {
	dataFlags
	Organisation string `help:"Name or id of the hospital or vendor." required:"" placeholder:"NAME"`
	Month        string `help:"Month to close, as 2026-10." required:"" placeholder:"MONTH"`
	Soft         bool   `help:"Only let later events post in the next month."`
}

// Run closes a month: softly, and then for good unless --soft is given.
func (p periodCloseCmd) Run(ctx context.Context, io streams) (err error) {
	s, err := p.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	month, err := billing.ParseMonth(p.Month)
	if err != nil {
		return err
	}
	organisations, err := booksOf(ctx, s, p.Organisation)
	if err != nil {
		return err
	}
	book := closing.Book{Organisation: organisations[0].ID, Kind: organisations[0].Kind}
	desk, cmd := closing.Desk{Store: s}, store.Command{Actor: access.System("command line")}
	books, err := s.Read(ctx, access.Everything()).Books(book.Organisation)
	if err != nil {
		return err
	}
	if books.OpenFrom <= month {
		if _, err := desk.SoftClose(ctx, cmd, book, month); err != nil {
			return err
		}
		fmt.Fprintf(io.out, "%s is soft closed: later events post in %s\n", month, month.Next())
	} else if p.Soft {
		return fault.Newf(fault.Conflict, "%s is soft closed already.", month.Word())
	}
	if p.Soft {
		return nil
	}
	closed, err := desk.Close(ctx, cmd, book, month)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s is closed: %d entries, sha256 %s\n", month, closed.Entries, closed.SHA256)
	for _, sum := range closed.Sums {
		fmt.Fprintf(io.out, "  %-24s %s %d\n", sum.Account, sum.Currency, sum.Minor)
	}
	return nil
}

// booksOf returns the hospitals and vendors, or the one that is named.
func booksOf(ctx context.Context, s *store.Store, name string) ([]access.Organisation, error) {
	all, err := s.Read(ctx, access.Everything()).Organisations("")
	var out []access.Organisation
	for _, o := range all {
		if o.Kind != access.Operator && (name == "" || strings.EqualFold(o.Name, name) || string(o.ID) == name) {
			out = append(out, o)
		}
	}
	if err == nil && name != "" && len(out) == 0 {
		err = fault.Newf(fault.NotFound, "No hospital or vendor is called %q.", name)
	}
	return out, err
}
