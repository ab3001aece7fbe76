package product

import (
	"trueward/internal/app/capturing"
	"trueward/internal/app/matching"
	"trueward/internal/app/ordering"
	"trueward/internal/app/viewing"
	"trueward/web"
	"trueward/web/finance"
	"trueward/web/home"
	"trueward/web/listing"
	"trueward/web/live"
	"trueward/web/offline"
	"trueward/web/passkeys"
	"trueward/web/people"
	"trueward/web/probe"
	"trueward/web/stock"
	"trueward/web/system"
	"trueward/web/tagging"
	"trueward/web/vendors"
	"trueward/web/ward"
)

// rooms are the pages of the product, in the order of docs/routes.md.
func (p *Product) rooms() []web.Room {
	return append([]web.Room{
		home.Door{Desk: p.SignIn, Sessions: p.sessions, Samples: p.cfg.Samples, Secure: p.cfg.Secure, TrustHref: p.trustHref(), Passkeys: p.Passkeys, OutsideName: p.outsideName()},
		passkeys.Room{Desk: p.Passkeys, Sessions: p.sessions},
		p.outsideRoom(),
		home.Palette{Store: p.Store},
		listing.Views{Desk: viewing.Desk{Store: p.Store}},
		p.trustRoom(),
		p.workstations(),
		people.Office{Desk: p.People},
		ward.Ward{Scanning: p.Scanning, Using: p.Using},
		offline.Room{ScanPath: "/scan"},
		stock.Room{
			Store: p.Store, Cataloguing: p.Cataloguing, Prices: p.Pricing, Agreeing: p.Agreeing, Receiving: p.Receiving,
		},
		vendors.Counter{Store: p.Store, Labelling: p.labels()},
		finance.Office{
			Store: p.Store, Pricing: p.Pricing, Invoicing: p.Invoicing, Paying: p.Paying, Exporting: p.Exporting,
			Crediting: p.Crediting, Approving: p.Approving, Disputing: p.Disputing, Closing: p.Closing,
			Ordering: &ordering.Desk{Store: p.Store},
		},
		finance.Orders{
			Store: p.Store, Pricing: p.Pricing, Ordering: &ordering.Desk{Store: p.Store}, Matching: &matching.Desk{Store: p.Store},
			Capturing: &capturing.Desk{Store: p.Store},
		},
		p.stripeRoom(),
		p.hooks(),
		tagging.Room{Desk: p.Tagging, Labelling: p.labels()},
		system.Room{Desk: p.Operating, Sampler: p.sampler, LivePages: p.hub.Pages, Version: p.cfg.Version},
		live.Stream{Hub: p.hub, Still: p.sessions.Still},
		probe.Probes{Ready: p.Ready, Metrics: p.Metrics, Readers: p.cfg.Readers, Log: p.Log, ReportPath: web.CSPReportPath},
	}, p.readerRooms()...)
}
