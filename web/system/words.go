package system

import "strings"

// actions say in words what an entry of the audit trail is about.
var actions = map[string]string{
	"account.confirmed":         "Another bank account was confirmed",
	"account.proposed":          "Another bank account was proposed",
	"account.refused":           "Another bank account was refused",
	"agreement.created":         "An agreement was made",
	"books.zone_set":            "The calendar of a book was set",
	"alert.acknowledged":        "An alert was looked at",
	"case.opened":               "A case was opened",
	"case.closed":               "A case was closed",
	"case.joined":               "Joined a case",
	"case.left":                 "Left a case",
	"export.taken":              "An export was taken",
	"hold.set":                  "A hold was set",
	"invoice.advanced":          "An invoice went a step on",
	"invoice.approved":          "An invoice was approved",
	"invoice.collected":         "A usage was collected on an invoice",
	"invoice.cut_off":           "An invoice was closed for further lines",
	"invoice.drafted":           "An invoice was begun",
	"invoice.emptied":           "An invoice lost its last line",
	"invoice.frozen":            "An invoice was frozen",
	"invoice.issued":            "An invoice was issued",
	"invoice.numbered":          "An invoice got its number",
	"invoice.parked":            "An invoice was parked",
	"invoice.released":          "An invoice was released",
	"invoice.sent":              "An invoice was sent",
	"invoice.unparked":          "A parked invoice goes on",
	"invoice.verified":          "An invoice was verified",
	"line.confirmed":            "A side confirmed a usage on its sheet",
	"line.contested":            "A side contested a usage on its sheet",
	"line.held":                 "A line was held",
	"line.not_collected":        "A line was left out of an invoice",
	"line.released":             "A held line was released",
	"organisation.created":      "An organisation was added",
	"payment.recorded":          "A payment was recorded",
	"payment.reversed":          "A payment was reversed",
	"person.created":            "A person was added",
	"person.disabled":           "A person was disabled",
	"person.enabled":            "A person was enabled again",
	"person.invited":            "A person was invited",
	"person.link_made":          "A link for a password was made",
	"person.password_changed":   "A password was set",
	"person.preferences_chosen": "Chose how pages work",
	"person.roles_changed":      "Roles were changed",
	"person.signed_in":          "Signed in",
	"person.theme_chosen":       "Chose the colours of pages",
	"person.language_chosen":    "Chose the language of pages",
	"place.created":             "A place was added",
	"price.set":                 "A list price was set",
	"product.created":           "A product was added",
	"profile.created":           "A tag profile was added",
	"sample.allowed":            "Sample data was let in",
	"setup.done":                "The installation was set up",
	"setup.offered":             "A set-up link was made",
	"site.created":              "A site was added",
	"tag.bound":                 "A tag was bound to a unit",
	"tag.checked":               "A tag was checked",
	"unit.announced":            "A unit was announced",
	"unit.checked":              "A unit was checked",
	"unit.tapped_again":         "A unit's tag was tapped again",
	"unit.held":                 "A unit was put on hold",
	"unit.opened":               "A unit was opened",
	"unit.put_back":             "A unit was put back",
	"unit.received":             "A unit was received",
	"unit.removed":              "A unit was taken out",
	"kept_scan.listed":          "A scan made offline did not fit and was listed",
	"kept_scan.decided":         "A scan made offline was decided about",
	"unit.scanned":              "A unit was scanned on a case",
	"unit.set_aside":            "A unit was set aside",
	"unit.used":                 "A unit was used",
	"unit.wasted":               "A unit was wasted",
	"usage.moved":               "A usage was moved to another case",
	"usage.notified":            "The vendor was told of a usage",
	"usage.notice_dropped":      "A notice of usage was dropped: the usage was taken back",
	"usage.undone":              "A usage was taken back",
	"view.removed":              "Removed a view of a list",
	"view.saved":                "Saved a view of a list",
	"work.parked":               "Work was parked",
	"work.released":             "Parked work was released",
}

// actionWords say what happened; an action without words of its own is shown
// as it is named, never left out.
func actionWords(action string) string {
	for _, room := range []map[string]string{actions, moneyActions, stockActions, tagActions, peopleActions} {
		if words, ok := room[action]; ok {
			return words
		}
	}
	return strings.NewReplacer(".", ": ", "_", " ").Replace(action)
}

// objectWords name what an entry is about.
func objectWords(kind string) string {
	switch kind {
	case "":
		return "object"
	case "job":
		return "piece of work"
	case "line":
		return "invoice line"
	case "profile":
		return "tag profile"
	case "setup":
		return "set-up"
	}
	return kind
}
