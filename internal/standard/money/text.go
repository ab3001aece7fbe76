package money

import (
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// Decimal returns the amount as machines read it: digits, a full stop before
// the minor digits, a leading minus; never grouped, never rounded. 160000 EUR
// is "1600.00", 5 KWD is "0.005", 1600 JPY is "1600".
func (a Amount) Decimal() string {
	digits := a.Currency.Digits()
	text := strconv.FormatUint(magnitude(a.Minor), 10)
	if pad := digits + 1 - len(text); pad > 0 {
		text = strings.Repeat("0", pad) + text
	}
	if digits > 0 {
		text = text[:len(text)-digits] + "." + text[len(text)-digits:]
	}
	if a.Minor < 0 {
		return "-" + text
	}
	return text
}

// Format returns the amount as people of a locale (BCP 47 tag) read it:
// "€1,600.00" in en, "1.600,00 €" in de. An unknown currency falls back to
// Decimal and its code.
func (a Amount) Format(locale string) string {
	exact, err := currency.NewAmount(a.Decimal(), string(a.Currency))
	if err != nil {
		return a.Decimal() + " " + string(a.Currency)
	}
	return currency.NewFormatter(currency.NewLocale(locale)).Format(exact)
}

// String returns Decimal and the code: "1600.00 EUR".
func (a Amount) String() string { return a.Decimal() + " " + string(a.Currency) }

// Parse reads an amount that a person of a locale wrote, with or without
// grouping and currency sign. It fails with ErrCurrency, ErrNumber (no number,
// or more decimals than the currency has: nothing is rounded on the way in)
// and ErrOverflow.
func Parse(text, code, locale string) (Amount, error) {
	c, err := ParseCurrency(code)
	if err != nil {
		return Amount{}, err
	}
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 40 || strings.ContainsAny(text, "eEnN") && !strings.Contains(text, code) {
		return Amount{}, ErrNumber
	}
	exact, err := currency.NewFormatter(currency.NewLocale(locale)).Parse(text, code)
	if err != nil {
		return Amount{}, ErrNumber
	}
	return ParseDecimal(exact.Number(), c)
}

// ParseDecimal reads the form of Decimal. It fails like Parse.
func ParseDecimal(text string, c Currency) (Amount, error) {
	digits := c.Digits()
	body, negative := strings.CutPrefix(text, "-")
	whole, fraction, dotted := strings.Cut(body, ".")
	if len(fraction) > digits {
		if strings.Trim(fraction[digits:], "0") != "" {
			return Amount{}, ErrNumber
		}
		fraction = fraction[:digits]
	}
	if whole == "" || dotted && digits > 0 && fraction == "" || !onlyDigits(whole+fraction) {
		return Amount{}, ErrNumber
	}
	number := whole + fraction + strings.Repeat("0", digits-len(fraction))
	if negative {
		number = "-" + number
	}
	minor, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return Amount{}, ErrOverflow
	}
	return Amount{minor, c}, nil
}

func onlyDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
