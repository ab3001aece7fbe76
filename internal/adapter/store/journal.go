package store

import (
	"strings"

	"trueward/internal/domain/billing"
	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

type entryRecord struct {
	ID          string
	Book        string
	IdemKey     string
	IdemSHA256  string `gorm:"column:idem_sha256"`
	Kind        string
	VendorID    string
	HospitalID  string
	SourceKind  string
	SourceID    string
	ReversesID  *string
	ActorID     string
	EffectiveAt int64
	PostedAt    int64
	Period      string
}

func (entryRecord) TableName() string { return "journal_entries" }

func (r entryRecord) entry(postings []billing.Posting) billing.Entry {
	e := billing.Entry{
		ID: billing.EntryID(r.ID), Book: billing.Book(r.Book), Key: r.IdemKey, Kind: billing.EntryKind(r.Kind),
		SourceKind: r.SourceKind, SourceID: r.SourceID, Parties: parties(r.VendorID, r.HospitalID),
		EffectiveAt: instant(r.EffectiveAt), Period: billing.Month(r.Period), Postings: postings,
	}
	if r.ReversesID != nil {
		e.Reverses = billing.EntryID(*r.ReversesID)
	}
	return e
}

type postingRecord struct {
	EntryID     string
	Position    int
	Account     string
	Currency    string
	AmountMinor int64
}

func (postingRecord) TableName() string { return "postings" }

// Post appends entries to the journal. Each must sum to zero. An entry whose
// key was posted before with the same content is passed over; with other
// content it is refused as a Conflict.
func (tx *Tx) Post(entries []billing.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	for _, e := range entries {
		if err := e.Check(); err != nil {
			return err
		}
	}
	fresh, err := tx.unposted(entries)
	if err != nil || len(fresh) == 0 {
		return err
	}
	return tx.insertEntries(fresh)
}

// PostNew is Post for entries that cannot have been posted before, because
// their source was made in this very write: nothing is looked up. A key that is
// in the journal all the same is refused as a Conflict.
func (tx *Tx) PostNew(entries []billing.Entry) error {
	for _, e := range entries {
		if err := e.Check(); err != nil {
			return err
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return tx.insertEntries(entries)
}

// unposted leaves out the entries that are in the journal already.
func (tx *Tx) unposted(entries []billing.Entry) ([]billing.Entry, error) {
	keys := make([]string, len(entries))
	for i, e := range entries {
		keys[i] = e.Key
	}
	var known []entryRecord
	err := tx.bounded().Raw(`SELECT book, idem_key, idem_sha256 FROM journal_entries WHERE book IN ('vendor', 'hospital') AND idem_key IN ?`, keys).Scan(&known).Error
	if err != nil || len(known) == 0 {
		return entries, err
	}
	var fresh []billing.Entry
	for _, e := range entries {
		posted, err := isPosted(e, known)
		if err != nil {
			return nil, err
		}
		if !posted {
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}

func isPosted(e billing.Entry, known []entryRecord) (bool, error) {
	for _, k := range known {
		if k.Book != string(e.Book) || k.IdemKey != e.Key {
			continue
		}
		if k.IdemSHA256 != e.Sum() {
			return false, fault.New(fault.Conflict, "This event is in the journal with other amounts. It was not posted again.")
		}
		return true, nil
	}
	return false, nil
}

func (tx *Tx) insertEntries(entries []billing.Entry) error {
	var heads, lines []any
	rows := 0
	for _, e := range entries {
		id := string(e.ID)
		if id == "" {
			id = tx.NewID()
		}
		owner, month, err := tx.periodOf(e)
		if err != nil {
			return err
		}
		var reverses any
		if e.Reverses != "" {
			reverses = string(e.Reverses)
		}
		heads = append(heads, id, string(e.Book), e.Key, e.Sum(), string(e.Kind), string(e.Vendor), string(e.Hospital),
			e.SourceKind, e.SourceID, reverses, string(tx.actor.Person), micros(e.EffectiveAt), micros(tx.now), owner, month, month)
		for n, p := range e.Postings {
			lines = append(lines, id, n, string(p.Account), string(p.Currency), p.Minor)
			rows++
		}
	}
	_, err := tx.exec(`INSERT INTO journal_entries (id, book, idem_key, idem_sha256, kind, vendor_id, hospital_id, source_kind, source_id,
		reverses_id, actor_id, effective_at, posted_at, period) VALUES `+rowsOf(entryRow, len(entries)), heads...)
	if err != nil {
		return openPeriod(err)
	}
	_, err = tx.exec(`INSERT INTO postings (entry_id, position, account, currency, amount_minor) VALUES `+tuples(rows, 5), lines...)
	return openPeriod(err)
}

// entryRow is one entry; it goes into the first open month from its own on.
const entryRow = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
	COALESCE((SELECT b.open_from FROM books b WHERE b.organisation_id = ? AND b.open_from > ?), ?))`

func rowsOf(row string, n int) string { return strings.TrimSuffix(strings.Repeat(row+",", n), ",") }

// tuples writes "(?,?),(?,?)" for n rows of m values.
func tuples(n, m int) string {
	return rowsOf("("+strings.TrimSuffix(strings.Repeat("?,", m), ",")+")", n)
}

// EntriesOf returns the journal entries that a usage, invoice or payment
// caused, oldest first, in both books as far as the scope may see: a vendor
// sees the vendor's book, a hospital its own.
func (q Queries) EntriesOf(sourceID string) ([]billing.Entry, error) {
	var records []entryRecord
	list := q.from("journal_entries").Where("source_id = ?", sourceID).Order("id").Limit(1000)
	if _, ok := q.scope.Hospital(); ok {
		list = list.Where("book = 'hospital'")
	} else if _, ok := q.scope.Vendor(); ok {
		list = list.Where("book = 'vendor'")
	}
	if err := list.Find(&records).Error; err != nil {
		return nil, err
	}
	return q.withPostings(records)
}

func (q Queries) withPostings(records []entryRecord) ([]billing.Entry, error) {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	var rows []postingRecord
	if len(ids) > 0 {
		if err := q.db.Where("entry_id IN ?", ids).Order("entry_id, position").Find(&rows).Error; err != nil {
			return nil, err
		}
	}
	postings := map[string][]billing.Posting{}
	for _, r := range rows {
		postings[r.EntryID] = append(postings[r.EntryID],
			billing.Posting{Account: billing.Account(r.Account), Currency: money.Currency(r.Currency), Minor: r.AmountMinor})
	}
	out := make([]billing.Entry, len(records))
	for i, r := range records {
		out[i] = r.entry(postings[r.ID])
	}
	return out, nil
}

// Live returns the entries that no entry of the list takes back.
func liveEntries(entries []billing.Entry) []billing.Entry {
	reversed := map[billing.EntryID]bool{}
	for _, e := range entries {
		reversed[e.Reverses] = true
	}
	var live []billing.Entry
	for _, e := range entries {
		if e.Reverses == "" && !reversed[e.ID] {
			live = append(live, e)
		}
	}
	return live
}

// ReverseEntries takes back, in both books, every live entry of a kind that a
// source caused. kind and by say what takes them back.
func (tx *Tx) ReverseEntries(sourceID string, what, kind billing.EntryKind, byKind, byID string) error {
	entries, err := tx.Unbounded().EntriesOf(sourceID)
	if err != nil {
		return err
	}
	var back []billing.Entry
	for _, e := range liveEntries(entries) {
		if e.Kind == what {
			back = append(back, e.Reverse(kind, byKind, byID, tx.now))
		}
	}
	return tx.Post(back)
}

// SettleTitle ends the title event of a usage whose line was credited in full,
// see billing.SettledEntry. It moves no amount.
func (tx *Tx) SettleTitle(u billing.UsageID, c billing.CreditID) error {
	entries, err := tx.Unbounded().EntriesOf(string(u))
	if err != nil {
		return err
	}
	var settled []billing.Entry
	for _, e := range liveEntries(entries) {
		if e.Kind != billing.TitleEntry {
			continue
		}
		again := e
		again.ID, again.Key, again.Kind, again.Period, again.EffectiveAt = "", "settled:"+string(e.ID), billing.SettledEntry, "", tx.now
		again.SourceKind, again.SourceID = "credit_note", string(c)
		// The way back stands with the usage, where whoever looks for live entries finds it.
		settled = append(settled, e.Reverse(billing.SettledEntry, e.SourceKind, e.SourceID, tx.now), again)
	}
	return tx.Post(settled)
}

// WalkJournal calls visit for every entry of both books, by id, until it
// returns an error. Only a scope without bound may walk.
func (q Queries) WalkJournal(visit func(billing.Entry) error) error {
	if !q.scope.ReachesAll() {
		return errOutOfScope
	}
	const page = 500
	for after := ""; ; {
		var records []entryRecord
		if err := q.from("journal_entries").Where("id > ?", after).Order("id").Limit(page).Find(&records).Error; err != nil {
			return err
		}
		entries, err := q.withPostings(records)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := visit(e); err != nil {
				return err
			}
			after = string(e.ID)
		}
		if len(records) < page {
			return nil
		}
	}
}

// Balance is the sum of one account in a book.
type Balance struct {
	Book     billing.Book
	Account  billing.Account
	Currency money.Currency
	Minor    int64
}

// Balances sums every account of the books between a vendor and a hospital.
// Only a scope without bound may ask.
func (q Queries) Balances(p billing.Parties) ([]Balance, error) {
	if !q.scope.ReachesAll() {
		return nil, errOutOfScope
	}
	var out []Balance
	err := q.bounded().Raw(`SELECT e.book, p.account, p.currency, CAST(SUM(p.amount_minor) AS BIGINT) AS minor
		FROM journal_entries e JOIN postings p ON p.entry_id = e.id WHERE e.vendor_id = ? AND e.hospital_id = ?
		GROUP BY e.book, p.account, p.currency ORDER BY e.book, p.account, p.currency`, string(p.Vendor), string(p.Hospital)).Scan(&out).Error
	return out, err
}
