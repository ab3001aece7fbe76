package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"trueward/internal/standard/civil"
)

func render(t *testing.T, ctx context.Context, c templ.Component) string {
	t.Helper()
	var out strings.Builder
	if err := c.Render(ctx, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestGreenMeansOneThing walks all pairs of verdict and disposition: green is
// shown for Genuine with May be used, and for no other pair.
func TestGreenMeansOneThing(t *testing.T) {
	for _, v := range []Verdict{Genuine, ChipGenuine, Identified, Refused, Pending, "unheard of"} {
		for _, d := range []Disposition{MayBeUsed, Warning, StopUse, Unknown, "unheard of"} {
			check := CheckProps{Verdict: v, VerdictWord: "V", Disposition: d, DispositionWord: "D"}
			for _, c := range []templ.Component{VerdictBoard(check), VerdictTags(check)} {
				green := strings.Contains(render(t, t.Context(), c), "tone-good")
				if want := v == Genuine && d == MayBeUsed; green != want {
					t.Errorf("%s with %s: green %v, want %v", v, d, green, want)
				}
			}
		}
	}
}

func TestStopInterruptsAndSounds(t *testing.T) {
	cases := []struct {
		v           Verdict
		d           Disposition
		role, sound string
	}{
		{Genuine, MayBeUsed, "status", "good"},
		{Identified, MayBeUsed, "status", "good"},
		{Genuine, StopUse, "alert", "stop"},
		{Refused, MayBeUsed, "alert", "stop"},
		{Pending, Unknown, "status", ""},
	}
	for _, c := range cases {
		p := CheckProps{Verdict: c.v, Disposition: c.d}
		if p.role() != c.role || p.Sound() != c.sound {
			t.Errorf("%s with %s: role %q sound %q, want %q %q", c.v, c.d, p.role(), p.Sound(), c.role, c.sound)
		}
	}
}

func TestForeignTextStaysText(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	all := render(t, t.Context(), Field(FieldProps{ID: "a", Label: evil, Hint: evil, Error: evil, Value: evil})) +
		render(t, t.Context(), LotSerial(evil, evil)) + render(t, t.Context(), RowLink(evil, "javascript:alert(1)")) +
		render(t, t.Context(), Notice(NoticeProps{Title: evil})) + render(t, t.Context(), ErrorSummary(evil, []FieldError{{FieldID: evil, Text: evil}}))
	for _, bad := range []string{"<script", "<img", "javascript:"} {
		if strings.Contains(all, bad) {
			t.Errorf("%s reached the page", bad)
		}
	}
}

func TestFieldTellsScreenReadersWhatIsWrong(t *testing.T) {
	html := render(t, t.Context(), Field(FieldProps{ID: "lot", Label: "Lot", Hint: "h", Error: "e"}))
	for _, want := range []string{`aria-describedby="lot-hint lot-error"`, `aria-invalid="true"`, `id="lot-error"`, `for="lot"`, ` required`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in %s", want, html)
		}
	}
	if html := render(t, t.Context(), Field(FieldProps{ID: "lot", Label: "Lot", Optional: true})); strings.Contains(html, "required") || strings.Contains(html, "aria-") {
		t.Errorf("an optional, sound field says %s", html)
	}
}

func TestDatesAndInstants(t *testing.T) {
	words := English
	words.Months[11] = "déc."
	french := WithWords(t.Context(), words)
	paris := time.FixedZone("CET", 3600)
	cases := map[string]string{
		render(t, t.Context(), CivilDate(civil.Date{Year: 2027, Month: 12, Day: 31})):           `<time class="nowrap" datetime="2027-12-31">31 Dec 2027</time>`,
		render(t, t.Context(), CivilDate(civil.Date{Year: 2027, Month: 12})):                    `<time class="nowrap" datetime="2027-12">Dec 2027</time>`,
		render(t, t.Context(), CivilDate(civil.Date{Year: 2027, Month: 13, Day: 1})):            `<span class="muted">Not recorded</span>`,
		render(t, french, CivilDate(civil.Date{Year: 2027, Month: 12, Day: 1})):                 `<time class="nowrap" datetime="2027-12-01">1 déc. 2027</time>`,
		render(t, t.Context(), Instant(time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC), paris)): `<time datetime="2026-12-31T23:30:00Z">1 Jan 2027, 00:30 CET</time>`,
	}
	for got, want := range cases {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTableLabelsEveryCellForPhones(t *testing.T) {
	html := render(t, t.Context(), DataTable(TableProps{
		Caption: "c", Columns: []Column{{Label: "Number"}, {Label: "Amount", Numeric: true, SortHref: "?s=a", Sorted: Descending}, {Label: "Actions", Unnamed: true}},
		Rows: []Row{{Cells: []templ.Component{Text("a"), Text("b"), nil}}},
	}))
	for _, want := range []string{`data-label="Amount"`, `aria-sort="descending"`, `data-label=""`, `scope="row"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing in %s", want, html)
		}
	}
}

// TestDrawnCellsEscape holds the hand-written escaping against the template's.
func TestDrawnCellsEscape(t *testing.T) {
	for _, value := range []string{"", "plain", `a&b`, `<b>`, `"quoted"`, `it's`, "3.0 × 18 mm", "a\x00b"} {
		if got, want := render(t, t.Context(), Text(value)), templ.EscapeString(value); got != want {
			t.Errorf("%q is drawn as %q, want %q", value, got, want)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the reader went away") }

func TestDrawnCellsTellAFailedWrite(t *testing.T) {
	row := tableRow([]Column{{Label: "a"}}, Row{ID: "r", Cells: []templ.Component{Muted("m")}}, false)
	if err := row.Render(t.Context(), broken{}); err == nil {
		t.Error("a failed write is not told")
	}
}
