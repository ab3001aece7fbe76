package finance

import (
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/domain/billing"
	"trueward/templates/ui"
)

// deeds are the audit trail's actions on invoices as people read them. What is
// not here is left out: inner steps tell a person nothing.
var deeds = map[string]struct {
	tone ui.Tone
	icon string
	word string
}{
	"invoice.collected":     {ui.Info, "plus", "Usage collected"},
	"invoice.frozen":        {ui.Info, "clock", "Cut off: lines and amounts frozen"},
	"invoice.approved":      {ui.Done, "check", "Approved"},
	"invoice.numbered":      {ui.Info, "file", "Numbered"},
	"invoice.issued":        {ui.Done, "file", "Issued; document stored and posted to both books"},
	"invoice.sent":          {ui.Done, "truck", "Delivered to the hospital"},
	"invoice.released":      {ui.Warn, "undo", "Released to collect again"},
	"invoice.parked":        {ui.Stop, "stop", "Parked"},
	"invoice.unparked":      {ui.Info, "next", "Let go on"},
	"payment.recorded":      {ui.Done, "money", "Payment recorded"},
	"payment.refunded":      {ui.Warn, "undo", "Refund recorded"},
	"credit.proposed":       {ui.Info, "file", "Credit note proposed"},
	"credit.issued":         {ui.Done, "file", "Credit note issued and posted to both books"},
	"credit.declined":       {ui.Warn, "close", "Credit note declined"},
	"invoice.rebilled":      {ui.Info, "next", "Credited lines billed again"},
	"invoice.end_asked":     {ui.Warn, "waiting", "End without payment asked for"},
	"invoice.end_refused":   {ui.Info, "undo", "End without payment refused"},
	"invoice.void":          {ui.Stop, "close", "Void"},
	"invoice.uncollectible": {ui.Stop, "close", "Written off as uncollectible"},
	"dispute.opened":        {ui.Warn, "warning", "Line disputed"},
	"dispute.answered":      {ui.Info, "info", "Dispute answered"},
	"dispute.agreed":        {ui.Done, "check", "Dispute agreed; credit note proposed"},
	"dispute.withdrawn":     {ui.Info, "undo", "Dispute withdrawn"},
	"dispute.escalated":     {ui.Stop, "warning", "Dispute escalated"},
	"payment.reversed":      {ui.Warn, "undo", "Payment taken back"},
}

// timeline tells an invoice's life from its audit trail, oldest first. The
// caller has read the invoice by a scoped query.
func timeline(q store.Queries, i billing.NamedInvoice) ([]ui.Event, error) {
	entries, err := q.AuditTrail("invoice", string(i.ID))
	if err != nil {
		return nil, err
	}
	names, site := map[string]string{}, siteZone(q, i)
	var events []ui.Event
	for _, e := range entries {
		deed, told := deeds[e.Action]
		if !told {
			continue
		}
		events = append(events, ui.Event{
			Tone: deed.tone, Icon: deed.icon, What: deed.word + because(e), When: ui.Instant(e.At, site), Who: who(q, names, e),
		})
	}
	return events, nil
}

func because(e audit.Entry) string {
	if e.Reason == "" {
		return ""
	}
	return ": " + e.Reason
}

// who names people of the asker's own organisation; the other side is named as
// a side.
func who(q store.Queries, names map[string]string, e audit.Entry) string {
	if strings.HasPrefix(e.Actor, "system:") {
		return "Trueward"
	}
	if name, known := names[e.Actor]; known {
		return name
	}
	names[e.Actor] = "the other side"
	if person, err := q.Person(access.PersonID(e.Actor)); err == nil {
		names[e.Actor] = person.Name
	}
	return names[e.Actor]
}
