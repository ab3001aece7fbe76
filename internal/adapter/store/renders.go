package store

import (
	"crypto/sha256"
	"encoding/hex"

	"trueward/internal/domain/billing"
)

// Render is the very bytes of an issued document.
type Render struct {
	Invoice billing.InvoiceID
	billing.Parties
	Format   string // "pdf"
	Renderer string // name and version of what made it
	Bytes    []byte
	SHA256   string // hex
}

type renderRecord struct {
	ID         string
	InvoiceID  string
	VendorID   string
	HospitalID string
	Format     string
	Renderer   string
	Bytes      []byte
	SHA256     string `gorm:"column:sha256"`
	CreatedAt  int64
}

func (renderRecord) TableName() string { return "renders" }

// AddRender stores the bytes of a document at its issue and returns their
// SHA-256 (hex). A document has one render per format, for ever.
func (tx *Tx) AddRender(r Render) (string, error) {
	sum := sha256.Sum256(r.Bytes)
	digest, id := hex.EncodeToString(sum[:]), tx.NewID()
	if err := tx.keepParties(id, r.Parties); err != nil {
		return "", err
	}
	return digest, tx.db.Create(&renderRecord{
		ID: id, InvoiceID: string(r.Invoice), VendorID: string(r.Vendor), HospitalID: string(r.Hospital),
		Format: r.Format, Renderer: r.Renderer, Bytes: r.Bytes, SHA256: digest, CreatedAt: micros(tx.now),
	}).Error
}

// Render returns the stored bytes of a document.
func (q Queries) Render(invoice billing.InvoiceID, format string) (Render, error) {
	r, err := first[renderRecord](q.from("renders").Where("invoice_id = ? AND format = ?", string(invoice), format), "document")
	return Render{
		Invoice: billing.InvoiceID(r.InvoiceID), Parties: parties(r.VendorID, r.HospitalID),
		Format: r.Format, Renderer: r.Renderer, Bytes: r.Bytes, SHA256: r.SHA256,
	}, err
}
