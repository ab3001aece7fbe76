package ntag424

import "strings"

// Layout is the part of a template's URL behind prefix, as the layout of an
// sdm.Profile: what the tag will write there, with the same placeholders. It is
// "" if the URL does not begin with prefix.
func (t Template) Layout(prefix string) string {
	rest, ok := strings.CutPrefix(t.URL, prefix)
	if !ok {
		return ""
	}
	return rest
}
