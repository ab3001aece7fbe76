package scanning

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// TestElements is what the codes of the set-up sheet say: a GS1 element string
// (sample company prefix of the GS1 General Specifications) whose lot and serial
// hold the characters that keyboard layouts disagree about, with the separator
// between them.
const TestElements = testHead + testLot + "\u001d" + "21" + testSerial

const (
	testHead   = "0109506000134352" + "17" + "281231" + "10"
	testLot    = "AZQWYM-/_+" // moves between QWERTY, QWERTZ and AZERTY
	testSerial = "azqwym:;="
)

// Finding is one thing that a hand scanner's test shows.
type Finding struct {
	Good bool
	What string // what was seen
	Do   string // what to set; empty when nothing is to be done
}

// SelfTest judges what a hand scanner made of the test code: separator, letters,
// symbology identifier, anything put before or behind. It never guesses what a
// spoiled code meant.
func SelfTest(raw string) []Finding {
	raw = strings.TrimRight(raw, "\r\n\t")
	body, identified := cutIdentifier(raw)
	bare := strings.ReplaceAll(TestElements, "\u001d", "")
	switch {
	case body == TestElements:
		return append([]Finding{{Good: true, What: "The scanner is set up well: separator, letters and signs arrive as they are printed."}}, identifier(identified)...)
	case body == bare:
		return []Finding{{
			What: "The scanner is not sending the group separator, so lot and serial cannot be told apart.",
			Do:   "Switch on “transmit GS” (FNC1 as Ctrl+] or ASCII 29) for GS1 DataMatrix and GS1-128.",
		}}
	case strings.EqualFold(body, TestElements):
		return []Finding{{What: "Capital and small letters are changed.", Do: "Switch Caps Lock off, and case conversion in the scanner."}}
	}
	if f, ok := separator(body); ok {
		return []Finding{f}
	}
	if f, ok := around(raw); ok {
		return []Finding{f}
	}
	return []Finding{layout(body)}
}

// cutIdentifier takes an AIM symbology identifier off.
func cutIdentifier(raw string) (string, bool) {
	if len(raw) > 3 && raw[0] == ']' {
		return raw[3:], true
	}
	return raw, false
}

func identifier(sent bool) []Finding {
	if sent {
		return nil
	}
	return []Finding{{
		Good: true, What: "The scanner does not say which kind of code it read.",
		Do: "It works so; if the scanner can, switch on “transmit AIM ID”.",
	}}
}

// separator finds something else sent where the separator stands.
func separator(body string) (Finding, bool) {
	rest, ok := strings.CutPrefix(body, testHead+testLot)
	if !ok {
		return Finding{}, false
	}
	instead, ok := strings.CutSuffix(rest, "21"+testSerial)
	if !ok {
		return Finding{}, false
	}
	return Finding{
		What: fmt.Sprintf("Instead of the group separator the scanner sends %q.", instead),
		Do:   "Set the separator to ASCII 29 (GS), sent as Ctrl+].",
	}, true
}

// around finds characters put before or behind the code.
func around(raw string) (Finding, bool) {
	before, after, ok := strings.Cut(raw, TestElements)
	if !ok {
		return Finding{}, false
	}
	if before, _ = strings.CutSuffix(before, "]d2"); before != "" {
		before, _ = strings.CutSuffix(before, "]C1")
	}
	return Finding{
		What: fmt.Sprintf("The scanner puts %q before the code and %q behind it.", before, after),
		Do:   "Take the prefix away, and set the suffix to Enter alone.",
	}, true
}

// layout compares character by character, where that can be done.
func layout(body string) Finding {
	want, got := []rune(TestElements), []rune(body)
	changed := 0
	var first string
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			if changed++; changed == 1 {
				first = fmt.Sprintf("“%c” arrives as “%c”", want[i], got[i])
			}
		}
	}
	if len(want) != len(got) || utf8.RuneCountInString(body) == 0 || changed > len(want)*2/3 {
		return Finding{What: "This is not the test code, or much of it was lost.", Do: "Scan the code on this sheet, and hold the scanner still until it beeps."}
	}
	return Finding{
		What: "The keyboard layout is wrong: " + first + ".",
		Do:   "Set the scanner's keyboard layout to the computer's, or have it send characters by their ALT codes.",
	}
}
