package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"trueward/internal/app/scanning"
	"trueward/internal/sample"
	"trueward/internal/testkit/browser"
)

// TestScannerSetUp scans the codes of the set-up sheet as a scanner does that is
// set up well, one that drops the separator, and one with another layout.
func TestScannerSetUp(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := nurse{h, h.enter(t, b.Apart(t), kenji, phone), t}
	n.Go(t, h.url+"/scan")
	n.Follow(t, "Set it up and test it")
	n.Check(t, "set-up")
	for _, c := range []struct{ sent, says string }{
		{"]d2" + scanning.TestElements, "The scanner is set up well"},
		{"]d2" + strings.ReplaceAll(scanning.TestElements, "\u001d", ""), "not sending the group separator"},
		{strings.NewReplacer("Y", "Z", "Z", "Y", "y", "z", "z", "y").Replace(scanning.TestElements), "The keyboard layout is wrong: “Z” arrives as “Y”"},
	} {
		n.Burst(t, c.sent)
		n.WaitFor(t, fmt.Sprintf(`document.querySelector("#scan-result").innerText.includes(%q)`, c.says))
	}
	n.Check(t, "set-up, answered")
}

// TestManyAtOnce scans in a batch: the newest stands on top, the count is right,
// and what a screen reader hears is one sentence at the end, not one per scan.
func TestManyAtOnce(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := h.work(t, b.Apart(t), kenji)
	units := h.take(t, 3)
	n.Press(t, "Many at once")
	browser.Eval[bool](t, n.Page, `(() => {
		window.heard = [];
		const said = new MutationObserver((changes) => changes.forEach(({ target }) => {
			const place = (target.nodeType === 1 ? target : target.parentElement)?.closest?.("#scan-result [role=status], [data-batch-said]");
			if (place?.textContent) heard.push(place.textContent);
		}));
		said.observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
		return true;
	})()`)
	for _, u := range append(units, units[0]) {
		n.Burst(t, "]d2"+element(u))
		n.WaitFor(t, fmt.Sprintf(`document.querySelector("#scan-result").innerText.includes(%q)`, u.Serial))
	}
	n.WaitFor(t, `document.querySelector("[data-batch-said]").textContent !== ""`)
	if said := browser.Eval[string](t, n.Page, `document.querySelector("[data-batch-said]").textContent`); said != "4 scanned, 0 stopped, 1 seen before." {
		t.Errorf("the batch is summed up as: %s", said)
	}
	if heard := browser.Eval[[]string](t, n.Page, "heard"); len(heard) != 1 {
		t.Errorf("a screen reader hears %q", heard)
	}
	top := browser.Eval[string](t, n.Page, `document.querySelector("#waiting li").innerText`)
	if !strings.Contains(top, units[2].Serial) {
		t.Errorf("the newest is not on top: %s", top)
	}
	n.Check(t, "many at once")
	n.closeCase()
}

// TestPhoneReadsTags: where the browser has Web NFC, a tag held to the phone
// comes into the case like any scan, and its check is the tag's own.
func TestPhoneReadsTags(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	n := h.work(t, b.Apart(t), kenji)
	if browser.Eval[bool](t, n.Page, `!document.querySelector("[data-nfc]").hidden`) {
		t.Error("a browser that cannot read tags offers to")
	}
	n.WithReader(t)
	n.Go(t, h.url+"/scan")
	n.Press(t, "Read tags with this phone")
	n.WaitFor(t, `window.reader`)
	browser.Eval[bool](t, n.Page, fmt.Sprintf(`reader.dispatchEvent(Object.assign(new Event("reading"), { message: { records: [{ recordType: "url", data: new TextEncoder().encode(%q) }] } }))`, h.tap(t, sample.TapGenuine)))
	n.WaitFor(t, `document.querySelector("#scan-result").innerText.includes("Genuine")`)
	n.says("May be used")
	n.Check(t, "tags by the phone")
	n.closeCase()
}
