package sample

import "trueward/internal/domain/catalog"

// family is a line of products that differ in size alone.
type family struct {
	vendor      string // key in vendors
	name        string // of the family
	product     string
	catalogueNo string // prefix; the size's position is appended
	priceMinor  int64
	sizes       []string
	sterile     bool
	implantable bool
	needs       catalog.Needs
}

var (
	byLot    = catalog.Needs{Lot: true, Expiry: true}
	bySerial = catalog.Needs{Lot: true, Serial: true, Expiry: true}
)

// families make 60 products. Their GTINs stand under 950 6000, the prefix that
// GS1 keeps for demonstration.
var families = []family{
	{"norvane", "Coronary stents", "Norvane Aria drug-eluting stent", "NA-ST", 133_333, []string{
		"2.25 × 12 mm", "2.5 × 15 mm", "2.75 × 18 mm", "3.0 × 15 mm", "3.0 × 18 mm", "3.0 × 24 mm",
		"3.5 × 18 mm", "3.5 × 24 mm", "3.5 × 30 mm", "4.0 × 18 mm", "4.0 × 24 mm", "4.5 × 20 mm"}, true, true, bySerial},
	{"norvane", "Balloons", "Norvane Lift balloon catheter", "NA-BA", 24_500, []string{
		"1.5 × 10 mm", "2.0 × 12 mm", "2.0 × 15 mm", "2.5 × 15 mm", "2.5 × 20 mm", "3.0 × 15 mm", "3.0 × 20 mm", "3.5 × 20 mm"}, true, false, bySerial},
	{"corvidia", "Guidewires", "Corvidia Slip guidewire", "CV-GW", 8_950, []string{
		"0.014 in × 180 cm", "0.014 in × 190 cm", "0.014 in × 300 cm", "0.018 in × 180 cm",
		"0.018 in × 300 cm", "0.035 in × 150 cm", "0.035 in × 180 cm", "0.035 in × 260 cm"}, true, false, bySerial},
	{"corvidia", "Guiding catheters", "Corvidia Path guiding catheter", "CV-GC", 11_200, []string{
		"5 F JL3.5", "5 F JR4", "6 F JL3.5", "6 F JL4", "6 F JR4", "6 F EBU3.5", "7 F EBU3.75", "7 F AL1"}, true, false, bySerial},
	{"helvik", "Bone screws", "Helvik Lock cortical screw", "HK-SC", 6_480, []string{
		"3.5 × 12 mm", "3.5 × 14 mm", "3.5 × 16 mm", "3.5 × 20 mm", "4.5 × 24 mm", "4.5 × 28 mm", "4.5 × 32 mm", "4.5 × 40 mm"}, true, true, bySerial},
	{"helvik", "Bone plates", "Helvik Lock compression plate", "HK-PL", 38_900, []string{
		"4 hole, 61 mm", "5 hole, 74 mm", "6 hole, 87 mm", "7 hole, 100 mm", "8 hole, 113 mm", "10 hole, 139 mm"}, true, true, bySerial},
	{"palmward", "Gloves", "Palmward Shield surgical glove", "PW-GL", 310, []string{"6.5", "7", "7.5", "8"}, true, false, byLot},
	{"palmward", "Masks", "Palmward Clear respirator FFP2", "PW-MA", 145, []string{"S", "M", "L"}, false, false, byLot},
	{"palmward", "Gowns", "Palmward Drape surgical gown", "PW-GO", 1_260, []string{"M", "L", "XL"}, true, false, byLot},
}
