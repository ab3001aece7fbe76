package store

import (
	"trueward/internal/domain/billing"
)

type certificateRecord struct {
	ID, VendorID, HospitalID, Number, Category, Reason, ValidFrom, ValidTo string
}

func (r certificateRecord) certificate() billing.Certificate {
	return billing.Certificate{
		ID: r.ID, Parties: parties(r.VendorID, r.HospitalID), Number: r.Number, Category: r.Category, Reason: r.Reason,
		ValidFrom: r.ValidFrom, ValidTo: r.ValidTo,
	}
}

// AddCertificate stores a tax certificate. A second one of the same number
// between the two is refused as a Conflict.
func (tx *Tx) AddCertificate(c billing.Certificate) (string, error) {
	id := tx.NewID()
	return id, tx.db.Exec(`INSERT INTO tax_certificates (id, vendor_id, hospital_id, number, category, reason, valid_from, valid_to, added_by, added_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, string(c.Vendor), string(c.Hospital), c.Number, c.Category, c.Reason,
		c.ValidFrom, c.ValidTo, string(tx.Actor().Person), micros(tx.now)).Error
}

// Certificates returns the tax certificates between two, the one that ends
// last first.
func (q Queries) Certificates(p billing.Parties) ([]billing.Certificate, error) {
	var records []certificateRecord
	err := q.from("tax_certificates").Where("vendor_id = ? AND hospital_id = ?", string(p.Vendor), string(p.Hospital)).
		Order("valid_to DESC, number").Limit(200).Find(&records).Error
	out := make([]billing.Certificate, len(records))
	for i, r := range records {
		out[i] = r.certificate()
	}
	return out, err
}
