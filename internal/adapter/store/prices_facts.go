package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"slices"

	"trueward/internal/adapter/store/engine"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/catalog"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/standard/money"
)

// PriceFacts is everything the price of a usage depends on but its position in
// a tier and its share of a cap, with what those need.
type PriceFacts struct {
	Inputs    billing.PriceInputs
	Agreement consign.AgreementID
	Family    string
	Group     string
	TimeZone  string
	Pricing   consign.Pricing
	// Replaces is the product whose price holds instead; empty for none.
	Replaces catalog.ProductID
}

type priceFacts struct {
	VersionID   string
	Version     int
	AgreementID string
	VendorID    string
	HospitalID  string
	ValidFrom   int64
	ValidTo     *int64
	Currency    string
	DiscountBP  int `gorm:"column:discount_bp"`
	WastePayer  string
	Pricing     string
	Number      string
	Scope       string
	SiteID      *string
	BuyingGroup string
	TimeZone    string
	Family      string
	ListMinor   *int64
	RuleID      *string
	RuleKind    string
	RuleSubject string
	ReplacesID  string
	Fixed       bool
	PriceValue  int64
	PriceScale  int
	PerQuantity int64
	RuleBP      int `gorm:"column:rule_bp"`
}

const priceFactsColumns = `SELECT v.id AS version_id, v.version, v.agreement_id, v.vendor_id, v.hospital_id, v.valid_from, v.valid_to,
	v.currency, v.discount_bp, v.waste_payer, v.pricing, a.number, a.scope, a.site_id, a.buying_group, s.time_zone, g.family,
	(SELECT p.amount_minor FROM list_prices p WHERE p.product_id = g.id AND p.currency = v.currency AND p.valid_from <= ?
	 ORDER BY p.valid_from DESC LIMIT 1) AS list_minor,
	r.id AS rule_id, COALESCE(r.kind, '') AS rule_kind, COALESCE(r.subject, '') AS rule_subject, COALESCE(r.replaces_id, '') AS replaces_id,
	COALESCE(r.fixed, FALSE) AS fixed, COALESCE(r.price_value, 0) AS price_value, COALESCE(r.price_scale, 0) AS price_scale,
	COALESCE(r.per_quantity, 1) AS per_quantity, COALESCE(r.discount_bp, 0) AS rule_bp
	FROM agreement_versions v JOIN agreements a ON a.id = v.agreement_id JOIN sites s ON s.id = ? JOIN products g ON g.id = ?
	LEFT JOIN agreement_prices r ON r.id = COALESCE(
		(SELECT x.id FROM agreement_prices x WHERE x.agreement_version_id = v.id AND x.kind = 'item' AND x.subject = g.id),
		(SELECT x.id FROM agreement_prices x WHERE x.agreement_version_id = v.id AND x.kind = 'family' AND x.subject = g.family AND g.family <> ''),
		(SELECT x.id FROM agreement_prices x WHERE x.agreement_version_id = v.id AND x.kind = 'substitution' AND x.subject = g.id))`

// fields are where a row of priceFactsColumns is read into.
func (f *priceFacts) fields() []any {
	return []any{
		&f.VersionID, &f.Version, &f.AgreementID, &f.VendorID, &f.HospitalID, &f.ValidFrom, &f.ValidTo,
		&f.Currency, &f.DiscountBP, &f.WastePayer, &f.Pricing, &f.Number, &f.Scope, &f.SiteID, &f.BuyingGroup, &f.TimeZone, &f.Family,
		&f.ListMinor, &f.RuleID, &f.RuleKind, &f.RuleSubject, &f.ReplacesID,
		&f.Fixed, &f.PriceValue, &f.PriceScale, &f.PerQuantity, &f.RuleBP,
	}
}

// PriceFacts reads, in one statement, what the price of a usage depends on as
// it stood at the time of the fact. Of several agreements between the two the
// narrowest rules, and among equals the one the unit was consigned under. It
// reads past the actor's scope, by the ids of the usage alone.
func (tx *Tx) PriceFacts(u usage.Usage) (PriceFacts, error) {
	at := micros(u.FactAt)
	var rows []priceFacts
	err := engine.Query(tx.db, priceFactsColumns+` WHERE (v.hospital_id = ? AND v.vendor_id = ? AND v.valid_from <= ?
		AND (v.valid_to IS NULL OR v.valid_to > ?)) OR v.id = ?`,
		[]any{at, string(u.Site), string(u.Product), string(u.Hospital), string(u.Vendor), at, at, string(u.AgreementVersion)},
		func(r *sql.Rows) error {
			var f priceFacts
			err := r.Scan(f.fields()...)
			rows = append(rows, f)
			return err
		})
	if err != nil {
		return PriceFacts{}, err
	}
	if len(rows) == 0 {
		return PriceFacts{}, absent("agreement")
	}
	chosen, inForce, equals := chooseAgreement(rows, u)
	out, err := chosen.facts(u)
	out.Inputs.InForce, out.Inputs.Ambiguous = inForce, equals
	if err != nil || out.Replaces == "" {
		return out, err
	}
	return tx.replaced(out, u)
}

