package store

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"trueward/internal/domain/access"
)

// ExportRun is one export with its bytes, so that taking it again gives the
// same file.
type ExportRun struct {
	ID           string
	Organisation access.OrganisationID
	Actor        access.PersonID
	Format       string // "csv", "pdf", "zip"
	Filter       string // JSON of what was asked
	AsOf         time.Time
	Name         string // file name
	Bytes        []byte // nothing when the run is kept in parts
	Parts        int    // how many parts, zero when it is kept whole
	Size         int64  // bytes of the file
	SHA256       string // hex, of the whole file
}

type exportRecord struct {
	ID             string
	OrganisationID string
	ActorID        string
	Format         string
	Filter         string
	AsOf           int64
	Name           string
	Bytes          []byte
	SHA256         string `gorm:"column:sha256"`
	CreatedAt      int64
	Parts          int
	Size           int64
}

func (exportRecord) TableName() string { return "export_runs" }

func (r exportRecord) run() ExportRun {
	return ExportRun{
		ID: r.ID, Organisation: access.OrganisationID(r.OrganisationID), Actor: access.PersonID(r.ActorID), Format: r.Format,
		Filter: r.Filter, AsOf: instant(r.AsOf), Name: r.Name, Bytes: r.Bytes, Parts: r.Parts, Size: r.Size, SHA256: r.SHA256,
	}
}

// AddExport stores an export run of the actor's organisation and returns it
// with its id and digest.
func (tx *Tx) AddExport(run ExportRun) (ExportRun, error) {
	sum := sha256.Sum256(run.Bytes)
	run.ID, run.SHA256, run.Size = tx.NewID(), hex.EncodeToString(sum[:]), int64(len(run.Bytes))
	return tx.insertExport(run)
}

// AddExportInParts stores a run whose parts are stored already, under its own
// id and with its size and digest.
func (tx *Tx) AddExportInParts(run ExportRun) (ExportRun, error) {
	run.Bytes = []byte{}
	return tx.insertExport(run)
}

func (tx *Tx) insertExport(run ExportRun) (ExportRun, error) {
	run.Organisation, run.Actor = tx.actor.Organisation, tx.actor.Person
	return run, tx.db.Create(&exportRecord{
		ID: run.ID, OrganisationID: string(run.Organisation), ActorID: string(run.Actor), Format: run.Format, Filter: run.Filter,
		AsOf: micros(run.AsOf), Name: run.Name, Bytes: run.Bytes, SHA256: run.SHA256, CreatedAt: micros(tx.now), Parts: run.Parts, Size: run.Size,
	}).Error
}

// Export returns an export run of the scope's organisation with its bytes.
func (q Queries) Export(id string) (ExportRun, error) {
	r, err := first[exportRecord](q.from("export_runs").Where("export_runs.id = ?", id), "export")
	return r.run(), err
}

// Exports lists export runs of the scope's organisation, newest first, without
// their bytes.
func (q Queries) Exports(page Page) (Listed[ExportRun], error) {
	list, err := page.before(q.from("export_runs").Omit("bytes").Order("export_runs.id DESC"), "export_runs.id")
	if err != nil {
		return Listed[ExportRun]{}, err
	}
	var records []exportRecord
	if err := list.Find(&records).Error; err != nil {
		return Listed[ExportRun]{}, err
	}
	part := cut(page, records, func(r exportRecord) []any { return []any{r.ID} })
	out := Listed[ExportRun]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, r.run())
	}
	return out, nil
}
