package store

import (
	"trueward/internal/domain/billing"
	"trueward/internal/domain/remote"
)

type opRecord struct {
	ID           string
	ConnectionID string
	VendorID     string
	HospitalID   string
	InvoiceID    *string
	Step         string
	Subject      string
	Epoch        int
	IdemKey      string
	Target       string
	Params       string
	ParamsSHA256 string `gorm:"column:params_sha256"`
	FirstSentAt  int64
	State        string
	HTTPStatus   int `gorm:"column:http_status"`
	Code         string
	RequestID    string
	Object       string
	ChangedAt    int64
}

func (opRecord) TableName() string { return "stripe_ops" }

func (r opRecord) op() remote.Op {
	op := remote.Op{
		ID: remote.OpID(r.ID), Connection: remote.ConnectionID(r.ConnectionID), Parties: parties(r.VendorID, r.HospitalID),
		Step: remote.Step(r.Step), Subject: r.Subject, Epoch: r.Epoch, Key: r.IdemKey, Target: r.Target, Params: r.Params,
		FirstSentAt: instant(r.FirstSentAt), State: remote.OpState(r.State), HTTPStatus: r.HTTPStatus, Code: r.Code,
		RequestID: r.RequestID, Object: r.Object,
	}
	if r.InvoiceID != nil {
		op.Invoice = billing.InvoiceID(*r.InvoiceID)
	}
	return op
}

// Ops returns the latest operation of each subject of a step, of one invoice
// (or of none), by subject.
func (q Queries) Ops(c remote.ConnectionID, invoice billing.InvoiceID, step remote.Step) (map[string]remote.Op, error) {
	list := q.from("stripe_ops").Where("connection_id = ? AND step = ?", string(c), string(step)).Order("epoch")
	if invoice == "" {
		list = list.Where("invoice_id IS NULL")
	} else {
		list = list.Where("invoice_id = ?", string(invoice))
	}
	var records []opRecord
	err := list.Find(&records).Error
	out := make(map[string]remote.Op, len(records))
	for _, r := range records {
		out[r.Subject] = r.op() // rising epochs: the last stays
	}
	return out, err
}

// OpsOf returns every operation of an invoice, in the order they were written.
func (q Queries) OpsOf(invoice billing.InvoiceID) ([]remote.Op, error) {
	var records []opRecord
	err := q.from("stripe_ops").Where("invoice_id = ?", string(invoice)).Order("id").Limit(2000).Find(&records).Error
	out := make([]remote.Op, len(records))
	for i, r := range records {
		out[i] = r.op()
	}
	return out, err
}

// AddOp writes a new operation down. A step, subject and epoch has one row, so
// that of two workers one is refused.
func (tx *Tx) AddOp(op remote.Op) (remote.Op, error) {
	op.ID = remote.OpID(tx.NewID())
	if op.FirstSentAt.IsZero() {
		op.FirstSentAt = tx.now
	}
	r := &opRecord{
		ID: string(op.ID), ConnectionID: string(op.Connection), VendorID: string(op.Vendor), HospitalID: string(op.Hospital),
		Step: string(op.Step), Subject: op.Subject, Epoch: op.Epoch, IdemKey: op.Key, Target: op.Target, Params: op.Params,
		ParamsSHA256: op.ParamsSHA256(), FirstSentAt: micros(op.FirstSentAt), State: string(op.State), HTTPStatus: op.HTTPStatus,
		Code: op.Code, RequestID: op.RequestID, Object: op.Object, ChangedAt: micros(tx.now),
	}
	if op.Invoice != "" {
		id := string(op.Invoice)
		r.InvoiceID = &id
	}
	return op, tx.bounded().Create(r).Error
}

// AnswerOp writes down what came back, or what was found, for an operation.
func (tx *Tx) AnswerOp(op remote.Op) error {
	return tx.bounded().Exec(`UPDATE stripe_ops SET state = ?, http_status = ?, code = ?, request_id = ?, object = ?, changed_at = ?
		WHERE id = ? AND state <> 'done'`, string(op.State), op.HTTPStatus, op.Code, op.RequestID, op.Object, micros(tx.now), string(op.ID)).Error
}

// ForgetOps makes the done operations of a dropped draft count as failed, so
// that another draft is looked for and made with new keys.
func (tx *Tx) ForgetOps(invoice billing.InvoiceID) error {
	return tx.bounded().Exec(`UPDATE stripe_ops SET state = 'failed', code = 'dropped', changed_at = ? WHERE invoice_id = ? AND state = 'done'`,
		micros(tx.now), string(invoice)).Error
}
