package wording

import (
	"fmt"
	"strings"
	"testing"
)

// stockPage is a list of 50 rows as the stock page draws them, about 40 KB.
func stockPage() []byte {
	var page strings.Builder
	page.WriteString(`<!doctype html><html lang="en" dir="ltr"><title>Stock – Trueward</title><main><h1>Stock</h1><table>`)
	for i := range 50 {
		fmt.Fprintf(&page, `<tr role="row"><th role="rowheader" scope="row" data-label="Unit"><a class="row-link nowrap" href="/units/0198c7a2-%012d"><bdi>SN%06d</bdi></a></th>`, i, i)
		page.WriteString(`<td role="cell" data-label="Product"><span class="two"><span>Norvane Aria drug-eluting stent</span><span class="two-lesser">3.0 × 18 mm</span></span></td>`)
		page.WriteString(`<td role="cell" data-label="Lot"><bdi class="mono">LT7Q1</bdi></td><td role="cell" data-label="Expires"><time class="nowrap" datetime="2027-12-31">31 Dec 2027</time></td>`)
		page.WriteString(`<td role="cell" data-label="Place">St. Brannoc's · Cath Lab 2, cabinet A</td><td role="cell" data-label="State"><span class="tag tag-info">On the shelf</span></td></tr>`)
	}
	return []byte(page.String() + `</table></main></html>`)
}

// BenchmarkPage is what a page in another language costs beside its English.
func BenchmarkPage(b *testing.B) {
	s, page := Speak(German), stockPage()
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		s.Page(page)
	}
}
