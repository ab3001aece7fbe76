// Package audit is the product's memory of who did what: entries linked into
// hash chains, one chain per site and one per organisation for what has no
// site, so that an edit, a removal, an insertion or a reordering shows.
//
// A chain alone does not show that its newest entries were cut off, nor that
// the whole was computed again: that needs a checkpoint kept elsewhere.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Format is the version of the canonical bytes an entry's hash is taken over.
const Format = 1

// ChainID names a hash chain.
type ChainID string

// SiteChain is the chain of what happens at a site.
func SiteChain(site string) ChainID { return ChainID("site:" + site) }

// OrganisationChain is the chain of what an organisation does without a site.
func OrganisationChain(organisation string) ChainID { return ChainID("organisation:" + organisation) }

// SystemChain is the chain of what happens before or beside any organisation:
// the first set-up, migrations, restores.
const SystemChain ChainID = "system"

// Change is what a use case says about a state change. The store adds who,
// when and where, and the place in the chain.
type Change struct {
	Chain  ChainID
	Action string // a verb in the past tense: "unit.used"
	Kind   string // kind of the object: "unit", "invoice", "person"
	Object string // id of the object
	Old    map[string]string
	New    map[string]string
	Reason string
	Result string // "done" when empty; "refused" for a refused attempt
	// Evidence is the SHA-256 (hex) of the raw evidence, empty for none.
	Evidence string
}

// Entry is one row of a chain.
type Entry struct {
	Chain         ChainID
	Seq           int64 // 1 for the first
	Format        int
	PreviousHash  string // lower-case hex SHA-256; empty for the first
	Hash          string
	At            time.Time // UTC, whole microseconds
	Actor         string
	Authenticator string
	Device        string
	Action        string
	ObjectKind    string
	ObjectID      string
	Old           string // canonical text of the old values, see Values
	New           string
	Reason        string
	RequestID     string
	Result        string
	Evidence      string
}

// Sum returns the SHA-256 (lower-case hex) of the entry's canonical bytes: each
// field in a fixed order, preceded by its length as 8 bytes big-endian, so that
// no two different entries share their bytes.
func (e Entry) Sum() string {
	h := sha256.New()
	var length [8]byte
	field := func(s string) {
		binary.BigEndian.PutUint64(length[:], uint64(len(s)))
		h.Write(length[:])
		h.Write([]byte(s))
	}
	number := func(n int64) {
		field(fmt.Sprintf("%d", n))
	}
	number(int64(e.Format))
	field(string(e.Chain))
	number(e.Seq)
	field(e.PreviousHash)
	number(e.At.UnixMicro())
	for _, s := range []string{
		e.Actor, e.Authenticator, e.Device, e.Action, e.ObjectKind, e.ObjectID,
		e.Old, e.New, e.Reason, e.RequestID, e.Result, e.Evidence,
	} {
		field(s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Follow returns the entry placed behind the head (seq 0 and an empty hash for
// a new chain), with its hash.
func (e Entry) Follow(headSeq int64, headHash string) Entry {
	e.Format = Format
	e.Seq = headSeq + 1
	e.PreviousHash = headHash
	e.Hash = e.Sum()
	return e
}

// Break says why a chain does not hold at an entry.
type Break struct {
	Chain  ChainID
	Seq    int64
	Reason string
}

func (b *Break) Error() string {
	return fmt.Sprintf("audit chain %s breaks at entry %d: %s", b.Chain, b.Seq, b.Reason)
}

// Check verifies that the entry follows previous (nil for the first of its
// chain). It returns a *Break or nil.
func (e Entry) Check(previous *Entry) error {
	broken := func(reason string) error { return &Break{Chain: e.Chain, Seq: e.Seq, Reason: reason} }
	wantSeq, wantHash := int64(1), ""
	if previous != nil {
		wantSeq, wantHash = previous.Seq+1, previous.Hash
	}
	switch {
	case e.Seq != wantSeq:
		return broken(fmt.Sprintf("entry %d is missing or out of order", wantSeq))
	case e.PreviousHash != wantHash:
		return broken("it does not follow the entry before it")
	case e.Format != Format:
		return broken("its format is unknown")
	case e.Hash != e.Sum():
		return broken("its content was changed after it was written")
	}
	return nil
}

// escape keeps a value on its line.
var escape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`)

// Values renders values as canonical text: names sorted, one "name=value" a
// line, backslash and newline escaped.
func Values(values map[string]string) string {
	if len(values) == 0 {
		return ""
	}
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(values)) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(escape.Replace(values[name]))
	}
	return b.String()
}
