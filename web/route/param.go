package route

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// In says where a parameter comes from.
type In string

// The places of a parameter.
const (
	InPath  In = "path"
	InQuery In = "query"
	InForm  In = "form"
)

// Param declares one parameter. It may be absent or empty (whether a field is
// needed is the use case's refusal, at the field); what is there must be of
// its type.
type Param struct {
	Name string
	In   In
	Type Type
	// Many lets the parameter come more than once (check boxes).
	Many bool
	// File lets the field come as a file too, whose text is its value.
	File bool
}

// Path declares a path parameter.
func Path(name string, t Type) Param { return Param{Name: name, In: InPath, Type: t} }

// Query declares a parameter of the query string.
func Query(name string, t Type) Param { return Param{Name: name, In: InQuery, Type: t} }

// QueryMany declares a parameter of the query string that may repeat.
func QueryMany(name string, t Type) Param {
	return Param{Name: name, In: InQuery, Type: t, Many: true}
}

// Form declares a form field.
func Form(name string, t Type) Param { return Param{Name: name, In: InForm, Type: t} }

// FormMany declares a form field that may repeat.
func FormMany(name string, t Type) Param { return Param{Name: name, In: InForm, Type: t, Many: true} }

// Upload declares a form field of text that may be pasted or come as a file.
func Upload(name string, t Type) Param { return Param{Name: name, In: InForm, Type: t, File: true} }

// TakesFiles reports whether a field of the route may be a file.
func (r Route) TakesFiles() bool {
	return slices.ContainsFunc(r.Params, func(p Param) bool { return p.File })
}

func (p Param) check() error {
	if p.Name == "" || p.Type.accepts == nil || p.Type.max == 0 {
		return fmt.Errorf("parameter %q has no type", p.Name)
	}
	return nil
}

// maxRepeats bounds how often a Many parameter may come.
const maxRepeats = 500

// Accepts reports whether values are of the declared form.
func (p Param) Accepts(values []string) bool {
	if len(values) > 1 && !p.Many || len(values) > maxRepeats {
		return false
	}
	return !slices.ContainsFunc(values, func(v string) bool { return !p.Type.Accepts(v) })
}

// Type is the form of a parameter's value.
type Type struct {
	name    string
	max     int // bytes
	accepts func(string) bool
	secret  bool
}

// Secret reports whether values of the type must leave no trace, not even in
// a digest: one of a short secret helps to guess it.
func (t Type) Secret() bool { return t.secret }

// String names the type, for the list of routes.
func (t Type) String() string { return t.name }

// Accepts reports whether one value is of the type. The empty value always is:
// browsers send fields left empty.
func (t Type) Accepts(value string) bool {
	return value == "" || len(value) <= t.max && utf8.ValidString(value) && t.accepts(value)
}

// ID is a UUID in its lower-case text form.
func ID() Type { return Type{name: "id", max: 36, accepts: isUUID} }

// Int is a whole number without sign, at most 15 ASCII digits.
func Int() Type { return Type{name: "int", max: 15, accepts: isDigits} }

// Date is a civil date YYYY-MM-DD by its form; the handler reads it.
func Date() Type { return Type{name: "date", max: 10, accepts: isDate} }

// Enum is one of the values.
func Enum(values ...string) Type {
	longest := 1
	for _, v := range values {
		longest = max(longest, len(v))
	}
	return Type{name: "enum(" + strings.Join(values, "|") + ")", max: longest, accepts: func(s string) bool { return slices.Contains(values, s) }}
}

// Token is an opaque value of letters, digits, "-", "_", "." and "=": cursors,
// links, hexadecimal.
func Token(max int) Type {
	return Type{name: fmt.Sprintf("token(%d)", max), max: max, accepts: isToken}
}

// Text is one line that may hold numbers people act upon: search words, lots,
// amounts. Digits other than 0–9 are refused, for two of them look alike and
// mean different things.
func Text(max int) Type {
	return Type{name: fmt.Sprintf("text(%d)", max), max: max, accepts: func(s string) bool { return isLine(s) && !hasForeignDigit(s) }}
}

// Prose is what people write for people, in any script, on several lines:
// names, addresses, reasons.
func Prose(max int) Type {
	return Type{name: fmt.Sprintf("prose(%d)", max), max: max, accepts: isProse}
}

// Secret is a password: any characters but controls.
func Secret(max int) Type {
	return Type{name: fmt.Sprintf("secret(%d)", max), max: max, accepts: isLine, secret: true}
}

// Scan is what a scanner sends: printable text with the separators GS, RS,
// EOT and line ends.
func Scan(max int) Type { return Type{name: fmt.Sprintf("scan(%d)", max), max: max, accepts: isScan} }

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

func isDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

func isDate(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && isDigits(s[:4]+s[5:7]+s[8:])
}

func isToken(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.=", r)
	}) < 0
}

func isLine(s string) bool { return strings.IndexFunc(s, unicode.IsControl) < 0 }

func isProse(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	}) < 0
}

func isScan(s string) bool {
	return !hasForeignDigit(s) && strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune("\x04\x1d\x1e\r\n\t", r)
	}) < 0
}

func hasForeignDigit(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > '9' && unicode.IsDigit(r) }) >= 0
}
