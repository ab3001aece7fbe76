package epc

import "strings"

// Scheme names an EPC binary coding scheme as TDS 2.3 Table 14-1 does.
type Scheme string

// The schemes of TDS 2.3.
const (
	SGTIN96        Scheme = "SGTIN-96"
	SGTIN198       Scheme = "SGTIN-198"
	SSCC96         Scheme = "SSCC-96"
	SGLN96         Scheme = "SGLN-96"
	SGLN195        Scheme = "SGLN-195"
	GRAI96         Scheme = "GRAI-96"
	GRAI170        Scheme = "GRAI-170"
	GIAI96         Scheme = "GIAI-96"
	GIAI202        Scheme = "GIAI-202"
	GSRN96         Scheme = "GSRN-96"
	GSRNP96        Scheme = "GSRNP-96"
	GDTI96         Scheme = "GDTI-96"
	GDTI174        Scheme = "GDTI-174"
	SGCN96         Scheme = "SGCN-96"
	ITIP110        Scheme = "ITIP-110"
	ITIP212        Scheme = "ITIP-212"
	CPI96          Scheme = "CPI-96"
	CPIVar         Scheme = "CPI-var"
	GID96          Scheme = "GID-96"
	USDOD96        Scheme = "USDOD-96"
	ADIVar         Scheme = "ADI-var"
	SGTINPlus      Scheme = "SGTIN+"
	DSGTINPlus     Scheme = "DSGTIN+"
	SSCCPlus       Scheme = "SSCC+"
	SGLNPlus       Scheme = "SGLN+"
	GRAIPlus       Scheme = "GRAI+"
	GIAIPlus       Scheme = "GIAI+"
	GSRNPlus       Scheme = "GSRN+"
	GSRNPPlus      Scheme = "GSRNP+"
	GDTIPlus       Scheme = "GDTI+"
	SGCNPlus       Scheme = "SGCN+"
	ITIPPlus       Scheme = "ITIP+"
	CPIPlus        Scheme = "CPI+"
	SGTINPlusPlus  Scheme = "SGTIN++"
	DSGTINPlusPlus Scheme = "DSGTIN++"
	SSCCPlusPlus   Scheme = "SSCC++"
	SGLNPlusPlus   Scheme = "SGLN++"
	GRAIPlusPlus   Scheme = "GRAI++"
	GIAIPlusPlus   Scheme = "GIAI++"
	GSRNPlusPlus   Scheme = "GSRN++"
	GSRNPPlusPlus  Scheme = "GSRNP++"
	GDTIPlusPlus   Scheme = "GDTI++"
	SGCNPlusPlus   Scheme = "SGCN++"
	ITIPPlusPlus   Scheme = "ITIP++"
	CPIPlusPlus    Scheme = "CPI++"
)

// kind is the identity behind a scheme: what its EPC URI calls it.
type kind uint8

const (
	sgtin kind = iota + 1
	sscc
	sgln
	grai
	giai
	gsrn
	gsrnp
	gdti
	sgcn
	itip
	cpi
	gid
	usdod
	adi
)

var kindNames = [...]string{sgtin: "sgtin", sscc: "sscc", sgln: "sgln", grai: "grai", giai: "giai",
	gsrn: "gsrn", gsrnp: "gsrnp", gdti: "gdti", sgcn: "sgcn", itip: "itip", cpi: "cpi",
	gid: "gid", usdod: "usdod", adi: "adi"}

// field is the coding method of a serial number or of an alphanumeric
// reference (TDS 2.3 §14.3 and §14.5).
type field uint8

const (
	absent   field = iota
	integer        // fixed bits, prints without leading zeros
	oneled         // fixed bits, decimal digits with a "1" in front (SGCN-96)
	seven          // 7-bit characters, zero bits to the end of the field
	six            // 6-bit characters, ended by a zero character
	variable       // encoding indicator, length, data ("+" schemes)
	numeric        // length and integer ("+" schemes)
)

// layout describes one scheme. Bit counts are those of the TDS tables.
type layout struct {
	header byte
	scheme Scheme
	kind   kind
	plus   uint8 // 0 classic, 1 "+", 2 "++"
	dated  bool  // DSGTIN: a date stands before the key

	filterBits uint8
	refBits    uint8 // reference bits = refBits - company prefix bits
	refDigits  uint8 // reference digits = refDigits - company prefix digits
	ref        field // integer (padded), absent for unpadded; six, seven
	unpadded   bool  // the reference prints without leading zeros

	keyDigits uint8 // "+" schemes: digits of the key; 0 for the T method

	serial     field
	serialBits uint8
	serialMax  uint8 // characters

	odd bool // variable length: text may end in half a byte

	tagURI, epcURI string // beginnings of the URIs, up to the filter and the key
}

// classic returns the common part of a partitioned scheme.
func classic(header byte, scheme Scheme, k kind, refBits, refDigits uint8, serial field, bits, chars uint8) layout {
	return layout{header: header, scheme: scheme, kind: k, filterBits: 3, refBits: refBits, refDigits: refDigits,
		ref: integer, serial: serial, serialBits: bits, serialMax: chars}
}

func plus(header byte, scheme Scheme, k kind, generation, digits uint8, serial field, chars uint8) layout {
	return layout{header: header, scheme: scheme, kind: k, plus: generation, filterBits: 3, keyDigits: digits,
		serial: serial, serialMax: chars, odd: true}
}

func (l layout) references(f field, unpadded bool) layout {
	l.ref, l.unpadded = f, unpadded
	return l
}

func (l layout) withDate() layout { l.dated = true; return l }

