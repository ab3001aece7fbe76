package charging

import (
	"context"
	"encoding/json"
	"log/slog"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

// work is one changing call and how to find out whether it was made before.
type work struct {
	step    remote.Step
	subject string
	target  string
	params  any
	// look returns what the call made, if it was made.
	look func(context.Context) (object string, found bool, err error)
	// lookAlways looks even before the first call: after a restore the journal
	// may know less than Stripe.
	lookAlways bool
	// askFirst leaves it to a person to repeat a call that was perhaps made
	// and cannot be looked up with certainty.
	askFirst string
	// shared work belongs to no invoice: a payer's record.
	shared bool
}

// journal is the latest operation of each subject of a step, read once.
type journal map[string]remote.Op

func (h *held) journal(ctx context.Context, step remote.Step) (journal, error) {
	id := h.row.Invoice
	if step == remote.MakeCustomer {
		id = ""
	}
	return h.desk.all(ctx).Ops(h.conn.ID, id, step)
}

// run brings one call to its end: it is written down, committed, made, and
// its answer committed. What was written down before decides whether it is
// sent, sent again, looked up or left alone. It returns what the call made.
func (h *held) run(ctx context.Context, known journal, w work) (string, error) {
	op, there := known[w.subject]
	next := remote.SendNew
	switch {
	case there:
		next = op.After(h.desk.Store.Now())
	case w.lookAlways:
		next = remote.LookFirst
	}
	switch next {
	case remote.Nothing:
		return op.Object, nil
	case remote.LookFirst:
		object, found, err := w.look(ctx)
		if err != nil {
			return "", err
		}
		if found {
			return object, h.adopt(ctx, op, there, w, object)
		}
		if there && w.askFirst != "" && op.State != remote.OpFailed {
			op.State = remote.OpFailed
			if err := h.answer(ctx, op); err != nil {
				return "", err
			}
			return "", fault.New(fault.Invalid, w.askFirst)
		}
		fallthrough
	case remote.SendNew:
		var err error
		if op, err = h.writeDown(ctx, op.Epoch+1, w); err != nil {
			return "", err
		}
	case remote.SendAgain:
		if err := h.desk.Store.Keep(ctx, h.keep); err != nil {
			return "", err
		}
	}
	return h.send(ctx, op)
}

// writeDown writes a call down under a key of its own and commits it.
func (h *held) writeDown(ctx context.Context, epoch int, w work) (op remote.Op, err error) {
	params, err := json.Marshal(w.params)
	if err != nil {
		return op, err
	}
	op = remote.Op{
		Connection: h.conn.ID, Parties: h.row.Parties, Invoice: h.row.Invoice, Step: w.step, Subject: w.subject, Epoch: epoch,
		Key: remote.KeyOf(h.conn.Mode, w.step, w.subject, epoch), Target: w.target, Params: string(params), State: remote.OpSent,
	}
	if w.shared {
		op.Invoice = ""
	}
	err = h.desk.Store.Keep(ctx, func(tx *store.Tx) (err error) {
		if err = h.keep(tx); err != nil {
			return err
		}
		h.stir(tx)
		op, err = tx.AddOp(op)
		return err
	})
	return op, err
}

// stir tells open pages that the document moves.
func (h *held) stir(tx *store.Tx) {
	tx.Announce(store.Event{Kind: "invoice", Subject: string(h.row.Invoice), HospitalID: string(h.row.Hospital), VendorID: string(h.row.Vendor)})
}

// adopt writes down that a call was made before.
func (h *held) adopt(ctx context.Context, op remote.Op, there bool, w work, object string) error {
	if !there {
		params, err := json.Marshal(w.params)
		if err != nil {
			return err
		}
		op = remote.Op{
			Connection: h.conn.ID, Parties: h.row.Parties, Invoice: h.row.Invoice, Step: w.step, Subject: w.subject, Epoch: 1,
			Key: remote.KeyOf(h.conn.Mode, w.step, w.subject, 1), Target: w.target, Params: string(params), State: remote.OpDone,
			Object: object, Code: "adopted",
		}
		if w.shared {
			op.Invoice = ""
		}
		return h.desk.Store.Keep(ctx, func(tx *store.Tx) error {
			if err := h.keep(tx); err != nil {
				return err
			}
			_, err := tx.AddOp(op)
			return err
		})
	}
	op.State, op.Object, op.Code = remote.OpDone, object, "adopted"
	return h.answer(ctx, op)
}

// answer commits what is known of an operation.
func (h *held) answer(ctx context.Context, op remote.Op) error {
	return h.desk.Store.Keep(ctx, func(tx *store.Tx) error {
		if err := h.keep(tx); err != nil {
			return err
		}
		h.stir(tx)
		return tx.AnswerOp(op)
	})
}

// send makes a written-down call and commits its answer.
func (h *held) send(ctx context.Context, op remote.Op) (string, error) {
	a, err := h.desk.Gateway.Do(ctx, h.in, remote.Call{Step: op.Step, Key: op.Key, Object: op.Target, Params: op.Params})
	if err != nil {
		return "", err
	}
	op.State, op.HTTPStatus, op.Code, op.RequestID, op.Object = a.StateAfter(), a.HTTPStatus, a.Code, a.RequestID, a.Object
	if err := h.answer(ctx, op); err != nil {
		return "", err
	}
	switch a.Outcome {
	case remote.Done:
		return a.Object, nil
	case remote.Refused:
		h.desk.Log.Error("stripe refused a call", slog.String("step", string(op.Step)), slog.String("invoice", string(h.row.Invoice)),
			slog.Int("status", a.HTTPStatus), slog.String("code", a.Code), slog.String("request", a.RequestID))
		return "", fault.Newf(fault.Invalid, "Stripe refused the step %q (%d): %s Mend what it names, then release this.", op.Step, a.HTTPStatus, a.Reason)
	}
	return "", fault.New(fault.Unavailable, "Stripe is busy or away. What was asked is looked up and tried again by itself.")
}