// chooseAgreement returns the version that rules, whether it is in force, and
// the numbers of those that hold equally, if no choice can be made.
func chooseAgreement(rows []priceFacts, u usage.Usage) (priceFacts, bool, []string) {
	at := micros(u.FactAt)
	i := slices.IndexFunc(rows, func(r priceFacts) bool { return r.VersionID == string(u.AgreementVersion) })
	own := rows[max(i, 0)]
	var best []priceFacts
	for _, r := range rows {
		holds := r.VendorID == string(u.Vendor) && r.HospitalID == string(u.Hospital) && r.ValidFrom <= at && (r.ValidTo == nil || at < *r.ValidTo)
		if holds && (r.Scope != string(consign.OfSite) || textOrEmpty(r.SiteID) == string(u.Site)) {
			best = append(best, r)
		}
	}
	if len(best) == 0 {
		return own, false, nil
	}
	rank := func(r priceFacts) int { return consign.Scope(r.Scope).Rank() }
	slices.SortFunc(best, func(a, b priceFacts) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Number, b.Number), cmp.Compare(b.Version, a.Version))
	})
	best = slices.CompactFunc(best, func(a, b priceFacts) bool { return a.AgreementID == b.AgreementID })
	equals := slices.DeleteFunc(slices.Clone(best), func(r priceFacts) bool { return rank(r) != rank(best[0]) })
	if i := slices.IndexFunc(equals, func(r priceFacts) bool { return r.AgreementID == own.AgreementID }); i >= 0 {
		return equals[i], true, nil
	}
	if len(equals) == 1 {
		return equals[0], true, nil
	}
	numbers := make([]string, len(equals))
	for i, r := range equals {
		numbers[i] = r.Number
	}
	return own, true, numbers
}

func (r priceFacts) facts(u usage.Usage) (PriceFacts, error) {
	out := PriceFacts{
		Agreement: consign.AgreementID(r.AgreementID), Family: r.Family, Group: r.BuyingGroup, TimeZone: r.TimeZone,
		Inputs: billing.PriceInputs{
			AgreementNumber: r.Number, Version: r.Version, VersionID: consign.VersionID(r.VersionID),
			Currency: money.Currency(r.Currency), DiscountBP: r.DiscountBP, WastePayer: consign.Payer(r.WastePayer),
			Outcome: u.Outcome, Reason: billing.ClearedReason(u.Reason), Quantity: u.Quantity, FactAt: u.FactAt.UTC(),
		},
	}
	out.Inputs.Listed, out.Inputs.ListMinor = r.ListMinor != nil, valueOr(r.ListMinor, 0)
	if r.RuleID != nil && r.RuleKind == string(consign.PriceSubstitution) {
		out.Replaces = catalog.ProductID(r.ReplacesID)
	} else {
		out.Inputs.Rule = r.rule()
	}
	if r.Pricing == "" {
		return out, nil
	}
	if err := json.Unmarshal([]byte(r.Pricing), &out.Pricing); err != nil {
		return out, err
	}
	out.Inputs.Rounding = out.Pricing.Rounding
	if len(out.Pricing.Waste) > 0 {
		fate := billing.FateOf(u)
		share := consign.Terms{WastePayer: consign.Payer(r.WastePayer), Pricing: out.Pricing}.HospitalShare(fate)
		if fate != consign.Consumed || share != 10_000 {
			out.Inputs.Fate, out.Inputs.HospitalBP = fate, &share
		}
	}
	return out, nil
}

func (r priceFacts) rule() *consign.Price {
	if r.RuleID == nil {
		return nil
	}
	p := &consign.Price{
		ID: *r.RuleID, Kind: consign.PriceKind(r.RuleKind), Fixed: r.Fixed, Value: r.PriceValue, Scale: r.PriceScale,
		Per: r.PerQuantity, DiscountBP: r.RuleBP,
	}
	if p.Kind == consign.PriceOfFamily {
		p.Family = r.RuleSubject
	} else {
		p.Product = r.RuleSubject
	}
	return p
}

// replaced gives a substitute the price of the product it replaces: that one's
// own price, its family's, or the list.
func (tx *Tx) replaced(out PriceFacts, u usage.Usage) (PriceFacts, error) {
	var name []string
	if err := tx.bounded().Raw(`SELECT name FROM products WHERE id = ?`, string(out.Replaces)).Scan(&name).Error; err != nil {
		return out, err
	}
	if len(name) == 0 {
		return out, absent("product")
	}
	r, err := first[priceFacts](tx.bounded().Raw(priceFactsColumns+` WHERE v.id = ?`,
		micros(u.FactAt), string(u.Site), string(out.Replaces), string(out.Inputs.VersionID)), "agreement")
	if err != nil {
		return out, err
	}
	out.Inputs.Instead = name[0]
	out.Inputs.Listed, out.Inputs.ListMinor, out.Inputs.Rule = r.ListMinor != nil, valueOr(r.ListMinor, 0), nil
	if r.RuleKind != string(consign.PriceSubstitution) { // a substitute of a substitute is nobody's wish
		out.Inputs.Rule = r.rule()
	}
	return out, nil
}

func valueOr(p *int64, otherwise int64) int64 {
	if p == nil {
		return otherwise
	}
	return *p
}
