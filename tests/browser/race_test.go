package browser_test

import (
	"regexp"
	"strings"
	"testing"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/custody"
	"trueward/internal/testkit/browser"
)

// loser is what the one is told who came second: that it is used, on which
// case, when and by whom.
var loser = regexp.MustCompile(`0 used, 1 not: This unit was already used on C-\w+, \d\d:\d\d[^,]*, by (Amy O\.|Kenji I\.|Amy Osei|Kenji Ito)`)

// TestTwoNurses has two nurses confirm the use of one unit at the same moment,
// in two browsers: one of them uses it, and the other is told who did, and
// when.
func TestTwoNurses(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	first, second := h.work(t, b.Apart(t), amy), h.work(t, b.Apart(t), kenji)
	for _, u := range h.take(t, 3) {
		for _, n := range []nurse{first, second} {
			n.Go(t, h.url+"/scan")
			n.typed(bracketed(u))
			n.answers(u)
		}
		browser.Together(t, "Use 1 unit on", first.Page, second.Page)
		first.judge(u, second)
	}
	first.closeCase()
	second.closeCase()
}

// judge holds the outcome of a race to: one use, one winner, one loser who
// knows.
func (n nurse) judge(u store.UnitRow, other nurse) {
	n.t.Helper()
	list, err := n.queries(n.t).Usages(store.UsageFilter{Unit: u.ID}, store.Page{Limit: 10})
	if err != nil || len(list.Rows) != 1 {
		n.t.Fatalf("the unit was used %d times (%v)", len(list.Rows), err)
	}
	n.expect(u, custody.Used)
	won, lost := 0, 0
	for _, p := range []nurse{n, other} {
		said := p.Text(n.t)
		if strings.Contains(said, "1 used.") {
			won++
		}
		if who := loser.FindStringSubmatch(said); who != nil {
			lost++
			if !strings.HasPrefix(list.Rows[0].ActorName, strings.Fields(who[1])[0]) {
				n.t.Errorf("%s is named, but %s used it", who[1], list.Rows[0].ActorName)
			}
		}
	}
	if won != 1 || lost != 1 {
		n.t.Errorf("%d won and %d were told; the pages say:\n%s\n%s", won, lost, n.Text(n.t), other.Text(n.t))
	}
}
