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

// Keys types a text, one key every gap by the stamps on the events, whatever
// the machine takes for it: a script that tells a scanner from a person by its
// pace meets the same pace on a busy machine.
func (p *Page) Keys(t testing.TB, text string, gap time.Duration) {
	t.Helper()
	if now := time.Now(); p.typed.Before(now) {
		p.typed = now
	}
	for _, r := range text {
		p.typed = p.typed.Add(max(gap, time.Millisecond))
		stamp := func(k *input.DispatchKeyEventParams) {
			k.Timestamp = input.TimeSinceEpoch(float64(p.typed.UnixMicro()) / 1e6)
		}
		if r == GroupSeparator {
			p.Do(t, chromedp.KeyEvent("]", chromedp.KeyModifiers(chromedp.ModifierCtrl), stamp))
		} else {
			p.Do(t, chromedp.KeyEvent(string(r), stamp))
		}
	}
}
