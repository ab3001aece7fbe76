package wording

import (
	"regexp"
	"strings"
)

// figures are how a language writes dates, numbers and amounts.
type figures struct {
	months  map[string]string // by their English short name; nil: as in English
	day     string            // between day and month
	group   string
	decimal string
	least   int // digits before the decimal sign from which on they are grouped
	percent string
}

var englishMonths = strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")

// figuresOf holds the short month names and signs of CLDR for the languages.
func figuresOf(tag Tag) figures {
	switch tag {
	case German:
		return figures{monthsOf("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."), ". ", ".", ",", 4, "\u00a0%"}
	case Spanish:
		return figures{monthsOf("ene feb mar abr may jun jul ago sept oct nov dic"), " ", ".", ",", 5, "\u00a0%"}
	case French:
		return figures{monthsOf("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."), " ", "\u202f", ",", 4, "\u202f%"}
	}
	return figures{}
}

func monthsOf(names string) map[string]string {
	out := map[string]string{}
	for i, name := range strings.Fields(names) {
		out[englishMonths[i]] = name
	}
	return out
}

// written finds, in this order, a date with or without a day, an amount with
// its currency before it, a share in percent, and a grouped number.
var written = regexp.MustCompile(`\b(?:(\d{1,2}) )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})\b` +
	`|(-?)((?:[A-Z]{1,2})?[$€£¥]|[A-Z]{3}\x{a0})(\d[\d,]*(?:\.\d+)?)` +
	`|\b(\d[\d,]*(?:\.\d+)?) ?%` +
	`|\b(\d{1,3}(?:,\d{3})+(?:\.\d+)?)\b`)

// rewrite writes the figures of an English text as the language does.
func (f figures) rewrite(text string) string {
	if f.months == nil || strings.IndexAny(text, "0123456789") < 0 {
		return text
	}
	found := written.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	var out strings.Builder
	end := 0
	for _, at := range found {
		part := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return text[at[2*i]:at[2*i+1]]
		}
		out.WriteString(text[end:at[0]])
		end = at[1]
		switch {
		case part(2) != "":
			out.WriteString(f.date(part(1), part(2), part(3)))
		case part(6) != "":
			out.WriteString(part(4) + f.number(part(6)) + "\u00a0" + strings.TrimRight(part(5), "\u00a0"))
		case part(7) != "":
			out.WriteString(f.number(part(7)) + f.percent)
		default:
			out.WriteString(f.number(part(8)))
		}
	}
	return out.String() + text[end:]
}

func (f figures) date(day, month, year string) string {
	if day == "" {
		return f.months[month] + " " + year
	}
	return day + f.day + f.months[month] + " " + year
}

// number turns an English number's signs into the language's.
func (f figures) number(text string) string {
	whole, fraction, dotted := strings.Cut(strings.ReplaceAll(text, ",", ""), ".")
	if len(whole) >= f.least {
		for at := len(whole) - 3; at > 0; at -= 3 {
			whole = whole[:at] + f.group + whole[at:]
		}
	}
	if dotted {
		return whole + f.decimal + fraction
	}
	return whole
}
