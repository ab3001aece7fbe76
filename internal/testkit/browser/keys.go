package browser

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// GroupSeparator is what hand scanners send between two variable fields. Most
// send it as the control key with the closing bracket, and so does Keys.
const GroupSeparator = '\u001d'

// Keys types a text, one key every gap by the stamps on the events, counted
// from the page's own clock: a script that tells a scanner from a person by
// its pace meets the same pace on a busy machine.
func (p *Page) Keys(t testing.TB, text string, gap time.Duration) {
	t.Helper()
	p.typed = max(p.typed, Eval[float64](t, p, "(performance.timeOrigin + performance.now()) / 1000"))
	stamp := func(k *input.DispatchKeyEventParams) { k.Timestamp = input.TimeSinceEpoch(p.typed) }
	for _, r := range text {
		p.typed += max(gap, time.Millisecond).Seconds()
		if r == GroupSeparator {
			p.Do(t, chromedp.KeyEvent("]", chromedp.KeyModifiers(chromedp.ModifierCtrl), stamp))
		} else {
			p.Do(t, chromedp.KeyEvent(string(r), stamp))
		}
	}
}

// Burst types like a hand scanner that works as a keyboard: a key every eight
// milliseconds, Enter last.
func (p *Page) Burst(t testing.TB, scan string) {
	t.Helper()
	p.Keys(t, scan+"\r", 8*time.Millisecond)
}
