package remote

import (
	"slices"
	"strings"

	"trueward/internal/fault"
	"trueward/internal/standard/money"
)

// The service's own ideas of smallest units, docs.stripe.com/currencies:
// amounts in these currencies are whole units …
var zeroDecimal = []money.Currency{
	"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
}

// … in these, hundredths of a unit that has none …
var hundredfold = []money.Currency{"ISK", "UGX"}

// … and in these, thousandths of which the last digit must be zero.
var threeDecimal = []money.Currency{"BHD", "JOD", "KWD", "OMR", "TND"}

// mostMinor is the largest amount the service takes: eight digits.
const mostMinor = 99_999_999

// Units turns our minor units into the service's. It refuses what the service
// cannot hold exactly.
func Units(a money.Amount) (int64, error) {
	n, digits := a.Minor, a.Currency.Digits()
	if n > mostMinor || n < -mostMinor {
		return 0, fault.Newf(fault.Invalid, "%s is more than Stripe takes in one amount. Send this invoice without Stripe.", a.Format("en"))
	}
	switch {
	case slices.Contains(hundredfold, a.Currency) && digits == 0:
		n *= 100
	case slices.Contains(zeroDecimal, a.Currency) && digits == 2:
		if n%100 != 0 {
			return 0, unfit(a)
		}
		n /= 100
	case slices.Contains(threeDecimal, a.Currency) && n%10 != 0:
		return 0, unfit(a)
	}
	return n, nil
}

func unfit(a money.Amount) error {
	return fault.Newf(fault.Invalid, "Stripe cannot hold %s to the last digit. Send this invoice without Stripe.", a.Format("en"))
}

// FromUnits turns the service's units into ours.
func FromUnits(units int64, currency money.Currency) money.Amount {
	digits := currency.Digits()
	switch {
	case slices.Contains(hundredfold, currency) && digits == 0:
		units /= 100
	case slices.Contains(zeroDecimal, currency) && digits == 2:
		units *= 100
	}
	return money.Amount{Minor: units, Currency: currency}
}

// FitsNumber reports whether a document number can be given to the service: at
// most 26 of A–Z, 0–9 and hyphen.
func FitsNumber(number string) bool {
	return number != "" && len(number) <= 26 && strings.Trim(number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}
