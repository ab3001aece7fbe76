package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/internal/testkit/browser"
	"trueward/web/route"
)

// The pace of a busy morning: so many nurses, each with a scan every so often;
// and how soon a verdict must be on the screen.
const (
	nurses    = 20
	between   = 2 * time.Second
	looked    = 60 // scans of the nurse whose screen is watched
	paintedBy = time.Second
)

// TestPace has twenty nurses scan at once, one of them at a screen, and measures
// from the scanner's last key until the verdict is painted. It is judged in the
// soak alone, on a machine that does nothing else.
func TestPace(t *testing.T) {
	if os.Getenv("TRUEWARD_SOAK") != "1" {
		t.Log("not judged: TRUEWARD_SOAK=1 has twenty nurses scan")
		return
	}
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	units := h.take(t, 10)
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	var sent sync.Map
	for i := range nurses - 1 {
		others.Go(func() {
			n, err := h.scanAll(ctx, element(units[i%len(units)]))
			if sent.Store(i, n); err != nil {
				t.Error(err)
			}
		})
	}
	n := h.work(t, b.Apart(t), kenji)
	n.Go(t, h.url+"/scan")
	browser.Eval[bool](t, n.Page, `(() => {
		window.took = [];
		let began = 0;
		document.getElementById("scan-form").addEventListener("submit", () => { began = performance.now(); }, { capture: true });
		new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(() => {
			if (began) took.push(performance.now() - began);
			began = 0;
		}))).observe(document.getElementById("scan-result"), { childList: true });
		return true;
	})()`)
	for i := range looked {
		n.Burst(t, "]d2"+element(units[i%len(units)]))
		n.WaitFor(t, fmt.Sprintf(`took.length === %d`, i+1))
	}
	stop()
	others.Wait()
	took := browser.Eval[[]float64](t, n.Page, "took.sort((a, b) => a - b)")
	all := 0
	sent.Range(func(_, n any) bool { all += n.(int); return true })
	p50, p95 := took[len(took)/2], took[len(took)*95/100]
	t.Logf("%d scans painted beside %d others: p50 %.0f ms, p95 %.0f ms", len(took), all, p50, p95)
	if p95 > float64(paintedBy.Milliseconds()) {
		t.Errorf("95 of 100 verdicts are painted within %.0f ms", p95)
	}
	n.closeCase()
}

// scanAll signs in as a nurse and scans until the end, and returns how often.
func (h *house) scanAll(ctx context.Context, text string) (int, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return 0, err
	}
	client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	post := func(path string, form url.Values) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("HX-Request", "true")
		answer, err := client.Do(r)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if !slices.Contains([]int{http.StatusOK, http.StatusSeeOther}, answer.StatusCode) {
			return fmt.Errorf("%s answers %s", path, answer.Status)
		}
		return nil
	}
	if err := post("/sign-in", url.Values{"email": {amy}, "password": {password}}); err != nil {
		return 0, err
	}
	pace := time.NewTicker(between)
	defer pace.Stop()
	for n := 0; ; n++ {
		err := post("/scan", url.Values{"scan": {text}, "symbology": {"]d2"}, "source": {"wedge"}, route.KeyField: {route.NewKey()}})
		if ctx.Err() != nil {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		select {
		case <-pace.C:
		case <-ctx.Done():
			return n, nil
		}
	}
}
