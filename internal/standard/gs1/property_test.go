package gs1

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// text82 draws a value of character set 82.
func text82(t *rapid.T, label string, most int) string {
	letters := rapid.SliceOfN(rapid.SampledFrom([]byte(alphabet82)), 1, most).Draw(t, label)
	return string(letters)
}

func digitText(t *rapid.T, label string, least, most int) string {
	return string(rapid.SliceOfN(rapid.SampledFrom([]byte(digits)), least, most).Draw(t, label))
}

func checked(t *rapid.T, label string, width int) string {
	s := digitText(t, label, width-1, width-1)
	d, _ := CheckDigit(s)
	return s + string(d)
}

func yymmdd(t *rapid.T, label string) string {
	two := func(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }
	return two(rapid.IntRange(0, 99).Draw(t, label+" year")) +
		two(rapid.IntRange(1, 12).Draw(t, label+" month")) + two(rapid.IntRange(0, 28).Draw(t, label+" day"))
}

// drawUDI draws a device label with a random choice and order of its parts.
func drawUDI(t *rapid.T) []Element {
	elements := []Element{{"01", checked(t, "gtin", 14)}}
	for _, part := range rapid.Permutation([]string{"10", "11", "17", "21", "30", "240", "3103", "91", "95"}).Draw(t, "order") {
		if !rapid.Bool().Draw(t, part) {
			continue
		}
		value := ""
		switch part {
		case "11", "17":
			value = yymmdd(t, part)
		case "30":
			value = digitText(t, part, 1, 8)
		case "3103":
			value = digitText(t, part, 6, 6)
		default:
			value = text82(t, part, 20)
		}
		elements = append(elements, Element{part, value})
	}
	return elements
}

// What is written in any form is read back as it was.
func TestRoundTrips(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		elements := drawUDI(rt)
		m, err := New(elements...)
		if err != nil {
			rt.Fatal(err)
		}
		sound(t, "", Message{Elements: m.Elements}, nil)
		link, err := m.DigitalLink()
		if err != nil || strings.ContainsAny(link, " <>\"{}^") {
			rt.Fatalf("%q, %v", link, err)
		}
		if _, err := ParseDigitalLink(link); err != nil {
			rt.Fatalf("%q: %v", link, err)
		}
	})
}

// The true reading is among the splits of a text that lost its separators.
func TestSplitsContainTheTruth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		elements := []Element{
			{"01", checked(rt, "gtin", 14)},
			{"10", text82(rt, "lot", 12)}, {"17", yymmdd(rt, "expiry")}, {"21", text82(rt, "serial", 12)},
		}
		m, err := New(elements...)
		if err != nil {
			rt.Fatal(err)
		}
		lost := strings.ReplaceAll(m.ScanData(), "\x1d", "")
		found, err := Splits(lost, Policy{Required: []string{"01", "10", "17", "21"}, Allowed: []string{"11"}})
		if err != nil {
			rt.Fatal(err)
		}
		for _, s := range found {
			if s.ElementString() == m.ElementString() {
				return
			}
		}
		rt.Fatalf("%s is not among %v", m, found)
	})
}

// One wrong digit in a key is always found, and so is a swap of neighbours that
// the weights tell apart.
func TestCheckDigitFindsEverySingleError(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		gtin := []byte(checked(rt, "gtin", 14))
		at := rapid.IntRange(0, 13).Draw(rt, "at")
		gtin[at] = '0' + (gtin[at]-'0'+byte(rapid.IntRange(1, 9).Draw(rt, "by")))%10
		if _, err := ParseElementString("^01" + string(gtin)); err == nil {
			rt.Fatalf("%s accepted", gtin)
		}
	})
}
