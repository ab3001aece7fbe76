package pricing

import (
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/billing"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/civil"
)

// decide computes the price of a usage as of its fact. A usage that a tier
// counts takes its position here, once and for ever.
func decide(tx *store.Tx, u usage.Usage, revision int) (billing.Decision, error) {
	f, err := tx.PriceFacts(u)
	if err != nil {
		return billing.Decision{}, err
	}
	in := f.Inputs
	if len(f.Pricing.Tiers) > 0 || len(f.Pricing.Caps) > 0 {
		if in, err = byTerms(tx, u, f); err != nil {
			return billing.Decision{}, err
		}
	}
	return decision(tx, u, in, revision)
}

// decision decides over inputs and makes the row that is stored.
func decision(tx *store.Tx, u usage.Usage, in billing.PriceInputs, revision int) (billing.Decision, error) {
	digest, text, err := in.Sum()
	if err != nil {
		return billing.Decision{}, err
	}
	d := billing.Decision{
		ID: billing.DecisionID(tx.NewID()), Usage: u.ID, Revision: revision,
		Parties: billing.Parties{Vendor: u.Vendor, Hospital: u.Hospital}, Version: in.VersionID, Quantity: u.Quantity,
		Inputs: text, InputsSHA256: digest, Engine: billing.Engine, DecidedAt: tx.Now(),
	}
	d.Outcome, d.Unit, d.Net, d.Steps = billing.Decide(in)
	return d, nil
}

// byTerms completes the inputs with the position in a tier and the cap of the
// case. What costs nothing takes no position and meets no cap.
func byTerms(tx *store.Tx, u usage.Usage, f store.PriceFacts) (billing.PriceInputs, error) {
	in := f.Inputs
	outcome, _, net, _ := billing.Decide(in)
	if outcome != billing.Priced || net.IsZero() {
		return in, nil
	}
	if tier, found := f.Pricing.TierOf(string(u.Product), f.Family); found {
		position, err := takePosition(tx, u, f, tier, net.Minor)
		if err != nil {
			return in, err
		}
		in.Tier = &position
	}
	if limit, found := f.Pricing.CapOf(string(u.Product), f.Family); found {
		in.Cap = &billing.CapShare{Cap: limit}
	}
	return in, nil
}

func takePosition(tx *store.Tx, u usage.Usage, f store.PriceFacts, tier consign.Tier, spend int64) (billing.TierPosition, error) {
	zone, err := civil.Zone(f.TimeZone)
	if err != nil {
		return billing.TierPosition{}, fault.Newf(fault.Invalid, "The site's time zone %q is not known. Correct it, then price this usage.", f.TimeZone)
	}
	window := billing.TierWindow(tier.Window, u.FactAt, zone)
	c := store.TierPlace{
		Agreement: f.Agreement, Tier: tier.Name, Window: window.Key, Vendor: u.Vendor, Hospital: u.Hospital, Quantity: u.Quantity, Spend: spend,
		Scope: tier.CounterScope(consign.Place{Site: u.Site, Hospital: u.Hospital, Group: f.Group}),
	}
	if tier.Scope == consign.OfGroup {
		c.Hospital = ""
	}
	units, spent, err := tx.TakePosition(c)
	if err != nil {
		return billing.TierPosition{}, err
	}
	p := billing.TierPosition{Tier: tier, Window: window.Key, Before: units}
	if tier.Basis == consign.BySpend {
		p.Before = spent
	}
	if tier.Retroactive && units == 0 && !window.End.IsZero() {
		err = armTrueUp(tx, u, c, window.End)
	}
	return p, err
}

// trueUpJob names the window that a true-up settles.
type trueUpJob struct {
	Agreement consign.AgreementID
	Version   consign.VersionID
	Tier      string
	Window    string
	Scope     string
	Site      string
	From, To  time.Time
}

// TopicTrueUp is work at the end of a retroactive tier's window; TopicCap ends
// the waiting of a case's cap; TopicHold ends a hold.
const (
	TopicTrueUp = "tier.true_up"
	TopicCap    = "case.cap"
	TopicHold   = "line.hold"
)

func armTrueUp(tx *store.Tx, u usage.Usage, c store.TierPlace, end time.Time) error {
	if c.Hospital == "" {
		return nil // of a buying group: no one hospital is owed it, the statement of the group's counter shows what was reached
	}
	subject := strings.Join([]string{string(c.Agreement), c.Tier, c.Window, c.Scope}, "|")
	job := trueUpJob{
		Agreement: c.Agreement, Version: u.AgreementVersion, Tier: c.Tier, Window: c.Window, Scope: c.Scope, From: u.FactAt, To: end,
	}
	if strings.HasPrefix(c.Scope, "site:") {
		job.Site = strings.TrimPrefix(c.Scope, "site:")
	}
	return tx.Enqueue(TopicTrueUp, subject, string(u.Hospital), string(u.Vendor), end.Add(trueUpAfter), job)
}

// trueUpAfter leaves time for usages that are recorded late.
const trueUpAfter = 72 * time.Hour
