package store

import (
	"time"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/standard/money"
)

type orderRecord struct {
	ID           string
	VendorID     string
	HospitalID   string
	Number       string
	Kind         string
	Currency     string
	AmountMinor  int64
	Quantity     int64
	UsedMinor    int64
	UsedQuantity int64
	ValidFrom    string
	ValidTo      string
	Closed       bool
	CreatedBy    string
	CreatedAt    int64
}

func (orderRecord) TableName() string { return "purchase_orders" }

func (r orderRecord) order() billing.PurchaseOrder {
	return billing.PurchaseOrder{
		ID: billing.OrderID(r.ID), Parties: parties(r.VendorID, r.HospitalID), Number: r.Number, Kind: billing.OrderKind(r.Kind),
		Currency: money.Currency(r.Currency), AmountMinor: r.AmountMinor, Quantity: r.Quantity, UsedMinor: r.UsedMinor,
		UsedQuantity: r.UsedQuantity, ValidFrom: r.ValidFrom, ValidTo: r.ValidTo, Closed: r.Closed, CreatedBy: access.PersonID(r.CreatedBy),
	}
}

// AddOrder stores an order with its lines. A second order of the same number
// between the two is refused as a Conflict.
func (tx *Tx) AddOrder(o billing.PurchaseOrder) (billing.PurchaseOrder, error) {
	o.ID, o.CreatedBy = billing.OrderID(tx.NewID()), tx.Actor().Person
	err := tx.db.Create(&orderRecord{
		ID: string(o.ID), VendorID: string(o.Vendor), HospitalID: string(o.Hospital), Number: o.Number, Kind: string(o.Kind),
		Currency: string(o.Currency), AmountMinor: o.AmountMinor, Quantity: o.Quantity, ValidFrom: o.ValidFrom, ValidTo: o.ValidTo,
		CreatedBy: string(o.CreatedBy), CreatedAt: micros(tx.now),
	}).Error
	for _, l := range o.Lines {
		if err != nil {
			break
		}
		err = tx.db.Exec(`INSERT INTO po_lines (po_id, position, vendor_id, hospital_id, di, quantity, unit_minor) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			string(o.ID), l.Position, string(o.Vendor), string(o.Hospital), l.DI, l.Quantity, l.UnitMinor).Error
	}
	return o, err
}

// Order returns the order of a number between two, with its lines; NotFound
// when there is none.
func (q Queries) Order(p billing.Parties, number string) (billing.PurchaseOrder, error) {
	r, err := first[orderRecord](q.from("purchase_orders").Where("hospital_id = ? AND vendor_id = ? AND number = ?",
		string(p.Hospital), string(p.Vendor), number), "order")
	if err != nil {
		return billing.PurchaseOrder{}, err
	}
	return q.withOrderLines(r.order())
}

// OrderByID returns one order of the scope, with its lines.
func (q Queries) OrderByID(id billing.OrderID) (billing.PurchaseOrder, error) {
	r, err := first[orderRecord](q.from("purchase_orders").Where("purchase_orders.id = ?", string(id)), "order")
	if err != nil {
		return billing.PurchaseOrder{}, err
	}
	return q.withOrderLines(r.order())
}

func (q Queries) withOrderLines(o billing.PurchaseOrder) (billing.PurchaseOrder, error) {
	var rows []struct {
		Position  int
		DI        string `gorm:"column:di"`
		Quantity  int64
		UnitMinor int64
	}
	err := q.from("po_lines").Where("po_id = ?", string(o.ID)).Order("position").Limit(2000).Find(&rows).Error
	for _, r := range rows {
		o.Lines = append(o.Lines, billing.OrderLine{Position: r.Position, DI: r.DI, Quantity: r.Quantity, UnitMinor: r.UnitMinor})
	}
	return o, err
}

// OrderRow is an order with the names a list shows.
type OrderRow struct {
	billing.PurchaseOrder
	VendorName, HospitalName string
}

// Orders lists the scope's orders, newest first, without their lines.
func (q Queries) Orders(page Page) (Listed[OrderRow], error) {
	list, err := page.before(q.from("purchase_orders").Select("purchase_orders.*, v.name AS vendor_name, h.name AS hospital_name").
		Joins("JOIN organisations v ON v.id = purchase_orders.vendor_id").Joins("JOIN organisations h ON h.id = purchase_orders.hospital_id").
		Order("purchase_orders.id DESC"), "purchase_orders.id")
	if err != nil {
		return Listed[OrderRow]{}, err
	}
	type record struct {
		Base                     orderRecord `gorm:"embedded"`
		VendorName, HospitalName string
	}
	var records []record
	if err := list.Find(&records).Error; err != nil {
		return Listed[OrderRow]{}, err
	}
	part := cut(page, records, func(r record) []any { return []any{r.Base.ID} })
	out := Listed[OrderRow]{Next: part.Next}
	for _, r := range part.Rows {
		out.Rows = append(out.Rows, OrderRow{r.Base.order(), r.VendorName, r.HospitalName})
	}
	return out, nil
}

// UseOrder takes a part from what an order has left, and reports false when it
// has not that much: two lines never share the last of a blanket.
func (tx *Tx) UseOrder(p billing.OrderPart) (bool, error) {
	done := tx.bounded().Exec(`UPDATE purchase_orders SET used_minor = used_minor + ?, used_quantity = used_quantity + ?
		WHERE id = ? AND NOT closed AND (amount_minor = 0 OR used_minor + ? <= amount_minor) AND (quantity = 0 OR used_quantity + ? <= quantity)`,
		p.NetMinor, p.Quantity, string(p.Order.ID), p.NetMinor, p.Quantity)
	return done.RowsAffected == 1, done.Error
}

// CloseOrder ends an order; it is used no more.
func (tx *Tx) CloseOrder(id billing.OrderID) error {
	return tx.bounded().Exec(`UPDATE purchase_orders SET closed = ? WHERE id = ?`, true, string(id)).Error
}

// AttachOrder stores that a part of an order pays for a line.
func (tx *Tx) AttachOrder(line billing.Line, p billing.OrderPart) error {
	return tx.db.Exec(`INSERT INTO po_attachments (id, vendor_line_id, po_id, po_position, vendor_id, hospital_id, quantity, net_minor, live,
		attached_by, attached_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		tx.NewID(), string(line.ID), string(p.Order.ID), p.Position, string(line.Vendor), string(line.Hospital), p.Quantity, p.NetMinor, true,
		string(tx.Actor().Person), micros(tx.now)).Error
}

// DetachOrders gives back what a line took from orders.
func (tx *Tx) DetachOrders(id billing.LineID) error {
	var rows []struct {
		ID, PoID           string
		Quantity, NetMinor int64
	}
	err := tx.bounded().Raw(`SELECT id, po_id, quantity, net_minor FROM po_attachments WHERE vendor_line_id = ? AND live ORDER BY po_id`, string(id)).Scan(&rows).Error
	for _, r := range rows {
		if err == nil {
			err = tx.bounded().Exec(`UPDATE purchase_orders SET used_minor = used_minor - ?, used_quantity = used_quantity - ? WHERE id = ?`,
				r.NetMinor, r.Quantity, r.PoID).Error
		}
		if err == nil {
			err = tx.bounded().Exec(`UPDATE po_attachments SET live = ? WHERE id = ?`, false, r.ID).Error
		}
	}
	return err
}

// Attachment is a live part of an order on a line.
type Attachment struct {
	Number   string
	Position int
	Quantity int64
	NetMinor int64
}

// Attachments returns what orders pay for a line.
func (q Queries) Attachments(id billing.LineID) ([]Attachment, error) {
	var out []Attachment
	err := q.from("po_attachments").Select("o.number, po_attachments.po_position AS position, po_attachments.quantity, po_attachments.net_minor").
		Joins("JOIN purchase_orders o ON o.id = po_attachments.po_id").Where("po_attachments.vendor_line_id = ? AND po_attachments.live", string(id)).
		Order("o.number, po_attachments.po_position").Limit(100).Find(&out).Error
	return out, err
}

// SetLinePO notes how far a line has come to its order.
func (tx *Tx) SetLinePO(id billing.LineID, state billing.POState, number string) error {
	return tx.bounded().Exec(`UPDATE vendor_lines SET po_state = ?, po_number = ?, po_changed_at = ? WHERE id = ?`,
		string(state), number, micros(tx.now), string(id)).Error
}

// OrderTerms is what the agreement of a line says about its order.
type OrderTerms struct {
	Rule      consign.PORule
	Tolerance consign.Tolerance
	TimeZone  string
	DI        string
	Quantity  int64
}

// OrderTerms returns the terms of a line's order, by the line's id alone.
func (tx *Tx) OrderTerms(id billing.LineID) (OrderTerms, error) {
	type row struct {
		PoRule, Pricing, TimeZone, Di string
		Quantity                      int64
	}
	r, err := first[row](tx.bounded().Raw(`SELECT v.po_rule, v.pricing, s.time_zone, n.di, u.quantity FROM vendor_lines l
		JOIN price_decisions d ON d.id = l.decision_id JOIN agreement_versions v ON v.id = d.agreement_version_id
		JOIN sites s ON s.id = l.site_id JOIN usages u ON u.id = l.usage_id JOIN units n ON n.id = u.unit_id WHERE l.id = ?`, string(id)), "line")
	return OrderTerms{consign.PORule(r.PoRule), pricingOf(r.Pricing).Tolerance, r.TimeZone, r.Di, r.Quantity}, err
}

// AwaitingLine finds the live line of a serial (or lot) that waits for its
// order; NotFound when none or more than one does.
func (q Queries) AwaitingLine(di, lot, serial string) (billing.Line, error) {
	list := q.from("vendor_lines").Select("vendor_lines.*").Joins("JOIN usages u ON u.id = vendor_lines.usage_id").
		Joins("JOIN units n ON n.id = u.unit_id").Where("vendor_lines.state = 'awaiting_po'")
	for column, value := range map[string]string{"n.di": di, "n.lot": lot, "n.serial": serial} {
		if value != "" {
			list = list.Where(column+" = ?", value)
		}
	}
	var records []lineRecord
	err := list.Order("vendor_lines.effective_at, vendor_lines.id").Limit(2).Find(&records).Error
	if err == nil && len(records) != 1 {
		err = absent("waiting line, or more than one fits")
	}
	if err != nil {
		return billing.Line{}, err
	}
	return records[0].line(), nil
}

// POAge sums the lines with one other side that wait for an order, by age in days of
// the site's calendar.
type POAge struct {
	Other    access.OrganisationID // the side that the scope is not
	Name     string
	Currency money.Currency
	Buckets  [5]int64 // minor units: 0–2, 3–7, 8–14, 15–30, over 30 days
	Counts   [5]int64
}

// AgeDays are the first days of the buckets after the first.
var AgeDays = [4]int{3, 8, 15, 31}

// AwaitingSince lists, for the scope's waiting lines, what is needed to age
// them: one row per other side, currency, time zone and quarter of an hour.
func (q Queries) AwaitingSince() ([]AwaitingDay, error) {
	other := "vendor_lines.vendor_id"
	if _, vendor := q.scope.Vendor(); vendor {
		other = "vendor_lines.hospital_id"
	}
	var rows []struct {
		VendorID, Name, Currency, TimeZone string
		Hour, Count, Minor                 int64
	}
	err := q.from("vendor_lines").Select(other + ` AS vendor_id, o.name, vendor_lines.currency, s.time_zone,
		vendor_lines.effective_at / 900000000 AS hour, COUNT(*) AS count, CAST(SUM(vendor_lines.net_minor) AS BIGINT) AS minor`).
		Joins("JOIN organisations o ON o.id = " + other).Joins("JOIN sites s ON s.id = vendor_lines.site_id").
		Where("vendor_lines.state = 'awaiting_po'").
		Group(other + ", o.name, vendor_lines.currency, s.time_zone, vendor_lines.effective_at / 900000000").
		Order("o.name, vendor_lines.currency, hour").Find(&rows).Error
	out := make([]AwaitingDay, len(rows))
	for i, r := range rows {
		out[i] = AwaitingDay{access.OrganisationID(r.VendorID), r.Name, money.Currency(r.Currency), r.TimeZone, instant(r.Hour * 900000000), r.Count, r.Minor}
	}
	return out, err
}

// AwaitingDay is what waits of one other side since one quarter of an hour: no
// time zone begins its day elsewhere than on one.
type AwaitingDay struct {
	Other    access.OrganisationID
	Name     string
	Currency money.Currency
	TimeZone string
	Since    time.Time
	Count    int64
	Minor    int64
}
