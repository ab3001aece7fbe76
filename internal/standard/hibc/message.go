package hibc

import (
	"strconv"
	"time"
)

// Message is what one label says. A label has primary data, secondary data or
// both; absent parts are empty. Only [Parse] makes one.
type Message struct {
	LIC string // labeler identification code, 4 characters
	PCN string // product or catalogue number, 1 to 18 characters
	UOM int    // unit of measure, 0 to 9: the package level; 0 is the unit of use

	Lot      string
	Serial   string
	Quantity int // units of measure in the package; 0 if not stated

	// Link is the check character of the primary data to which secondary data
	// in a symbol of their own belong; 0 otherwise.
	Link byte

	expiry       stamp
	manufactured Date
}

// HasPrimary reports whether the label names a product.
func (m Message) HasPrimary() bool { return m.LIC != "" }

// DI returns the device identifier as GUDID writes it, LIC PCN UOM without the
// plus sign, or the empty string.
func (m Message) DI() string {
	if !m.HasPrimary() {
		return ""
	}
	return m.LIC + m.PCN + strconv.Itoa(m.UOM)
}

// Expiry returns the last day on which the product may be used, and false if
// the label names none. A month alone means its last day; the century of a
// two-digit year is chosen nearest to now.
func (m Message) Expiry(now time.Time) (Date, bool) {
	return m.expiry.resolve(now).End(), m.expiry.form != formNone
}

// ExpiryText returns the expiry as precise as the label: YYYY-MM, YYYY-MM-DD or
// YYYY-MM-DDTHH, or the empty string.
func (m Message) ExpiryText(now time.Time) string {
	s := m.expiry.resolve(now).String()
	if m.expiry.form == formYMDH || m.expiry.form == formJulianH {
		s += "T" + pad(m.expiry.hour, 2)
	}
	return s
}

// Manufactured returns the date of manufacture, and false if the label names
// none.
func (m Message) Manufactured() (Date, bool) {
	return m.manufactured, !m.manufactured.IsZero()
}

// Belongs reports whether secondary data in a symbol of their own are linked to
// this primary data.
func (m Message) Belongs(secondary Message) bool {
	if !m.HasPrimary() || secondary.HasPrimary() {
		return false
	}
	c, ok := CheckCharacter("+" + m.DI())
	return ok && secondary.Link == c
}

// String writes the label again, with its check character. Fields come in fixed
// order: lot, quantity and expiry together, serial, date of manufacture, expiry
// of field 14D.
func (m Message) String() string {
	s := "+" + m.DI()
	secondary := m.secondary()
	if m.HasPrimary() && secondary != "" {
		s += "/"
	}
	s += secondary + m.supplements(m.HasPrimary() || secondary != "")
	if m.Link != 0 {
		s += string(rune(m.Link))
	}
	c, _ := CheckCharacter(s)
	return s + string(rune(c))
}

// secondary writes lot, quantity and expiry.
func (m Message) secondary() string {
	dated := m.expiry.form != formNone && m.expiry.form != formDated
	if m.Quantity == 0 && !dated {
		if m.Lot == "" {
			return ""
		}
		return "$" + m.Lot
	}
	s := "$$"
	switch {
	case m.Quantity > 99:
		s += string(rune(flagLongSize)) + pad(m.Quantity, 5)
	case m.Quantity > 0:
		s += string(rune(flagShortSize)) + pad(m.Quantity, 2)
	}
	switch {
	case dated && m.expiry.form != formMonth:
		s += string(rune(m.expiry.form))
	case !dated && m.Lot != "":
		s += string(rune(flagNoDate))
	}
	if dated {
		s += m.expiry.digits()
	}
	return s + m.Lot
}

// supplements writes the fields with names. They need something in front of
// them; without, the serial is written in the form that can stand alone.
func (m Message) supplements(follows bool) string {
	s := ""
	if m.Serial != "" {
		if follows {
			s += "/S" + m.Serial
		} else {
			s += "$+" + m.Serial
		}
	}
	if !m.manufactured.IsZero() {
		s += "/16D" + stamp{form: formDated, year: m.manufactured.Year, date: m.manufactured}.digits()
	}
	if m.expiry.form == formDated {
		s += "/14D" + m.expiry.digits()
	}
	return s
}