func (l layout) variableLength() layout { l.odd = true; return l }

// schemeTable is TDS 2.3 Table 14-1 with §14.6 folded in.
var schemeTable = []layout{
	classic(0x30, SGTIN96, sgtin, 44, 13, integer, 38, 12),
	classic(0x36, SGTIN198, sgtin, 44, 13, seven, 140, 20),
	classic(0x31, SSCC96, sscc, 58, 17, absent, 24, 0),
	classic(0x2D, GSRN96, gsrn, 58, 17, absent, 24, 0),
	classic(0x2E, GSRNP96, gsrnp, 58, 17, absent, 24, 0),
	classic(0x32, SGLN96, sgln, 41, 12, integer, 41, 13),
	classic(0x39, SGLN195, sgln, 41, 12, seven, 140, 20),
	classic(0x33, GRAI96, grai, 44, 12, integer, 38, 12),
	classic(0x37, GRAI170, grai, 44, 12, seven, 112, 16),
	classic(0x34, GIAI96, giai, 82, 25, absent, 0, 0).references(integer, true),
	classic(0x38, GIAI202, giai, 188, 30, absent, 0, 0).references(seven, true),
	classic(0x2C, GDTI96, gdti, 41, 12, integer, 41, 13),
	classic(0x3E, GDTI174, gdti, 41, 12, seven, 119, 17),
	classic(0x3F, SGCN96, sgcn, 41, 12, oneled, 41, 12),
	classic(0x40, ITIP110, itip, 44, 13, integer, 38, 12),
	classic(0x41, ITIP212, itip, 44, 13, seven, 140, 20),
	classic(0x3C, CPI96, cpi, 51, 15, integer, 31, 12).references(integer, true),
	classic(0x3D, CPIVar, cpi, 0, 30, integer, 40, 12).references(six, true).variableLength(),
	{header: 0x35, scheme: GID96, kind: gid, serial: integer, serialBits: 36},
	{header: 0x2F, scheme: USDOD96, kind: usdod, filterBits: 4, serial: integer, serialBits: 36},
	{header: 0x3B, scheme: ADIVar, kind: adi, filterBits: 6, serial: six, serialMax: adiSerialMax + 1, odd: true},

	plus(0xF7, SGTINPlus, sgtin, 1, 14, variable, 20),
	plus(0xFB, DSGTINPlus, sgtin, 1, 14, variable, 20).withDate(),
	plus(0xF9, SSCCPlus, sscc, 1, 18, absent, 0),
	plus(0xF2, SGLNPlus, sgln, 1, 13, variable, 20),
	plus(0xF1, GRAIPlus, grai, 1, 14, variable, 16),
	plus(0xFA, GIAIPlus, giai, 1, 0, absent, 30),
	plus(0xF4, GSRNPlus, gsrn, 1, 18, absent, 0),
	plus(0xF5, GSRNPPlus, gsrnp, 1, 18, absent, 0),
	plus(0xF6, GDTIPlus, gdti, 1, 13, variable, 17),
	plus(0xF8, SGCNPlus, sgcn, 1, 13, numeric, 12),
	plus(0xF3, ITIPPlus, itip, 1, 18, variable, 20),
	plus(0xF0, CPIPlus, cpi, 1, 0, numeric, 12),

	plus(0xFD, SGTINPlusPlus, sgtin, 2, 14, variable, 20),
	plus(0xFC, DSGTINPlusPlus, sgtin, 2, 14, variable, 20).withDate(),
	plus(0xEF, SSCCPlusPlus, sscc, 2, 18, absent, 0),
	plus(0xE9, SGLNPlusPlus, sgln, 2, 13, variable, 20),
	plus(0xEB, GRAIPlusPlus, grai, 2, 14, variable, 16),
	plus(0xEE, GIAIPlusPlus, giai, 2, 0, absent, 30),
	plus(0xE7, GSRNPlusPlus, gsrn, 2, 18, absent, 0),
	plus(0xE8, GSRNPPlusPlus, gsrnp, 2, 18, absent, 0),
	plus(0xEA, GDTIPlusPlus, gdti, 2, 13, variable, 17),
	plus(0xEC, SGCNPlusPlus, sgcn, 2, 13, numeric, 12),
	plus(0xED, ITIPPlusPlus, itip, 2, 18, variable, 20),
	plus(0xE6, CPIPlusPlus, cpi, 2, 0, numeric, 12),
}

// byTagURI is keyed by the beginning of a Tag URI; "+" schemes have none.
var byHeader, byScheme, byTagURI = indexSchemes()

func indexSchemes() (h [256]*layout, s map[Scheme]*layout, u map[string]*layout) {
	s, u = make(map[Scheme]*layout), make(map[string]*layout)
	for i := range schemeTable {
		l := &schemeTable[i]
		h[l.header], s[l.scheme] = l, l
		l.tagURI = tagPrefix + strings.ToLower(string(l.scheme)) + ":"
		l.epcURI = idPrefix + kindNames[l.kind] + ":"
		if l.plus == 0 {
			u[l.tagURI] = l
		}
	}
	return h, s, u
}

// Schemes lists every scheme this package reads and writes, classic ones
// first.
func Schemes() []Scheme {
	all := make([]Scheme, len(schemeTable))
	for i := range schemeTable {
		all[i] = schemeTable[i].scheme
	}
	return all
}

// prefixBits is M of the partition tables, by company prefix length.
var prefixBits = [...]uint8{6: 20, 7: 24, 8: 27, 9: 30, 10: 34, 11: 37, 12: 40}

var pow10 = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()
