// Package list measures a real list component of the product beside the same
// table written with html/template (B10 of docs/benchmarks.md). Both draw the
// same words for the same rows; a test keeps that true.
package list

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"
	"testing"

	"trueward/internal/standard/civil"
	"trueward/templates/ui"
	"trueward/templates/vendors"
)

const rows = 50

func units() []vendors.Unit {
	out := make([]vendors.Unit, rows)
	for i := range out {
		out[i] = vendors.Unit{
			ID: fmt.Sprintf("0190b6d2-0000-7000-8000-%012d", i), Href: fmt.Sprintf("/units/0190b6d2-0000-7000-8000-%012d", i),
			Product: "Norvane coronary stent & system", Size: "3.0 × 18 mm", Lot: "LT4471", Serial: fmt.Sprintf("SN%07d", i),
			Expiry: civil.Date{Year: 2027, Month: 1, Day: 1 + i%28}, Expired: i%25 == 0, Short: i%10 == 1,
			Hospital: "St. Brannoc's", Where: "Main, Cath Lab 2, cabinet A", State: "On the shelf", Stopped: i%20 == 3,
		}
	}
	return out
}

var pager = ui.PagerProps{Shown: "50 of 1,000+", NextHref: "/vendor/stock?after=W10"}

// twin is the table of vendors.UnitTable.
var twin = template.Must(template.New("list").Funcs(template.FuncMap{
	"day": func(d civil.Date) string { return fmt.Sprintf("%d %s %d", d.Day, ui.English.Months[d.Month-1], d.Year) },
	"iso": func(d civil.Date) string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) },
}).Parse(twinText))

const twinText = `
{{- define "tag"}}<span class="tag {{.Tone}}"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{{.Path}}"></path></svg>{{.Word}}</span>{{end -}}
<div><div class="table-wrap"><table class="data" role="table" data-rows><caption class="visually-hidden">Units on consignment</caption>
<thead role="rowgroup"><tr role="row">{{range .Columns}}<th role="columnheader" scope="col">{{.}}</th>{{end}}</tr></thead><tbody role="rowgroup">
{{- $c := .Columns -}}{{$stop := .Stop}}{{$warn := .Warn}}{{$calm := .Calm}}
{{- range .Units -}}
<tr role="row" id="unit-{{.ID}}"><th role="rowheader" scope="row" data-label="{{index $c 0}}"><span class="two"><span><a class="row-link" href="{{.Href}}"><bdi>{{.Product}}</bdi></a></span><span class="two-lesser">{{.Size}}</span></span></th>
<td role="cell" data-label="{{index $c 1}}"><span class="cluster gap-tight">{{if .Lot}}<span class="nowrap"><span class="lot-word">Lot</span> <bdi class="mono">{{.Lot}}</bdi></span>{{end}}{{if .Serial}}<span class="nowrap"><span class="lot-word">Serial</span> <bdi class="mono">{{.Serial}}</bdi></span>{{end}}</span></td>
<td role="cell" data-label="{{index $c 2}}">
{{- if .Expired}}<span class="two"><span><time class="nowrap" datetime="{{iso .Expiry}}">{{day .Expiry}}</time></span><span class="two-lesser">{{template "tag" call $stop "Expired"}}</span></span>
{{- else if .Short}}<span class="two"><span><time class="nowrap" datetime="{{iso .Expiry}}">{{day .Expiry}}</time></span><span class="two-lesser">{{template "tag" call $warn "Short-dated"}}</span></span>
{{- else}}<time class="nowrap" datetime="{{iso .Expiry}}">{{day .Expiry}}</time>{{end}}</td>
<td role="cell" data-label="{{index $c 3}}"><span class="two"><span>{{.Hospital}}</span><span class="two-lesser">{{.Where}}</span></span></td>
<td role="cell" data-label="{{index $c 4}}">{{if .Stopped}}<span class="two"><span>{{template "tag" call $stop "Stopped"}}</span><span class="two-lesser">{{.State}}</span></span>{{else}}{{template "tag" call $calm .State}}{{end}}</td></tr>
{{- end}}</tbody></table></div><nav class="pager" aria-label="Pages of this list"><span class="muted">{{.Pager.Shown}}</span><span class="cluster">
{{- if .Pager.NextHref}}<a class="btn" rel="next" href="{{.Pager.NextHref}}">Next{{.Next}}</a>{{end}}</span></nav></div>`

type tag struct{ Tone, Path, Word string }

type twinProps struct {
	Columns          []string
	Units            []vendors.Unit
	Pager            ui.PagerProps
	Next             template.HTML
	Stop, Warn, Calm func(string) tag
}

func propsOfTwin() twinProps {
	with := func(tone, path string) func(string) tag {
		return func(word string) tag { return tag{tone, path, word} }
	}
	return twinProps{
		Columns: []string{"Product", "Lot and serial", "Expires", "Hospital and place", "State"},
		Units:   units(), Pager: pager,
		Next: `<svg class="icon icon-turns" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M9 6l6 6-6 6"></path></svg>`,
		Stop: with("tone-stop", "M8 3.5h8L20.5 8v8L16 20.5H8L3.5 16V8z M9 9l6 6 M15 9l-6 6"),
		Warn: with("tone-warn", "M12 3.5L22 20H2z M12 10v4.5 M12 17.2v.2"),
		Calm: with("tone-calm", "M12 8a4 4 0 1 0 .01 0z"),
	}
}

var blank = regexp.MustCompile(`>\s+<`)

// plain is markup without the blanks between tags and the ways to escape.
func plain(markup string) string {
	return html.UnescapeString(strings.TrimSpace(blank.ReplaceAllString(markup, "><")))
}

// TestTwinsDrawTheSame keeps the comparison fair.
func TestTwinsDrawTheSame(t *testing.T) {
	var ours, theirs bytes.Buffer
	if err := vendors.UnitTable(units(), pager).Render(t.Context(), &ours); err != nil {
		t.Fatal(err)
	}
	if err := twin.Execute(&theirs, propsOfTwin()); err != nil {
		t.Fatal(err)
	}
	a, b := plain(ours.String()), plain(theirs.String())
	if a == b {
		return
	}
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	t.Errorf("the tables part after %d bytes:\n%.200s\n%.200s", n, a[max(0, n-60):], b[max(0, n-60):])
}

// BenchmarkComponent is the product's list of units.
func BenchmarkComponent(b *testing.B) {
	rows, out := units(), &bytes.Buffer{}
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := vendors.UnitTable(rows, pager).Render(b.Context(), out); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTwin is the same table by html/template.
func BenchmarkTwin(b *testing.B) {
	props, out := propsOfTwin(), &bytes.Buffer{}
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := twin.Execute(out, props); err != nil {
			b.Fatal(err)
		}
	}
}
