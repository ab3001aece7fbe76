package store

import (
	"time"

	"trueward/internal/domain/billing"
)

// JournalFilter narrows the journal. Empty fields narrow nothing.
type JournalFilter struct {
	billing.Parties
	From, To time.Time // of the fact: [From, To)
}

// JournalLines calls visit for every posting of the scope's book – both books
// for a scope without bound – in the order of the entries' ids, until it
// returns an error.
func (q Queries) JournalLines(f JournalFilter, visit func(billing.JournalLine) error) error {
	const page = 500
	names := map[string]string{}
	for after := ""; ; {
		records, err := q.journalPage(f, after, page)
		if err != nil {
			return err
		}
		entries, err := q.withPostings(records)
		if err != nil {
			return err
		}
		references, err := q.journalReferences(records)
		if err != nil {
			return err
		}
		for _, e := range entries {
			entity := e.Hospital
			if e.Book == billing.VendorBook {
				entity = e.Vendor
			}
			if names[string(entity)] == "" {
				if names[string(entity)], err = q.organisationName(string(entity)); err != nil {
					return err
				}
			}
			for n, p := range e.Postings {
				l := billing.JournalLine{Entry: e, Posting: p, Entity: names[string(entity)], Reference: references[e.SourceID], Number: n + 1}
				if err := visit(l); err != nil {
					return err
				}
			}
			after = string(e.ID)
		}
		if len(records) < page {
			return nil
		}
	}
}

func (q Queries) journalPage(f JournalFilter, after string, limit int) ([]entryRecord, error) {
	list := q.from("journal_entries").Where("journal_entries.id > ?", after).Order("journal_entries.id").Limit(limit)
	if _, ok := q.scope.Hospital(); ok {
		list = list.Where("book = 'hospital'")
	} else if _, ok := q.scope.Vendor(); ok {
		list = list.Where("book = 'vendor'")
	}
	if f.Vendor != "" {
		list = list.Where("journal_entries.vendor_id = ?", string(f.Vendor))
	}
	if f.Hospital != "" {
		list = list.Where("journal_entries.hospital_id = ?", string(f.Hospital))
	}
	if !f.From.IsZero() {
		list = list.Where("effective_at >= ?", micros(f.From))
	}
	if !f.To.IsZero() {
		list = list.Where("effective_at < ?", micros(f.To))
	}
	var records []entryRecord
	return records, list.Find(&records).Error
}

// journalReferences returns the numbers of the documents that entries are
// about, by the source's id.
func (q Queries) journalReferences(records []entryRecord) (map[string]string, error) {
	out := map[string]string{}
	var ids []string
	for _, r := range records {
		ids = append(ids, r.SourceID)
	}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct{ ID, Number string }
	err := q.bounded().Raw(`SELECT id, number FROM invoices WHERE id IN ? AND number <> ''
		UNION ALL SELECT id, number FROM credit_notes WHERE id IN ? AND number <> ''
		UNION ALL SELECT p.id, i.number FROM payments p JOIN invoices i ON i.id = p.invoice_id WHERE p.id IN ?`, ids, ids, ids).Scan(&rows).Error
	for _, r := range rows {
		out[r.ID] = r.Number
	}
	return out, err
}

func (q Queries) organisationName(id string) (string, error) {
	var name []string
	err := q.bounded().Raw("SELECT name FROM organisations WHERE id = ?", id).Scan(&name).Error
	if err != nil || len(name) == 0 {
		return "", err
	}
	return name[0], nil
}
