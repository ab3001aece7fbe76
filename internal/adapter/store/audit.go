package store

import (
	"cmp"
	"slices"
	"time"

	"trueward/internal/domain/audit"
)

type auditRecord struct {
	Chain         string
	Seq           int64
	Format        int
	PreviousHash  string
	Hash          string
	At            int64
	ActorID       string
	Authenticator string
	Device        string
	Action        string
	ObjectKind    string
	ObjectID      string
	OldValues     string
	NewValues     string
	Reason        string
	RequestID     string
	Result        string
	EvidenceHash  string
}

func (auditRecord) TableName() string { return "audit_entries" }

type auditHead struct {
	Chain string
	Seq   int64
	Hash  string
}

// appendAudit links the write's changes into their chains. Chains are taken in
// the order of their names, so that two writers never wait for each other in a
// circle.
func (tx *Tx) appendAudit() error {
	changes := slices.Clone(tx.changes)
	slices.SortStableFunc(changes, func(a, b audit.Change) int { return cmp.Compare(a.Chain, b.Chain) })
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].Chain == changes[0].Chain {
			n++
		}
		if err := tx.appendChain(changes[0].Chain, changes[:n]); err != nil {
			return err
		}
		changes = changes[n:]
	}
	return nil
}

func (tx *Tx) appendChain(chain audit.ChainID, changes []audit.Change) error {
	head, err := tx.lockHead(chain)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(changes, auditPart) {
		args := make([]any, 0, auditValues*len(part))
		for _, c := range part {
			entry := tx.entry(c).Follow(head.Seq, head.Hash)
			head.Seq, head.Hash = entry.Seq, entry.Hash
			args = append(args, toAuditRecord(entry).values()...)
		}
		if _, err := tx.exec("INSERT INTO audit_entries ("+auditColumns+") VALUES "+tuples(len(part), auditValues), args...); err != nil {
			return err
		}
	}
	_, err = tx.exec(
		`INSERT INTO audit_heads (chain, seq, hash) VALUES (?, ?, ?)
		 ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`,
		head.Chain, head.Seq, head.Hash)
	return err
}

// lockHead reads the head of a chain and, on PostgreSQL, keeps other writers
// of the chain waiting until this write ends. A new chain gets its head row
// first, so that there is a row to lock.
func (tx *Tx) lockHead(chain audit.ChainID) (auditHead, error) {
	statement := `SELECT seq, hash FROM audit_heads WHERE chain = ?`
	if tx.postgres() {
		insert := `INSERT INTO audit_heads (chain, seq, hash) VALUES (?, 0, '') ON CONFLICT (chain) DO NOTHING`
		if _, err := tx.exec(insert, string(chain)); err != nil {
			return auditHead{}, err
		}
		statement += ` FOR UPDATE`
	}
	head := auditHead{Chain: string(chain)}
	_, err := tx.maybe(statement, []any{string(chain)}, &head.Seq, &head.Hash)
	return head, err
}

func (tx *Tx) entry(c audit.Change) audit.Entry {
	return audit.Entry{
		Chain: c.Chain, At: tx.now,
		Actor: string(tx.actor.Person), Authenticator: tx.actor.Authenticator,
		Device: tx.actor.Device, RequestID: tx.actor.RequestID,
		Action: c.Action, ObjectKind: c.Kind, ObjectID: c.Object,
		Old: audit.Values(c.Old), New: audit.Values(c.New),
		Reason: c.Reason, Result: cmp.Or(c.Result, "done"), Evidence: c.Evidence,
	}
}

func toAuditRecord(e audit.Entry) auditRecord {
	return auditRecord{
		Chain: string(e.Chain), Seq: e.Seq, Format: e.Format, PreviousHash: e.PreviousHash, Hash: e.Hash,
		At: e.At.UnixMicro(), ActorID: e.Actor, Authenticator: e.Authenticator, Device: e.Device,
		Action: e.Action, ObjectKind: e.ObjectKind, ObjectID: e.ObjectID,
		OldValues: e.Old, NewValues: e.New, Reason: e.Reason, RequestID: e.RequestID,
		Result: e.Result, EvidenceHash: e.Evidence,
	}
}

// auditColumns are the columns of an entry in the order of values; a statement
// takes auditPart entries at most.
const (
	auditColumns = `chain, seq, format, previous_hash, hash, at, actor_id, authenticator, device, action, object_kind, object_id,
		old_values, new_values, reason, request_id, result, evidence_hash`
	auditValues = 18
	auditPart   = 100
)

func (r auditRecord) values() []any {
	return []any{
		r.Chain, r.Seq, r.Format, r.PreviousHash, r.Hash, r.At, r.ActorID, r.Authenticator, r.Device, r.Action, r.ObjectKind, r.ObjectID,
		r.OldValues, r.NewValues, r.Reason, r.RequestID, r.Result, r.EvidenceHash,
	}
}

func (r auditRecord) entry() audit.Entry {
	return audit.Entry{
		Chain: audit.ChainID(r.Chain), Seq: r.Seq, Format: r.Format, PreviousHash: r.PreviousHash, Hash: r.Hash,
		At: time.UnixMicro(r.At).UTC(), Actor: r.ActorID, Authenticator: r.Authenticator, Device: r.Device,
		Action: r.Action, ObjectKind: r.ObjectKind, ObjectID: r.ObjectID,
		Old: r.OldValues, New: r.NewValues, Reason: r.Reason, RequestID: r.RequestID,
		Result: r.Result, Evidence: r.EvidenceHash,
	}
}

// AuditTrail returns the entries about an object, oldest first. The caller has
// shown by an own, scoped query that the actor may see the object.
func (q Queries) AuditTrail(kind, id string) ([]audit.Entry, error) {
	var records []auditRecord
	err := q.db.Where("object_kind = ? AND object_id = ?", kind, id).Order("at, chain, seq").Limit(500).Find(&records).Error
	entries := make([]audit.Entry, len(records))
	for i, r := range records {
		entries[i] = r.entry()
	}
	return entries, err
}

// WalkAudit calls visit for every entry of every chain, chain by chain in
// order, until visit returns an error. Only a scope without bound may walk.
func (q Queries) WalkAudit(visit func(audit.Entry) error) error {
	if !q.scope.ReachesAll() {
		return errOutOfScope
	}
	const page = 1000
	chain, seq := "", int64(0)
	for {
		var records []auditRecord
		err := q.db.Where("chain > ? OR (chain = ? AND seq > ?)", chain, chain, seq).
			Order("chain, seq").Limit(page).Find(&records).Error
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := visit(r.entry()); err != nil {
				return err
			}
			chain, seq = r.Chain, r.Seq
		}
		if len(records) < page {
			return nil
		}
	}
}

// AuditHeads returns the head of every chain: its last seq and hash.
func (q Queries) AuditHeads() (map[audit.ChainID]audit.Entry, error) {
	if !q.scope.ReachesAll() {
		return nil, errOutOfScope
	}
	var heads []auditHead
	err := q.db.Table("audit_heads").Find(&heads).Error
	out := make(map[audit.ChainID]audit.Entry, len(heads))
	for _, h := range heads {
		out[audit.ChainID(h.Chain)] = audit.Entry{Chain: audit.ChainID(h.Chain), Seq: h.Seq, Hash: h.Hash}
	}
	return out, err
}
