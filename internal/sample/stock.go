package sample

import (
	"fmt"
	"time"

	"trueward/internal/app/receiving"
	"trueward/internal/domain/custody"
)

// consignment is what one agreement keeps at a hospital.
type consignment struct {
	agreement string
	vendor    string
	site      string
	places    []string // where it is received, in turn
	receiver  string   // e-mail of who receives
	units     int
}

// consignments sum up to 2,000 units.
var consignments = []consignment{
	{"A-12", "norvane", "harbour", []string{"cabinetA", "store"}, "maria@brannoc.example", 440},
	{"A-12", "norvane", "clinic", []string{"procedure"}, "maria@brannoc.example", 80},
	{"A-15", "norvane", "prairie", []string{"cath", "store"}, "sam@lindgate.example", 380},
	{"CB-2", "corvidia", "harbour", []string{"cabinetA", "store"}, "maria@brannoc.example", 300},
	{"CL-1", "corvidia", "prairie", []string{"cath", "store"}, "sam@lindgate.example", 280},
	{"H-7", "helvik", "harbour", []string{"theatre3", "store"}, "maria@brannoc.example", 260},
	{"CB-3", "corvidia", "clinic", []string{"procedure"}, "maria@brannoc.example", 40},
	{"H-8", "helvik", "clinic", []string{"procedure"}, "maria@brannoc.example", 40},
	{"PL-9", "palmward", "prairie", []string{"store"}, "sam@lindgate.example", 180},
}

// shelf is what a consignment has at hand for the cases of its site.
type shelf struct {
	consignment
	units []stocked // in the order they are used
}

// stocked is a unit with what the story needs to know of it.
type stocked struct {
	id     custody.UnitID
	di     string
	serial string
	tag    int // number of its first tag, see uid
	expiry string
}

// notice is how many units one ship notice brings.
const notice = 100

// stock announces and receives every consignment. The last notice of each
// hospital stays in transit.
func (l *loader) stock() error {
	for i, c := range consignments {
		s := &shelf{consignment: c}
		for n := 0; n < c.units; n += notice {
			last := n+notice >= c.units
			if err := l.ship(s, n/notice+1, min(notice, c.units-n), last && i%3 == 2); err != nil {
				return fmt.Errorf("sample: consignment of %s: %w", c.agreement, err)
			}
		}
		l.shelves = append(l.shelves, s)
	}
	return nil
}

// ship announces units and, a day later, receives all of them, or leaves a
// part in transit.
func (l *loader) ship(s *shelf, number, units int, late bool) error {
	inputs := make([]receiving.UnitInput, units)
	made := make([]stocked, units)
	for i := range inputs {
		var err error
		if inputs[i], made[i], err = l.unit(s.vendor); err != nil {
			return err
		}
	}
	ids, err := l.Desks.Receiving.Announce(l.ctx, l.command(s.receiver), receiving.Announcement{
		Agreement: l.agreements[s.agreement], Transit: l.places[s.site+"/transit"],
		Number: fmt.Sprintf("SN-%s-%d", s.agreement, number), Units: inputs,
	})
	if err != nil {
		return err
	}
	for i, id := range ids {
		made[i].id = id
	}
	if late {
		if err := l.deliver(s, number, ids); err != nil {
			return err
		}
	}
	l.Clock.Advance(20 * time.Minute)
	if late {
		keep := units / 3
		ids, made = ids[keep:], made[keep:]
	}
	place := s.places[number%len(s.places)]
	_, err = l.Desks.Receiving.Receive(l.ctx, l.command(s.receiver), receiving.Receipt{
		Units: ids, Place: l.places[s.site+"/"+place],
	})
	s.units = append(s.units, made...)
	return err
}

// unit draws one unit of a vendor's catalogue. The first of Norvane's 3.0 × 18
// stents is the one of the story in the documentation.
func (l *loader) unit(vendor string) (receiving.UnitInput, stocked, error) {
	p := l.draw(vendor)
	number := int64(10_000 + l.tags*7 + l.random.IntN(7))
	serial := fmt.Sprintf("SN%05dA", number)
	if l.tags == 0 {
		p, serial = l.products["09506000134352"], "SN90313A"
	}
	tags, err := l.tagsFor(p, number)
	if err != nil {
		return receiving.UnitInput{}, stocked{}, err
	}
	expiry := l.expiry()
	in := receiving.UnitInput{DI: p.di, Lot: l.lot(p), Expiry: expiry, Tags: tags}
	if p.family.needs.Serial {
		in.Serial = serial
	}
	return in, stocked{di: p.di, serial: in.Serial, tag: l.tags, expiry: expiry}, nil
}

func (l *loader) draw(vendor string) product {
	for {
		p := l.products[l.order[l.random.IntN(len(l.order))]]
		if p.family.vendor == vendor {
			return p
		}
	}
}

// lot draws one of four lots of a product.
func (l *loader) lot(p product) string {
	return fmt.Sprintf("LT%s%d", p.di[11:13], 1+l.random.IntN(4))
}

// expiry draws a date: most are far off, some within 90 days, a few over.
func (l *loader) expiry() string {
	days := 200 + l.random.IntN(900)
	switch draw := l.random.IntN(100); {
	case draw < 1:
		days = -3 - l.random.IntN(10)
	case draw < 6:
		days = 5 + l.random.IntN(80)
	}
	return l.Until.AddDate(0, 0, days).Format(time.DateOnly)
}
