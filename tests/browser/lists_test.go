package browser_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"testing"

	"trueward/internal/testkit/browser"
)

// heads are the headings of the page's list.
func (c clerk) heads() []string {
	c.t.Helper()
	return browser.Eval[[]string](c.t, c.Page, `[...document.querySelectorAll("main table thead th")].map((h) => h.innerText.replace("Sort by", "").trim())`)
}

// file takes the list as a file and returns its records.
func (c clerk) file() [][]string {
	c.t.Helper()
	_, content := c.Download(c.t, "CSV of this list")
	records, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		c.t.Fatal(err)
	}
	return records
}

// TestLists narrows a list, chooses columns, turns it round, keeps it as a view
// and takes exactly that as a file.
func TestLists(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	c := h.office(t, b, ines)
	c.Go(t, h.url+"/vendor/stock?q=expandable&state=available")
	if len(c.rows()) == 0 {
		c.Go(t, h.url+"/vendor/stock?state=available")
	}
	c.Press(t, "Columns")
	c.Press(t, "Product number")
	c.Press(t, "Hospital and place")
	c.Check(t, "the columns of a list, open")
	c.Follow(t, "Show these columns")
	if heads := c.heads(); !slices.Equal(heads, []string{"Product", "Product number", "Lot and serial", "Expires", "State"}) {
		t.Fatalf("the list shows %q", heads)
	}
	rising := browser.Eval[string](t, c.Page, `document.querySelector("main tbody time").dateTime`)
	c.Press(t, "Sort by Expires")
	c.WaitFor(t, `new URLSearchParams(location.search).get("order") === "reverse" && document.readyState === "complete"`)
	dates := browser.Eval[[]string](t, c.Page, `[...document.querySelectorAll("main tbody time")].map((d) => d.dateTime)`)
	if !slices.IsSortedFunc(dates, func(a, b string) int { return -cmpText(a, b) }) || dates[0] <= rising {
		t.Errorf("turned round the list begins with %s and before with %s: %v", dates[0], rising, dates)
	}

	c.Press(t, "Views")
	c.Fill(t, "#view-name", "Last to expire")
	c.Follow(t, "Save this view")
	c.says("Saved as “Last to expire”", "Product number")
	c.Go(t, h.url+"/vendor/stock")
	c.Follow(t, "Last to expire")
	if heads := c.heads(); len(heads) != 5 || heads[1] != "Product number" {
		t.Errorf("the view shows %q", heads)
	}
	c.Check(t, "a list with a view")

	records := c.file()
	if want := []string{"product", "size", "di", "lot", "serial", "expiry", "state", "stopped"}; !slices.Equal(records[0], want) {
		t.Fatalf("the file has the columns %q", records[0])
	}
	for i, date := range dates {
		if records[i+1][5] != date {
			t.Errorf("row %d of the file expires on %s, of the page on %s", i, records[i+1][5], date)
		}
	}
	for _, r := range records[1:] {
		if r[6] != "On the shelf" {
			t.Errorf("the file holds a unit that is %s; the page shows those on the shelf", r[6])
		}
	}

	other := h.office(t, b, "lars@norvane.example")
	other.Go(t, h.url+"/vendor/stock")
	if slices.Contains(browser.Eval[[]string](t, other.Page, `[...document.querySelectorAll(".list-tools .chip")].map((c) => c.innerText.trim())`), "Last to expire") {
		t.Error("a colleague sees a view that is not theirs")
	}

	c.Press(t, "Views")
	c.Follow(t, "Remove Last to expire")
	c.says("is removed")
}

func cmpText(a, b string) int { return bytes.Compare([]byte(a), []byte(b)) }
