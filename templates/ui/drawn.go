package ui

import (
	"context"
	"io"
	"sync"

	"github.com/a-h/templ"
)

// drawn is a component written by hand. The cells of lists are: a list of 50
// rows draws 500 of them, and a generated component costs several times what
// stands in it. Everything else is a template.
type drawn func(*pen)

// Render implements templ.Component.
func (d drawn) Render(ctx context.Context, w io.Writer) error {
	p := pens.Get().(*pen)
	*p = pen{ctx: ctx, w: w, ink: p.ink[:0]}
	d(p)
	p.flush()
	err := p.err
	*p = pen{ink: p.ink} // holds on to no request
	pens.Put(p)
	return err
}

// pen writes markup. After a failed write it writes nothing more; err tells.
type pen struct {
	ctx   context.Context
	w     io.Writer
	ink   []byte // not written yet
	err   error
	words *Words // of the context, once they were asked for
}

var pens = sync.Pool{New: func() any { return new(pen) }}

func (p *pen) flush() {
	if p.err == nil && len(p.ink) > 0 {
		_, p.err = p.w.Write(p.ink)
	}
	p.ink = p.ink[:0]
}

// html writes markup of ours as it stands: constants, nothing from outside.
func (p *pen) html(parts ...string) {
	for _, s := range parts {
		p.ink = append(p.ink, s...)
	}
}

// text writes a value, between tags or in a quoted attribute.
func (p *pen) text(value string) {
	for i := range len(value) {
		switch value[i] {
		case '&', '<', '>', '"', '\'':
			p.ink = append(p.ink, templ.EscapeString(value)...)
			return
		}
	}
	p.ink = append(p.ink, value...)
}

// draw writes another component; nil writes nothing.
func (p *pen) draw(c templ.Component) {
	switch c := c.(type) {
	case nil:
	case drawn:
		c(p)
	default:
		if p.flush(); p.err == nil {
			p.err = c.Render(p.ctx, p.w)
		}
	}
}

// attributes writes attributes that a page gives along.
func (p *pen) attributes(attrs templ.Attributes) {
	if len(attrs) == 0 {
		return
	}
	if p.flush(); p.err == nil {
		p.err = templ.RenderAttributes(p.ctx, p.w, attrs)
	}
}

func (p *pen) say() *Words {
	if p.words == nil {
		p.words = Say(p.ctx)
	}
	return p.words
}
