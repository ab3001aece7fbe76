package export

import (
	"cmp"
	"regexp"
	"strings"

	"trueward/internal/domain/access"
	"trueward/internal/domain/billing"
	"trueward/internal/standard/ubl"
)

// town recognises the line of an address that holds post code and town, as
// countries write it.
var town = []*regexp.Regexp{
	regexp.MustCompile(`^(?:[A-Z]{1,2}-)?(?P<zone>\d{4,5}(?: [A-Z]{2})?|\d{3} \d{2}|\d{2}-\d{3})\s+(?P<city>\D.*)$`), // 79110 Freiburg
	regexp.MustCompile(`^(?P<city>.+?),?\s+(?P<region>[A-Z]{2})\s+(?P<zone>\d{5}(?:-\d{4})?)$`),                      // Chicago, IL 60616
	regexp.MustCompile(`^(?P<zone>[A-Z]\d[\dW] [A-Z0-9]{4})\s+(?P<city>.+)$`),                                        // D02 XK40 Dublin
	regexp.MustCompile(`^(?P<city>.+?),?\s+(?P<zone>[A-Z]\d[\dW] [A-Z0-9]{4}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})$`),     // Leeds LS1 4AP
}

// addressOf splits an address of several lines, as far as it can be told; what
// the party's details say goes first.
func addressOf(o access.Organisation, d billing.PartyDetails) ubl.Address {
	var a ubl.Address
	var rest []string
	for line := range strings.Lines(o.Address) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case a.City == "" && len(rest) > 0 && splitTown(line, &a):
		default:
			rest = append(rest, line)
		}
	}
	if len(rest) > 0 {
		a.Street, a.More = rest[0], strings.Join(rest[1:], ", ")
	}
	a.Country = o.Country
	if d.City != "" {
		a.More = ""
	}
	a.Street, a.City = cmp.Or(d.Street, a.Street), cmp.Or(d.City, a.City)
	a.PostalZone, a.Region = cmp.Or(d.PostalZone, a.PostalZone), cmp.Or(d.Region, a.Region)
	return a
}

func splitTown(line string, a *ubl.Address) bool {
	for _, form := range town {
		found := form.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		for i, name := range form.SubexpNames() {
			switch name {
			case "zone":
				a.PostalZone = found[i]
			case "city":
				a.City = found[i]
			case "region":
				a.Region = found[i]
			}
		}
		return true
	}
	return false
}
