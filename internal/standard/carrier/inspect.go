package carrier

import (
	"errors"
	"time"

	"trueward/internal/standard/gs1"
)

// Inspection is the view of `trueward inspect`: what one scan is and what it
// says. Fields that do not apply are absent from its JSON. Valid means that the
// scan conforms to its standard without any tolerance. A chip's own number is
// no identity of a thing and not valid.
type Inspection struct {
	Input         string
	Kind          Kind
	Valid         bool
	Problem       *Problem // JSON "error"; nil if valid
	Elements      []gs1.Element
	ElementString string
	GTIN          string
	Lot           string
	Serial        string
	Expiry        string // YYYY-MM-DD
	EPC           *EPCView
}

// Problem says in code and sentence why a scan is not valid.
type Problem struct {
	Code    Code
	Message string
}

// EPCView is an EPC in its forms; those a scheme does not have are empty.
type EPCView struct {
	Scheme      string
	TagURI      string
	EPCURI      string
	DigitalLink string
}

// Inspect identifies one line of text, strictly.
func Inspect(line string, now time.Time) Inspection {
	var i Inspection
	i.fill(line, now)
	return i
}

func (i *Inspection) fill(line string, now time.Time) {
	line = trimLineEnd(line)
	*i = Inspection{Input: line}
	if len(line) > MaxScan {
		i.Input = line[:MaxScan]
	}
	a, err := Identify(line, Options{Now: now})
	if err == nil {
		err = a.strict()
	}
	i.Kind = a.Kind
	if err != nil {
		i.refused(err)
		return
	}
	i.Valid = true
	i.Elements, i.ElementString = a.Elements, a.ElementString()
	i.GTIN, i.Lot, i.Serial = a.GTIN, a.Lot, a.Serial
	if !a.Expiry.IsZero() {
		i.Expiry = a.Expiry.String()
	}
	if !a.EPC.IsZero() {
		i.EPC = &EPCView{Scheme: string(a.EPC.Scheme()), TagURI: a.EPC.TagURI(), EPCURI: a.EPC.EPCURI(),
			DigitalLink: a.EPC.DigitalLink()}
	}
}

// strict refuses what Identify tolerates but no standard allows.
func (a *Answer) strict() error {
	for _, w := range a.Warnings {
		if w.Code == StraySeparator {
			return refuse(a.Kind, CodeMalformed, w.Field, 0, "a separator stands where none belongs")
		}
	}
	if a.ChipID != "" {
		return refuse(a.Kind, CodeUnsupported, "scan", 0, "this is a chip's own number, it names no thing")
	}
	return nil
}

func (i *Inspection) refused(err error) {
	i.Problem = &Problem{Code: CodeMalformed, Message: err.Error()}
	var e *Error
	if errors.As(err, &e) {
		i.Kind, i.Problem.Code = e.Kind, e.Code
	}
}

// ElementString is the bracketed GS1 element string of the answer's elements,
// "" if it has none.
func (a *Answer) ElementString() string {
	if len(a.Elements) == 0 {
		return ""
	}
	var b [192]byte
	dst := b[:0]
	for _, e := range a.Elements {
		dst = append(append(append(dst, '('), e.AI...), ')')
		for k := 0; k < len(e.Value); k++ {
			if e.Value[k] == '(' {
				dst = append(dst, '\\')
			}
			dst = append(dst, e.Value[k])
		}
	}
	return string(dst)
}
