package ui

import (
	"strings"

	"github.com/a-h/templ"

	"trueward/internal/standard/civil"
)

// Text is a plain cell.
func Text(text string) templ.Component { return drawn(func(p *pen) { p.text(text) }) }

// Two stacks a main value over a lesser one in a cell.
func Two(main, lesser templ.Component) templ.Component {
	return drawn(func(p *pen) {
		p.html(`<span class="two"><span>`)
		p.draw(main)
		p.html(`</span><span class="two-lesser">`)
		p.draw(lesser)
		p.html(`</span></span>`)
	})
}

// RowLink is the first cell of a row that leads to the record.
func RowLink(text, href string) templ.Component {
	return drawn(func(p *pen) {
		p.html(`<a class="row-link`)
		if isCode(text) {
			p.html(` nowrap`)
		}
		p.html(`" href="`)
		p.text(string(templ.URL(href)))
		p.html(`"><bdi>`)
		p.text(text)
		p.html(`</bdi></a>`)
	})
}

// WordLink is RowLink for a text of ours, which is said in the reader's
// language.
func WordLink(text, href string) templ.Component {
	return drawn(func(p *pen) {
		p.html(`<a class="row-link" href="`)
		p.text(string(templ.URL(href)))
		p.html(`">`)
		p.text(text)
		p.html(`</a>`)
	})
}

// isCode tells a number, which must not break at its hyphens, from words.
func isCode(text string) bool {
	return len(text) <= 20 && !strings.ContainsAny(text, " ")
}

// CivilDate writes a date without a zone, such as an expiry: 31 Dec 2027.
func CivilDate(d civil.Date) templ.Component {
	return drawn(func(p *pen) {
		if d.IsZero() || !d.Valid() {
			p.html(`<span class="muted">`)
			p.text(p.say().None)
			p.html(`</span>`)
			return
		}
		p.html(`<time class="nowrap" datetime="`, civilISO(d), `">`)
		p.text(civilText(p.say(), d))
		p.html(`</time>`)
	})
}

// Lot writes a lot number with its word, kept apart from the text's direction.
func Lot(lot string) templ.Component {
	return drawn(func(p *pen) { p.labelled(p.say().Lot, lot) })
}

// Serial writes a serial number with its word.
func Serial(serial string) templ.Component {
	return drawn(func(p *pen) { p.labelled(p.say().Serial, serial) })
}

// LotSerial writes lot and serial as far as they are known.
func LotSerial(lot, serial string) templ.Component {
	return drawn(func(p *pen) {
		p.html(`<span class="cluster gap-tight">`)
		p.labelled(p.say().Lot, lot)
		p.labelled(p.say().Serial, serial)
		p.html(`</span>`)
	})
}

func (p *pen) labelled(word, value string) {
	if value == "" {
		return
	}
	p.html(`<span class="nowrap"><span class="lot-word">`)
	p.text(word)
	p.html(`</span> <bdi class="mono">`)
	p.text(value)
	p.html(`</bdi></span>`)
}

// Status is a small tag: border, tint, icon and a bold word.
func Status(tone Tone, word string) templ.Component {
	return drawn(func(p *pen) {
		p.html(`<span class="tag `, tone.class(), `">`)
		p.icon(tone.icon())
		p.text(word)
		p.html(`</span>`)
	})
}

// Icon draws an icon beside words; it is hidden from screen readers.
func Icon(name string) templ.Component { return drawn(func(p *pen) { p.icon(name) }) }

func (p *pen) icon(name string) {
	p.html(`<svg class="`, iconClass(name, ""), `" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="`,
		iconPath(name), `"></path></svg>`)
}

// tableRow draws a line of a table. The first cell heads it.
func tableRow(columns []Column, r Row, choosing bool) templ.Component {
	return drawn(func(p *pen) {
		p.html(`<tr role="row"`)
		if r.ID != "" {
			p.html(` id="`)
			p.text(r.ID)
			p.html(`"`)
		}
		p.attributes(r.Attrs)
		p.html(`>`)
		if choosing {
			p.choice(r.Choose)
		}
		for i, cell := range r.Cells {
			p.tableCell(columns[i], cell, i == 0)
		}
		p.html(`</tr>`)
	})
}

// choice is the cell by which a row is chosen.
func (p *pen) choice(c Choose) {
	p.html(`<td role="cell" class="choose" data-label="">`)
	if c.Value != "" {
		p.html(`<label class="choice"><input class="checkbox" type="checkbox" name="ids" form="bulk" value="`)
		p.text(c.Value)
		p.html(`"><span class="visually-hidden">`)
		p.text(p.say().Choose)
		p.html(` `)
		p.text(c.Name)
		p.html(`</span></label>`)
	}
	p.html(`</td>`)
}

func (p *pen) tableCell(c Column, cell templ.Component, first bool) {
	open, end := `<td role="cell"`, `</td>`
	if first {
		open, end = `<th role="rowheader" scope="row"`, `</th>`
	}
	p.html(open)
	if c.Numeric {
		p.html(` class="num"`)
	}
	p.html(` data-label="`)
	p.text(c.label())
	p.html(`">`)
	p.draw(cell)
	p.html(end)
}
