package consign

import (
	"slices"

	"trueward/internal/domain/access"
	"trueward/internal/standard/money"
)

// Scope says how widely an agreement holds. The narrower one rules: a site's
// before a hospital's before a buying group's.
type Scope string

// The scopes, the narrowest first.
const (
	OfSite     Scope = "site"
	OfHospital Scope = "hospital"
	OfGroup    Scope = "group"
)

// Rank orders scopes, the one that rules first.
func (s Scope) Rank() int {
	switch s {
	case OfSite:
		return 0
	case OfGroup:
		return 2
	}
	return 1
}

// Pricing is what an agreement says beyond a discount off the list. All of it
// may be absent.
type Pricing struct {
	Rounding  money.Rounding `json:"rounding,omitempty"`
	Tiers     []Tier         `json:"tiers,omitempty"`
	Caps      []Cap          `json:"caps,omitempty"`
	Waste     []WasteRule    `json:"waste,omitempty"`
	Tolerance Tolerance      `json:"tolerance,omitzero"`
	// PerUse makes an invoice of every use, whatever Consolidation says.
	PerUse bool   `json:"per_use,omitempty"`
	CutOff CutOff `json:"cut_off,omitzero"`
	// CapWaitDays bounds how long a cap waits for its case to be closed.
	CapWaitDays int `json:"cap_wait_days,omitempty"`
	// TaxPerLine rounds tax line by line, as some sellers' law has it; else
	// once per category of a document.
	TaxPerLine bool `json:"tax_per_line,omitempty"`
	// TaxReason is why no tax is charged, in the words of the law that frees it.
	TaxReason string `json:"tax_reason,omitempty"`
}

// DefaultCapWaitDays is used where an agreement names none.
const DefaultCapWaitDays = 14

// CapWait is how many days a cap waits for its case.
func (p Pricing) CapWait() int {
	if p.CapWaitDays > 0 {
		return p.CapWaitDays
	}
	return DefaultCapWaitDays
}

// Items names products by id or by family; no names at all means every product.
type Items struct {
	Products []string `json:"products,omitempty"`
	Families []string `json:"families,omitempty"`
}

// Cover reports whether a product belongs to the items.
func (i Items) Cover(product, family string) bool {
	if len(i.Products) == 0 && len(i.Families) == 0 {
		return true
	}
	return slices.Contains(i.Products, product) || family != "" && slices.Contains(i.Families, family)
}

// TierBasis is what a tier counts.
type TierBasis string

// The bases.
const (
	ByQuantity TierBasis = "quantity"
	BySpend    TierBasis = "spend" // net before the tier, in minor units
)

// TierWindow is the span over which a tier counts, in the calendar of the site.
type TierWindow string

// The windows.
const (
	PerMonthWindow   TierWindow = "month"
	PerQuarterWindow TierWindow = "quarter"
	PerYearWindow    TierWindow = "year"
	WholeContract    TierWindow = "contract"
)

// Tier lowers the price with what was bought in a window. Marginal: each unit
// has the discount of its own position, for ever. Retroactive: each unit has
// the discount reached so far, and what earlier units paid more is credited at
// the end of the window.
type Tier struct {
	Name        string     `json:"name"` // unique in its agreement, and never reused for another
	Basis       TierBasis  `json:"basis"`
	Window      TierWindow `json:"window"`
	Scope       Scope      `json:"scope"`
	Retroactive bool       `json:"retroactive,omitempty"`
	Items       Items      `json:"items,omitzero"`
	Steps       []TierStep `json:"steps"`
}

// TierStep gives a discount from a position on: the 51st unit is position 51.
type TierStep struct {
	From       int64 `json:"from"`
	DiscountBP int   `json:"discount_bp"`
}

// At returns the number (1 for the first) and the step of a position.
func (t Tier) At(position int64) (int, TierStep) {
	n := 0
	for i, s := range t.Steps {
		if position >= s.From {
			n = i
		}
	}
	return n + 1, t.Steps[n]
}

// Cap bounds what the covered items of one case cost together.
type Cap struct {
	Name  string `json:"name"`
	Minor int64  `json:"minor"`
	Items Items  `json:"items,omitzero"`
}

// WasteOutcome is what became of a unit, as agreements tell payers apart.
type WasteOutcome string

// The outcomes.
const (
	Consumed     WasteOutcome = "used"
	OpenedWasted WasteOutcome = "opened_wasted"
	Defective    WasteOutcome = "defective"
	Expired      WasteOutcome = "expired"
	Lost         WasteOutcome = "lost"
	Damaged      WasteOutcome = "damaged"
)

// WasteRule says what part of the price the hospital pays for an outcome.
type WasteRule struct {
	Outcome    WasteOutcome `json:"outcome"`
	HospitalBP int          `json:"hospital_bp"`
}

// HospitalShare returns the hospital's part of the price of an outcome in basis
// points. Without a rule of its own the agreement's payer of waste bears all;
// what was used is paid in full.
func (t Terms) HospitalShare(o WasteOutcome) int {
	for _, r := range t.Pricing.Waste {
		if r.Outcome == o {
			return r.HospitalBP
		}
	}
	if o != Consumed && t.WastePayer == VendorPays {
		return 0
	}
	return 10_000
}

// Tolerance is how far a claim may differ from what was agreed and still be
// accepted: the smaller of the two binds. Zero of both accepts no difference.
type Tolerance struct {
	Minor int64 `json:"minor,omitempty"`
	BP    int   `json:"bp,omitempty"`
}

// TierOf returns the first tier that covers a product.
func (p Pricing) TierOf(product, family string) (Tier, bool) {
	i := slices.IndexFunc(p.Tiers, func(t Tier) bool { return t.Items.Cover(product, family) })
	if i < 0 {
		return Tier{}, false
	}
	return p.Tiers[i], true
}

// CapOf returns the first cap that covers a product.
func (p Pricing) CapOf(product, family string) (Cap, bool) {
	i := slices.IndexFunc(p.Caps, func(c Cap) bool { return c.Items.Cover(product, family) })
	if i < 0 {
		return Cap{}, false
	}
	return p.Caps[i], true
}

// PriceKind says for what a price of an agreement stands.
type PriceKind string

// The kinds of price, in the order in which they rule.
const (
	PriceOfItem       PriceKind = "item"
	PriceOfFamily     PriceKind = "family"
	PriceSubstitution PriceKind = "substitution" // priced as the item it replaces
)

// Price is one price of an agreement version: fixed (Value × 10^-Scale for Per
// units of use), or a discount off the list.
type Price struct {
	ID         string
	Kind       PriceKind
	Product    string // of an item or substitution
	Family     string
	Replaces   string // product that a substitution replaces
	Fixed      bool
	Value      int64
	Scale      int
	Per        int64
	DiscountBP int
}

// Place is where and for whom a tier counts.
type Place struct {
	Site     access.SiteID
	Hospital access.OrganisationID
	Group    string
}

// CounterScope is the key under which a tier counts at a place.
func (t Tier) CounterScope(p Place) string {
	switch t.Scope {
	case OfSite:
		return "site:" + string(p.Site)
	case OfGroup:
		return "group:" + p.Group
	}
	return "hospital:" + string(p.Hospital)
}
