package gs1

import "time"

// UDI is a message as a device label is read (21 CFR 801.40, EU MDR Annex VI
// part C): the device identifier and the production identifiers. Absent parts are
// empty. Expiry is the last day of use, also where the label names a month only.
type UDI struct {
	DI           string // GTIN of AI 01
	Lot          string // AI 10
	Serial       string // AI 21
	Expiry       Date   // AI 17
	Manufactured Date   // AI 11
}

// UDI returns the message's view as device label; ok is false if it has no GTIN.
// The century of dates is chosen nearest to now.
func (m Message) UDI(now time.Time) (udi UDI, ok bool) {
	udi = UDI{DI: m.GTIN(), Lot: m.Lot(), Serial: m.Serial()}
	udi.Expiry, _ = m.Expiry(now)
	udi.Manufactured, _ = m.Manufactured(now)
	return udi, udi.DI != ""
}
