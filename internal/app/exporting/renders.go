package exporting

import (
	"context"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/internal/fault"
)

// renderedAtOnce is how many documents are read, made and stored together.
const renderedAtOnce = 64

// renders gives documents in a format: as they are stored or, when asked for
// the first time, made and stored.
type renders struct {
	*Desk
	ctx     context.Context
	format  billing.ExportFormat
	render  string
	file    string // extension
	actor   access.Actor
	details map[access.OrganisationID]billing.PartyDetails
	refused []refusal
	names   map[string]bool // of files given so far
}

func (d *Desk) renders(ctx context.Context, f billing.ExportFormat, actor access.Actor) *renders {
	r := &renders{Desk: d, ctx: ctx, format: f, actor: actor, details: map[access.OrganisationID]billing.PartyDetails{}, names: map[string]bool{}}
	r.render, r.file = f.Single()
	return r
}

// made is a document in the making.
type made struct {
	item
	doc     billing.Document
	content []byte
	stored  bool
	control int64
	err     error
}

// files returns the files of some documents, in their order.
func (r *renders) files(items []item) ([]billing.File, error) {
	q := r.Store.Read(r.ctx, r.actor.Scope())
	all := r.Store.Read(r.ctx, access.Everything())
	list := make([]made, len(items))
	missing := 0
	for n, i := range items {
		list[n].item = i
		stored, err := i.stored(q, r.render)
		switch {
		case err == nil:
			list[n].content, list[n].stored = stored.Bytes, true
			err = intact(stored.Bytes, stored.SHA256)
		case fault.Is(err, fault.NotFound):
			missing++
			list[n].doc, err = i.document(q, all, r.details)
		}
		if err != nil {
			return nil, err
		}
	}
	if missing > 0 {
		if err := r.make(list); err != nil {
			return nil, err
		}
	}
	var out []billing.File
	for _, m := range list {
		if m.err != nil && !fault.Is(m.err, fault.Invalid) {
			return nil, m.err
		}
		if m.err != nil {
			r.refused = append(r.refused, refusal{m.number(), m.err})
			continue
		}
		out = append(out, billing.File{Name: r.name(m.item), Bytes: m.content})
	}
	return out, nil
}

// name is a document's number; where two sellers have given the same one, the
// later gets its seller's name too.
func (r *renders) name(i item) string {
	base := safe(i.number())
	if r.names[base] {
		base += "-" + safe(i.invoice.VendorName)
	}
	for r.names[base] {
		base += "-x"
	}
	r.names[base] = true
	return base + r.file
}

// safe keeps letters, digits, hyphen and underline of a text.
func safe(text string) string {
	return strings.Map(func(c rune) rune {
		if c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return c
		}
		return '_'
	}, text)
}

func (i item) stored(q store.Queries, format string) (store.Render, error) {
	if i.isCredit() {
		return q.CreditRender(i.credit.ID, format)
	}
	return q.Render(i.invoice.ID, format)
}

// make renders what is missing, on all processors, and stores it in one
// transaction: interchanges get their control numbers in it, so that a number
// is taken exactly when its document is.
func (r *renders) make(list []made) error {
	if r.format != billing.DocumentsX12 {
		r.work(list)
	}
	return r.Store.Write(r.ctx, r.actor, func(tx *store.Tx) error {
		kept := 0
		for n := range list {
			m := &list[n]
			if m.stored || m.err != nil {
				continue
			}
			if r.format == billing.DocumentsX12 {
				if m.content, m.err = r.interchange(tx, m.doc); m.err != nil {
					if fault.Is(m.err, fault.Invalid) {
						continue
					}
					return m.err
				}
			}
			if err := r.keep(tx, *m); err != nil {
				return err
			}
			kept++
		}
		if kept > 0 {
			tx.Audit(audit.Change{
				Chain: audit.SystemChain, Action: "documents.rendered", Kind: "export", Object: string(r.format),
				New: map[string]string{"documents": strconv.Itoa(kept), "renderer": r.Writer.Renderer(r.format)},
			})
		}
		return nil
	})
}

// interchange writes a document with the next control number of its seller.
// It is tried with a number first, so that a refusal takes none.
func (r *renders) interchange(tx *store.Tx, doc billing.Document) ([]byte, error) {
	if content, err := r.Writer.Document(r.format, doc, 1); err != nil {
		return content, err
	}
	control, err := tx.NextNumber(doc.Invoice.Parties, "x12", 0, "")
	if err != nil {
		return nil, err
	}
	return r.Writer.Document(r.format, doc, control)
}

func (r *renders) keep(tx *store.Tx, m made) error {
	if m.isCredit() {
		_, err := tx.AddCreditRender(m.credit, r.render, r.Writer.Renderer(r.format), m.content)
		return err
	}
	_, err := tx.AddRender(store.Render{
		Invoice: m.invoice.ID, Parties: m.doc.Invoice.Parties, Format: r.render, Renderer: r.Writer.Renderer(r.format), Bytes: m.content,
	})
	return err
}

// work renders side by side.
func (r *renders) work(list []made) {
	var crew sync.WaitGroup
	next := make(chan *made)
	for range runtime.GOMAXPROCS(0) {
		crew.Go(func() {
			for m := range next {
				m.content, m.err = r.Writer.Document(r.format, m.doc, 0)
			}
		})
	}
	for n := range list {
		if !list[n].stored {
			next <- &list[n]
		}
	}
	close(next)
	crew.Wait()
}
