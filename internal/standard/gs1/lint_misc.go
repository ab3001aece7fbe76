package gs1

import "strings"

// lintBase64 checks character set 64 with its optional padding to a multiple of
// three characters, as the Syntax Dictionary's reference check counts it.
func lintBase64(s string) *fault {
	body := strings.TrimRight(s, "=")
	pads := len(s) - len(body)
	if pads > 2 || (pads > 0 && len(s)%3 != 0) {
		return &fault{CodeMalformed, len(body), "wrong padding"}
	}
	if i := firstOutside(body, cset64); i >= 0 {
		return &fault{CodeMalformed, i, "character outside set 64"}
	}
	return nil
}

func checkHasNonDigit(s string) *fault {
	if firstOutside(s, numeric) < 0 {
		return &fault{CodeMalformed, 0, "needs a character that is not a digit"}
	}
	return nil
}

func checkHyphen(s string) *fault {
	if s == "" || strings.Trim(s, "-") != "" {
		return &fault{CodeMalformed, 0, "not a hyphen"}
	}
	return nil
}

func checkImporterIndex(s string) *fault {
	if len(s) != 1 {
		return &fault{CodeMalformed, 0, "importer index is one character"}
	}
	if charsets[s[0]]&cset64 == 0 {
		return &fault{CodeMalformed, 0, "no importer index"}
	}
	return nil
}

func checkNonZero(s string) *fault {
	if f := checkDigits(s); f != nil {
		return f
	}
	if strings.Trim(s, "0") == "" {
		return &fault{CodeRange, 0, "must not be zero"}
	}
	return nil
}

func checkZero(s string) *fault {
	if s == "" || strings.Trim(s, "0") != "" {
		return &fault{CodeRange, 0, "must be zero"}
	}
	return nil
}

// checkNoZeroPrefix refuses a leading zero, and therefore zero itself.
func checkNoZeroPrefix(s string) *fault {
	if strings.HasPrefix(s, "0") {
		return &fault{CodeRange, 0, "must not begin with zero"}
	}
	return checkDigits(s)
}

func checkYesNo(s string) *fault   { return checkOneOf(s, "01", "neither 0 nor 1") }
func checkWinding(s string) *fault { return checkOneOf(s, "019", "no such winding direction") }

// checkSex applies ISO/IEC 5218.
func checkSex(s string) *fault { return checkOneOf(s, "0129", "no such code of sex") }

func checkOneOf(s, allowed, detail string) *fault {
	if len(s) != 1 || strings.IndexByte(allowed, s[0]) < 0 {
		return &fault{CodeRange, 0, detail}
	}
	return nil
}

// Coordinates are WGS84 degrees times 10⁷, shifted to be positive.
func checkLatitude(s string) *fault  { return checkCoordinate(s, "1800000000", "no such latitude") }
func checkLongitude(s string) *fault { return checkCoordinate(s, "3600000000", "no such longitude") }

func checkCoordinate(s, limit, detail string) *fault {
	if f := checkWidth(s, len(limit), "coordinate"); f != nil {
		return f
	}
	if f := checkDigits(s); f != nil {
		return f
	}
	if s > limit {
		return &fault{CodeRange, 0, detail}
	}
	return nil
}

// checkPercent accepts percent signs only before two hexadecimal digits.
func checkPercent(s string) *fault {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		if i+2 >= len(s) || unhex(s[i+1]) < 0 || unhex(s[i+2]) < 0 {
			return &fault{CodeMalformed, i, "wrong percent sequence"}
		}
		i += 2
	}
	return nil
}

// unhex returns the value of a hexadecimal digit, or -1.
func unhex(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// checkPieceOfTotal checks a piece number and a total of equal width.
func checkPieceOfTotal(s string) *fault {
	if f := checkDigits(s); f != nil {
		return f
	}
	if s == "" || len(s)%2 != 0 {
		return &fault{CodeMalformed, 0, "piece and total need equal widths"}
	}
	half := len(s) / 2
	piece, total := s[:half], s[half:]
	switch {
	case strings.Trim(piece, "0") == "":
		return &fault{CodeRange, 0, "piece number is zero"}
	case strings.Trim(total, "0") == "":
		return &fault{CodeRange, half, "total is zero"}
	case piece > total:
		return &fault{CodeRange, 0, "piece number exceeds the total"}
	}
	return nil
}

// checkPosition checks "position/end", both without leading zeros.
func checkPosition(s string) *fault {
	pos, end, found := strings.Cut(s, "/")
	if !found || !allDigits(pos) || !allDigits(end) {
		return &fault{CodeMalformed, 0, "not of the form position/end"}
	}
	switch {
	case pos[0] == '0':
		return &fault{CodeRange, 0, "position begins with zero"}
	case end[0] == '0':
		return &fault{CodeRange, len(pos) + 1, "end begins with zero"}
	case len(pos) > len(end) || (len(pos) == len(end) && pos > end):
		return &fault{CodeRange, 0, "position exceeds the end"}
	}
	return nil
}
