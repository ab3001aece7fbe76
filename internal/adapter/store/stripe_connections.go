package store

import (
	"trueward/internal/domain/access"
	"trueward/internal/domain/remote"
	"trueward/internal/fault"
)

type connectionRecord struct {
	ID        string
	VendorID  string
	Mode      string
	Account   string
	KeyRef    string
	HookRef   string
	Status    string
	Chosen    bool
	Reason    string
	SetBy     string
	CheckedTo *int64
	Version   int64
	ChangedAt int64
}

func (connectionRecord) TableName() string { return "stripe_connections" }

func (r connectionRecord) connection() remote.Connection {
	return remote.Connection{
		ID: remote.ConnectionID(r.ID), Vendor: access.OrganisationID(r.VendorID), Mode: remote.Mode(r.Mode), Account: r.Account,
		KeyRef: r.KeyRef, HookRef: r.HookRef, Status: remote.Status(r.Status), Chosen: r.Chosen, Reason: r.Reason, SetBy: access.PersonID(r.SetBy),
		CheckedTo: instantOrZero(r.CheckedTo), Version: r.Version, ChangedAt: instant(r.ChangedAt),
	}
}

// Connections returns the connections to Stripe of the scope, by vendor.
func (q Queries) Connections() ([]remote.Connection, error) {
	var records []connectionRecord
	err := q.from("stripe_connections").Order("stripe_connections.vendor_id, stripe_connections.mode").Find(&records).Error
	out := make([]remote.Connection, len(records))
	for i, r := range records {
		out[i] = r.connection()
	}
	return out, err
}

// Connection returns one connection of the scope.
func (q Queries) Connection(id remote.ConnectionID) (remote.Connection, error) {
	r, err := first[connectionRecord](q.from("stripe_connections").Where("stripe_connections.id = ?", string(id)), "connection to Stripe")
	return r.connection(), err
}

// ChosenConnection returns the connection that new invoices of a vendor go
// over; NotFound when they go over none.
func (q Queries) ChosenConnection(vendor access.OrganisationID) (remote.Connection, error) {
	r, err := first[connectionRecord](q.from("stripe_connections").Where("vendor_id = ? AND chosen = ?", string(vendor), true), "connection to Stripe")
	return r.connection(), err
}

// AddConnection stores a new connection; a vendor has one per mode.
func (tx *Tx) AddConnection(c remote.Connection) (remote.Connection, error) {
	c.ID, c.Version, c.ChangedAt = remote.ConnectionID(tx.NewID()), 1, tx.now
	return c, tx.db.Create(toConnectionRecord(c)).Error
}

func toConnectionRecord(c remote.Connection) *connectionRecord {
	return &connectionRecord{
		ID: string(c.ID), VendorID: string(c.Vendor), Mode: string(c.Mode), Account: c.Account, KeyRef: c.KeyRef, HookRef: c.HookRef,
		Status: string(c.Status), Chosen: c.Chosen, Reason: c.Reason, SetBy: string(c.SetBy), CheckedTo: microsOrNull(c.CheckedTo), Version: c.Version,
		ChangedAt: micros(c.ChangedAt),
	}
}

// SaveConnection writes a connection over the version that was read.
func (tx *Tx) SaveConnection(c remote.Connection) (remote.Connection, error) {
	read := c.Version
	c.Version, c.ChangedAt = read+1, tx.now
	done := tx.bounded().Model(&connectionRecord{}).Where("id = ? AND version = ?", string(c.ID), read).
		Select("*").Omit("id", "vendor_id", "mode").Updates(toConnectionRecord(c))
	if done.Error == nil && done.RowsAffected == 0 {
		return c, fault.New(fault.Conflict, "The connection to Stripe was changed by somebody else at the same moment. Reload and look again.")
	}
	return c, done.Error
}

// UnchooseConnections takes the choice away from a vendor's connections.
func (tx *Tx) UnchooseConnections(vendor access.OrganisationID) error {
	return tx.bounded().Exec(`UPDATE stripe_connections SET chosen = ?, version = version + 1, changed_at = ? WHERE vendor_id = ? AND chosen = ?`,
		false, micros(tx.now), string(vendor), true).Error
}

// RemoteCustomer is a hospital as a payer at a vendor's account.
type RemoteCustomer struct {
	Connection remote.ConnectionID
	Hospital   access.OrganisationID
	Vendor     access.OrganisationID
	Email      string // where its finance gets invoices; empty: the hospital's own
	Customer   string // Stripe's id; empty before the first invoice
}

type customerRecord struct {
	ConnectionID string
	HospitalID   string
	VendorID     string
	Email        string
	Customer     string
}

func (customerRecord) TableName() string { return "stripe_customers" }

func (r customerRecord) customer() RemoteCustomer {
	return RemoteCustomer{
		Connection: remote.ConnectionID(r.ConnectionID), Hospital: access.OrganisationID(r.HospitalID),
		Vendor: access.OrganisationID(r.VendorID), Email: r.Email, Customer: r.Customer,
	}
}

// RemoteCustomers returns the payers of a connection.
func (q Queries) RemoteCustomers(id remote.ConnectionID) ([]RemoteCustomer, error) {
	var records []customerRecord
	err := q.from("stripe_customers").Where("connection_id = ?", string(id)).Order("hospital_id").Find(&records).Error
	out := make([]RemoteCustomer, len(records))
	for i, r := range records {
		out[i] = r.customer()
	}
	return out, err
}

// SaveRemoteCustomer stores a payer over what was known of it.
func (tx *Tx) SaveRemoteCustomer(c RemoteCustomer) error {
	return tx.bounded().Exec(`INSERT INTO stripe_customers (connection_id, hospital_id, vendor_id, email, customer) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (connection_id, hospital_id) DO UPDATE SET email = excluded.email, customer = excluded.customer`,
		string(c.Connection), string(c.Hospital), string(c.Vendor), c.Email, c.Customer).Error
}
