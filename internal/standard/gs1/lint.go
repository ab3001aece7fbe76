package gs1

// linter names one content check of the Syntax Dictionary.
type linter uint8

const (
	lintCsum linter = iota
	lintCsumalpha
	lintCouponcode
	lintCouponposoffer
	lintGcppos1
	lintGcppos2
	lintHasnondigit
	lintHh
	lintHhmi
	lintHyphen
	lintIban
	lintImporteridx
	lintIso3166
	lintIso3166999
	lintIso3166alpha2
	lintIso4217
	lintIso5218
	lintLatitude
	lintLongitude
	lintMediatype
	lintMi
	lintNonzero
	lintNozeroprefix
	lintPackagetype
	lintPcenc
	lintPieceoftotal
	lintPosinseqslash
	lintSs
	lintWinding
	lintYesno
	lintYymmd0
	lintYymmdd
	lintYyyymmd0
	lintYyyymmdd
	lintZero
)

var linters = [...]func(string) *fault{
	lintCsum:           checkSum,
	lintCsumalpha:      checkPair,
	lintCouponcode:     checkCoupon,
	lintCouponposoffer: checkPositiveOffer,
	lintGcppos1:        checkCompanyPrefix,
	lintGcppos2:        checkCompanyPrefixSecond,
	lintHasnondigit:    checkHasNonDigit,
	lintHh:             checkHour,
	lintHhmi:           checkHourMinute,
	lintHyphen:         checkHyphen,
	lintIban:           checkIBAN,
	lintImporteridx:    checkImporterIndex,
	lintIso3166:        checkCountry,
	lintIso3166999:     checkCountryOr999,
	lintIso3166alpha2:  checkCountryAlpha,
	lintIso4217:        checkCurrency,
	lintIso5218:        checkSex,
	lintLatitude:       checkLatitude,
	lintLongitude:      checkLongitude,
	lintMediatype:      checkMediaType,
	lintMi:             checkMinute,
	lintNonzero:        checkNonZero,
	lintNozeroprefix:   checkNoZeroPrefix,
	lintPackagetype:    checkPackageType,
	lintPcenc:          checkPercent,
	lintPieceoftotal:   checkPieceOfTotal,
	lintPosinseqslash:  checkPosition,
	lintSs:             checkSecond,
	lintWinding:        checkWinding,
	lintYesno:          checkYesNo,
	lintYymmd0:         checkDateOrMonth,
	lintYymmdd:         checkDate,
	lintYyyymmd0:       checkLongDateOrMonth,
	lintYyyymmdd:       checkLongDate,
	lintZero:           checkZero,
}

func (l linter) check(s string) *fault { return linters[l](s) }

// checkDigits refuses anything but digits; most numeric checks start with it
// because they must stand alone, too.
func checkDigits(s string) *fault {
	if i := firstOutside(s, numeric); i >= 0 {
		return &fault{CodeMalformed, i, "not a digit"}
	}
	return nil
}
