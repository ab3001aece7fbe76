package billing

// JournalLine is one posting of an entry with what a general ledger wants to
// know of it.
type JournalLine struct {
	Entry
	Posting    Posting
	Entity     string // the organisation whose book it is
	Department string
	Reference  string // the document's number, as far as there is one
	Number     int    // 1 for the entry's first posting
}
