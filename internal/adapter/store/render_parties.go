package store

import (
	"encoding/json"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
)

// said is what a document said of its parties.
type said struct {
	Seller, Payer               access.Organisation
	SellerDetails, PayerDetails billing.PartyDetails
}

// keepParties stores the parties of a render as they are now, so that the
// document can be made again after they have changed.
func (tx *Tx) keepParties(render string, p billing.Parties) error {
	all := tx.Unbounded()
	var now said
	var err error
	if now.Seller, err = all.Organisation(p.Vendor); err != nil {
		return err
	}
	if now.Payer, err = all.Organisation(p.Hospital); err != nil {
		return err
	}
	if now.SellerDetails, err = all.PartyDetails(p.Vendor); err != nil {
		return err
	}
	if now.PayerDetails, err = all.PartyDetails(p.Hospital); err != nil {
		return err
	}
	text, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return tx.db.Exec("INSERT INTO render_parties (render_id, vendor_id, hospital_id, parties) VALUES (?, ?, ?, ?)",
		render, string(p.Vendor), string(p.Hospital), string(text)).Error
}

// StoredRender is a render with the document it was made of, as far as that is
// known.
type StoredRender struct {
	ID string
	Render
	Number   string
	Document *billing.Document // nil when the parties were not kept
}

// WalkRenders calls visit for every stored render, of invoices and then of
// credit notes, until it returns an error. Only a scope without bound may walk.
func (q Queries) WalkRenders(visit func(StoredRender) error) error {
	if !q.scope.ReachesAll() {
		return errOutOfScope
	}
	if err := walkRenders(q, "renders", "invoice_id", func(id string) (billing.Document, error) {
		return q.InvoiceDocument(billing.InvoiceID(id))
	}, visit); err != nil {
		return err
	}
	return walkRenders(q, "credit_renders", "credit_note_id", func(id string) (billing.Document, error) {
		c, err := q.Credit(billing.CreditID(id))
		if err != nil {
			return billing.Document{}, err
		}
		return q.CreditDocument(c)
	}, visit)
}

type walkedRender struct {
	ID         string
	Subject    string
	VendorID   string
	HospitalID string
	Format     string
	Renderer   string
	Bytes      []byte
	SHA256     string `gorm:"column:sha256"`
	Parties    *string
}

func walkRenders(q Queries, table, subject string, document func(string) (billing.Document, error), visit func(StoredRender) error) error {
	const page = 50 // documents are some tens of kilobytes
	for after := ""; ; {
		var rows []walkedRender
		err := q.bounded().Raw(`SELECT r.id, r.`+subject+` AS subject, r.vendor_id, r.hospital_id, r.format, r.renderer, r.bytes, r.sha256, p.parties
			FROM `+table+` r LEFT JOIN render_parties p ON p.render_id = r.id WHERE r.id > ? ORDER BY r.id LIMIT ?`, after, page).Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			doc, err := document(r.Subject)
			if err != nil {
				return err
			}
			stored := StoredRender{ID: r.ID, Number: doc.Invoice.Number, Render: Render{
				Parties: parties(r.VendorID, r.HospitalID), Format: r.Format, Renderer: r.Renderer, Bytes: r.Bytes, SHA256: r.SHA256,
			}}
			if r.Parties != nil {
				var then said
				if err := json.Unmarshal([]byte(*r.Parties), &then); err != nil {
					return err
				}
				doc.Seller, doc.Payer, doc.SellerDetails, doc.PayerDetails = then.Seller, then.Payer, then.SellerDetails, then.PayerDetails
				stored.Document = &doc
			}
			if err := visit(stored); err != nil {
				return err
			}
			after = r.ID
		}
		if len(rows) < page {
			return nil
		}
	}
}

// WalkExports calls visit for every export run without its bytes, until it
// returns an error. Only a scope without bound may walk.
func (q Queries) WalkExports(visit func(ExportRun) error) error {
	if !q.scope.ReachesAll() {
		return errOutOfScope
	}
	const page = 200
	for after := ""; ; {
		var records []exportRecord
		if err := q.from("export_runs").Omit("bytes").Where("id > ?", after).Order("id").Limit(page).Find(&records).Error; err != nil {
			return err
		}
		for _, r := range records {
			if err := visit(r.run()); err != nil {
				return err
			}
			after = r.ID
		}
		if len(records) < page {
			return nil
		}
	}
}
