package ubl

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Rule is one rule of an authority.
type Rule struct {
	ID    string // as its authority names it
	Words string // what must hold
	holds func(*reading) bool
}

// Violation is a broken rule.
type Violation struct{ Rule, Words string }

// Error names every rule that a document breaks, in the order of Rules.
type Error struct{ Violations []Violation }

// Error names the rules with their words.
func (e *Error) Error() string {
	parts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		parts[i] = v.Rule + ": " + v.Words
	}
	return "ubl: " + strings.Join(parts, " ")
}

// Breaks reports whether the rule is among the broken ones.
func (e *Error) Breaks(rule string) bool {
	for _, v := range e.Violations {
		if v.Rule == rule {
			return true
		}
	}
	return false
}

// Rules returns every rule that Write and Check hold documents to.
func Rules() []Rule {
	var all []Rule
	for _, part := range [][]Rule{documentRules, decimalRules, partyRules, allowanceRules, sumRules, taxRules, lineRules, identifierRules} {
		all = append(all, part...)
	}
	return all
}

var rules = Rules()

// Check judges a document by Rules: nil, an *Error, or ErrNotUBL.
func Check(document []byte) error {
	root, err := Parse(document)
	if err != nil {
		return err
	}
	return check(root)
}

func check(root *Element) error {
	r := read(root)
	var broken Error
	for _, rule := range rules {
		if !rule.holds(r) {
			broken.Violations = append(broken.Violations, Violation{rule.ID, rule.Words})
		}
	}
	if len(broken.Violations) > 0 {
		return &broken
	}
	return nil
}

// reading is a document laid out for rules.
type reading struct {
	*Element
	credit   bool
	currency string
	lines    []*Element
	quantity string     // name of the lines' quantity
	leaves   []*Element // elements without children
	seller   *Element
	buyer    *Element
	sums     *Element
}

func read(root *Element) *reading {
	r := &reading{Element: root, credit: root.Name == "CreditNote", currency: root.text("cbc:DocumentCurrencyCode")}
	line := "cac:InvoiceLine"
	r.quantity = "cbc:InvoicedQuantity"
	if r.credit {
		line, r.quantity = "cac:CreditNoteLine", "cbc:CreditedQuantity"
	}
	r.lines = root.all(line)
	r.seller = first(root.all("cac:AccountingSupplierParty", "cac:Party"))
	r.buyer = first(root.all("cac:AccountingCustomerParty", "cac:Party"))
	r.sums = first(root.all("cac:LegalMonetaryTotal"))
	root.walk(func(e *Element) {
		if len(e.Children) == 0 {
			r.leaves = append(r.leaves, e)
		}
	})
	return r
}

// first is the first element or an empty one, so that rules need not ask.
func first(found []*Element) *Element {
	if len(found) == 0 {
		return &Element{}
	}
	return found[0]
}

func every(elements []*Element, holds func(*Element) bool) bool {
	for _, e := range elements {
		if !holds(e) {
			return false
		}
	}
	return true
}

// named returns the leaves of any of the names.
func (r *reading) named(names ...string) []*Element {
	var found []*Element
	for _, e := range r.leaves {
		for _, n := range names {
			if e.Name == "cbc:"+n {
				found = append(found, e)
			}
		}
	}
	return found
}

// number reads a decimal number; what is none counts as nothing and is not ok.
func number(text string) (*big.Rat, bool) {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text, "eE/_xXpP") {
		return new(big.Rat), false
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat), false
	}
	return n, true
}

func (e *Element) number(path ...string) *big.Rat {
	n, _ := number(e.text(path...))
	return n
}

func sum(elements []*Element, path ...string) *big.Rat {
	total := new(big.Rat)
	for _, e := range elements {
		total.Add(total, e.number(path...))
	}
	return total
}

// within reports whether a and b differ by at most the slack, in hundredths.
func within(a, b *big.Rat, hundredths int64) bool {
	return new(big.Rat).Abs(new(big.Rat).Sub(a, b)).Cmp(big.NewRat(hundredths, 100)) <= 0
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

func oneOf(text, list string) bool {
	return text != "" && !strings.Contains(text, " ") && strings.Contains(" "+list+" ", " "+text+" ")
}

func rule(id, words string, holds func(*reading) bool) Rule { return Rule{id, words, holds} }

func peppol(id, words string, holds func(*reading) bool) Rule {
	return Rule{fmt.Sprintf("PEPPOL-%s", id), words, holds}
}
