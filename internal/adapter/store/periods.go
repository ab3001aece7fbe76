package store

import (
	"encoding/json"
	"strings"
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// periodOf returns whose book an entry stands in and its own month; an entry
// that names its period keeps it whatever is open.
func (tx *Tx) periodOf(e billing.Entry) (owner, month string, err error) {
	side := e.Hospital
	if e.Book == billing.VendorBook {
		side = e.Vendor
	}
	if e.Period != "" {
		return "", string(e.Period), nil
	}
	zone, err := tx.BooksZone(side)
	return string(side), string(billing.MonthOf(e.EffectiveAt, zone)), err
}

// openPeriod turns the database's refusal of a closed period into words.
func openPeriod(err error) error {
	if err != nil && strings.Contains(err.Error(), "closed period: INSERT") {
		return fault.Wrap(fault.Conflict, "This month's books are closed: nothing posts there any more. Repeat it, and it posts in the first open month.", err)
	}
	return err
}

// BooksZone returns the calendar of an organisation's months: what its books
// say, else of a hospital the zone of its first site, of a vendor the zone it
// has chosen, else UTC. It is read once
// per process, for every posting needs it.
func (q Queries) BooksZone(id access.OrganisationID) (*time.Location, error) {
	var names []string
	err := q.bounded().Raw(`SELECT time_zone FROM books WHERE organisation_id = ? AND time_zone <> ''
		UNION ALL SELECT * FROM (SELECT time_zone FROM sites WHERE hospital_id = ? ORDER BY id LIMIT 1) s
		UNION ALL SELECT time_zone FROM organisations WHERE id = ? AND time_zone <> ''`, string(id), string(id), string(id)).Scan(&names).Error
	if err != nil || len(names) == 0 {
		return time.UTC, err
	}
	return time.LoadLocation(names[0])
}

// BooksZone is the cached form for postings.
func (tx *Tx) BooksZone(id access.OrganisationID) (*time.Location, error) {
	if zone, known := tx.store.zones.Load(id); known {
		return zone.(*time.Location), nil
	}
	zone, err := tx.Queries.BooksZone(id)
	if err == nil {
		tx.store.zones.Store(id, zone)
	}
	return zone, err
}

// SetBooksZone sets the calendar of an organisation's months. Other servers of
// the same database learn of it when they start again.
func (tx *Tx) SetBooksZone(id access.OrganisationID, zone *time.Location) error {
	_, err := tx.exec(`UPDATE organisations SET time_zone = ? WHERE id = ?`, zone.String(), string(id))
	tx.store.zones.Delete(id)
	return err
}

// Books says from which month on an organisation's book takes events, and
// through which it takes nothing at all. Empty months mean: none closed yet.
type Books struct {
	Organisation  access.OrganisationID
	OpenFrom      billing.Month
	ClosedThrough billing.Month
}

type booksRecord struct {
	OrganisationID string
	TimeZone       string
	OpenFrom       string
	ClosedThrough  string
}

func (booksRecord) TableName() string { return "books" }

// Books returns the state of an organisation's book. Every posting needs it,
// whoever's fact it is, so the table is the installation's own and asked by key;
// only the scope's own book is told.
func (q Queries) Books(id access.OrganisationID) (Books, error) {
	if !q.Reaches(id) {
		return Books{}, absent("book")
	}
	var records []booksRecord
	err := q.db.Table("books").Where("organisation_id = ?", string(id)).Find(&records).Error
	b := Books{Organisation: id}
	for _, r := range records {
		b.OpenFrom, b.ClosedThrough = billing.Month(r.OpenFrom), billing.Month(r.ClosedThrough)
	}
	return b, err
}

// SaveBooks writes the state of an organisation's book. The database refuses
// to open a month again. On PostgreSQL postings that are under way are waited
// for, so that what follows reads all of them.
func (tx *Tx) SaveBooks(b Books) error {
	if tx.postgres() {
		if err := tx.db.Exec(`LOCK TABLE journal_entries IN SHARE ROW EXCLUSIVE MODE`).Error; err != nil {
			return err
		}
	}
	return tx.bounded().Exec(`INSERT INTO books (organisation_id, time_zone, open_from, closed_through) VALUES (?, '', ?, ?)
		ON CONFLICT (organisation_id) DO UPDATE SET open_from = excluded.open_from, closed_through = excluded.closed_through`,
		string(b.Organisation), string(b.OpenFrom), string(b.ClosedThrough)).Error
}

type periodRecord struct {
	OrganisationID string
	Month          string
	State          string
	SoftClosedBy   string
	SoftClosedAt   int64
	ClosedBy       string
	ClosedAt       *int64
	Entries        int64
	Sums           string
	SHA256         string `gorm:"column:sha256"`
}

func (periodRecord) TableName() string { return "periods" }

func (r periodRecord) period() (billing.Period, error) {
	p := billing.Period{
		Organisation: access.OrganisationID(r.OrganisationID), Month: billing.Month(r.Month), State: billing.PeriodState(r.State),
		SoftClosedBy: access.PersonID(r.SoftClosedBy), SoftClosedAt: instant(r.SoftClosedAt), ClosedBy: access.PersonID(r.ClosedBy),
		ClosedAt: instantOrZero(r.ClosedAt), Entries: r.Entries, SHA256: r.SHA256,
	}
	if r.Sums == "" {
		return p, nil
	}
	return p, json.Unmarshal([]byte(r.Sums), &p.Sums)
}

// AddPeriod stores a soft-closed month.
func (tx *Tx) AddPeriod(id access.OrganisationID, month billing.Month) error {
	return tx.db.Create(&periodRecord{
		OrganisationID: string(id), Month: string(month), State: string(billing.PeriodSoftClosed),
		SoftClosedBy: string(tx.actor.Person), SoftClosedAt: micros(tx.now),
	}).Error
}

// ClosePeriod writes what a closed month came to. It never changes again.
func (tx *Tx) ClosePeriod(p billing.Period) error {
	sums, err := json.Marshal(p.Sums)
	if err != nil {
		return err
	}
	result := tx.from("periods").Where("organisation_id = ? AND month = ? AND state = 'soft_closed'", string(p.Organisation), string(p.Month)).
		Updates(map[string]any{
			"state": string(billing.PeriodClosed), "closed_by": string(tx.actor.Person), "closed_at": micros(tx.now),
			"entries": p.Entries, "sums": string(sums), "sha256": p.SHA256,
		})
	if result.Error == nil && result.RowsAffected == 0 {
		return fault.New(fault.Conflict, "This month was closed by somebody else at the same moment.")
	}
	return result.Error
}

// Periods returns the months of an organisation that are soft closed or closed,
// latest first.
func (q Queries) Periods(id access.OrganisationID) ([]billing.Period, error) {
	var records []periodRecord
	err := q.from("periods").Where("organisation_id = ?", string(id)).Order("month DESC").Limit(240).Find(&records).Error
	out := make([]billing.Period, len(records))
	for i, r := range records {
		if out[i], err = r.period(); err != nil {
			return nil, err
		}
	}
	return out, err
}

// bookOf returns the condition and column for one side's entries, written so
// that its index serves it.
func bookOf(kind access.OrganisationKind) string {
	if kind == access.Vendor {
		return `e.book = 'vendor' AND e.vendor_id = ?`
	}
	return `e.book = 'hospital' AND e.hospital_id = ?`
}

// MonthCount is how many entries stand in a month.
type MonthCount struct {
	Month   billing.Month
	Entries int64
}

// Months returns the months of an organisation's book that hold entries, from
// a month on, oldest first.
func (q Queries) Months(id access.OrganisationID, kind access.OrganisationKind, from billing.Month) ([]MonthCount, error) {
	if !q.Reaches(id) {
		return nil, absent("book")
	}
	var out []MonthCount
	err := q.bounded().Raw(`SELECT e.period AS month, COUNT(*) AS entries FROM journal_entries e WHERE `+bookOf(kind)+` AND e.period >= ?
		GROUP BY e.period ORDER BY e.period`, string(id), string(from)).Scan(&out).Error
	return out, err
}

// PeriodSums returns what a month moved on each account.
func (q Queries) PeriodSums(id access.OrganisationID, kind access.OrganisationKind, month billing.Month) ([]billing.AccountSum, error) {
	if !q.Reaches(id) {
		return nil, absent("book")
	}
	var rows []struct {
		Account, Currency string
		Minor             int64
	}
	err := q.bounded().Raw(`SELECT p.account, p.currency, CAST(SUM(p.amount_minor) AS BIGINT) AS minor
		FROM journal_entries e JOIN postings p ON p.entry_id = e.id WHERE `+bookOf(kind)+` AND e.period = ?
		GROUP BY p.account, p.currency ORDER BY p.account, p.currency`, string(id), string(month)).Scan(&rows).Error
	out := make([]billing.AccountSum, len(rows))
	for i, r := range rows {
		out[i] = billing.AccountSum{Account: billing.Account(r.Account), Currency: money.Currency(r.Currency), Minor: r.Minor}
	}
	return out, err
}

// PeriodDigest digests a month's entries in the order of their ids and counts
// them.
func (q Queries) PeriodDigest(id access.OrganisationID, kind access.OrganisationKind, month billing.Month) (digest string, entries int64, err error) {
	if !q.Reaches(id) {
		return "", 0, absent("book")
	}
	rows, err := q.bounded().Raw(`SELECT e.id, e.idem_sha256 FROM journal_entries e WHERE `+bookOf(kind)+` AND e.period = ? ORDER BY e.id`,
		string(id), string(month)).Rows()
	if err != nil {
		return "", 0, err
	}
	defer rows.Close()
	hash := billing.NewPeriodHash()
	for rows.Next() {
		var entry, sum string
		if err := rows.Scan(&entry, &sum); err != nil {
			return "", 0, err
		}
		hash.Add(billing.EntryID(entry), sum)
	}
	digest, entries = hash.Sum()
	return digest, entries, rows.Err()
}
