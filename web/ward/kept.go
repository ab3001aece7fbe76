package ward

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/app/scanning"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/usage"
	"trueward/internal/fault"
	"trueward/internal/standard/carrier"
	"trueward/web/frame"
	"trueward/web/route"
)

// keptParams declare a batch of scans that a device kept: lists of one length.
func keptParams() []route.Param {
	return []route.Param{
		route.Form("me", route.ID()), route.Form("sent", route.Int()), route.FormMany("key", route.ID()),
		route.FormMany("scan", route.Scan(4096)), route.FormMany("symbology", route.Text(8)), route.FormMany("source", sources()),
		route.FormMany("case", route.ID()), route.FormMany("person", route.ID()), route.FormMany("captured", route.Int()),
	}
}

// sources are the ways a scan comes into the box.
func sources() route.Type { return route.Enum("typed", "wedge", "camera", "nfc", "url") }

// keptItem is one scan of a batch.
type keptItem struct {
	scanning.KeptScan
	source string
	kase   usage.CaseID
	by     access.PersonID
}

// keptAnswer is what a device hears about one of its scans.
type keptAnswer struct {
	Key   string `json:"key"`
	State string `json:"state"` // added, duplicate, checked, conflict, refused
	Title string `json:"title"` // of the product, when one was found
	Words string `json:"words"`
	Sound string `json:"sound"`
}

// scansKept takes scans that a device kept while it could not reach us. Each is
// a command of its own, so that a batch sent again after a lost answer has the
// same answers. Only the person the device believes to be here is answered: it
// may not know yet that somebody else signed in.
func (w Ward) scansKept(c echo.Context) error {
	cmd := route.Command(c)
	if route.Value(c, "me") != string(cmd.Actor.Person) {
		return fault.New(fault.Conflict, "Somebody else is signed in. Load the page again.")
	}
	items, err := keptItems(c, w.Using.Store.Now())
	if err != nil {
		return err
	}
	answers := make([]keptAnswer, len(items))
	var fresh []scanning.KeptScan
	var at []int
	for i, item := range items {
		done, err := w.handedOver(c, item, &answers[i])
		if err != nil {
			return err
		}
		if !done {
			fresh, at = append(fresh, item.KeptScan), append(at, i)
		}
	}
	found, err := w.Scanning.ScansKept(c.Request().Context(), cmd, fresh)
	if err != nil {
		return err
	}
	for n, r := range found {
		if answers[at[n]], err = w.keep(c, items[at[n]], r); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, answers)
}

// keptItems takes the lists of a batch apart. The device's clock is set right
// by what it says the time is now.
func keptItems(c echo.Context, now time.Time) ([]keptItem, error) {
	keys := route.Values(c, "key")
	lists := map[string][]string{}
	for _, name := range []string{"scan", "symbology", "source", "case", "person", "captured"} {
		if lists[name] = route.Values(c, name); len(lists[name]) != len(keys) {
			return nil, fault.New(fault.Invalid, "These saved scans are not whole. Load the page and try again.")
		}
	}
	ahead := deviceTime(route.Value(c, "sent")).Sub(now)
	if route.Value(c, "sent") == "" {
		ahead = 0
	}
	items := make([]keptItem, len(keys))
	for i, key := range keys {
		if key == "" {
			return nil, fault.New(fault.Invalid, "These saved scans are not whole. Load the page and try again.")
		}
		items[i] = keptItem{
			KeptScan: scanning.KeptScan{
				Key: key, Raw: lists["scan"][i], Symbology: lists["symbology"][i], Captured: deviceTime(lists["captured"][i]).Add(-ahead),
			},
			source: lists["source"][i], kase: usage.CaseID(lists["case"][i]), by: access.PersonID(lists["person"][i]),
		}
	}
	return items, nil
}

// deviceTime reads milliseconds since 1970 by a device's clock.
func deviceTime(text string) time.Time {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.UnixMilli(0)
	}
	return time.UnixMilli(ms)
}

// handedOver answers a scan that a colleague made and that was carried out for
// them already: they sent it, the answer was lost, and somebody else sends it
// now.
func (w Ward) handedOver(c echo.Context, item keptItem, answer *keptAnswer) (bool, error) {
	if item.by == "" || item.by == route.Actor(c).Person {
		return false, nil
	}
	sent, err := w.queries(c).SentBefore(item.by, item.Key)
	if sent {
		*answer = keptAnswer{Key: item.Key, State: "duplicate", Words: "It was recorded when it was scanned.", Sound: "duplicate"}
	}
	return sent, err
}

// keep puts a checked scan into the case it was made for.
func (w Ward) keep(c echo.Context, item keptItem, r scanning.Result) (keptAnswer, error) {
	answer := keptAnswer{Key: item.Key, State: "checked", Words: r.Verdict.Words(), Title: keptTitle(r)}
	if item.kase == "" {
		if r.Sentence != "" {
			answer.Words = r.Sentence
		}
		return answer, nil
	}
	cmd := route.Command(c)
	cmd.Key, cmd.BodySHA256 = item.Key+store.CaseKey, scanning.Digest(item.Raw, item.Symbology)
	out, err := w.Using.Keep(c.Request().Context(), cmd, keptInput(item, r))
	if frame.Shown(err) {
		answer.State, answer.Words = "refused", fault.All(err)[0].Sentence
		return answer, nil
	}
	if err == nil {
		wordKept(&answer, out, r)
	}
	return answer, err
}

func wordKept(answer *keptAnswer, out using.KeptOutcome, r scanning.Result) {
	switch {
	case out.Conflict != "":
		answer.State, answer.Words, answer.Sound = "conflict", out.Trouble.Words(), "stop"
	case out.Duplicate:
		answer.State, answer.Words, answer.Sound = "duplicate", out.Sentence, "duplicate"
	default:
		answer.State, answer.Words, answer.Sound = "added", "In "+out.Pseudonym, "good"
		if usage.NeedsOverride(out.Disposition, keptVerdict(r)) {
			answer.Words, answer.Sound = "In "+out.Pseudonym+", stopped: "+out.Disposition.Words(), "stop"
		}
	}
}

func keptTitle(r scanning.Result) string {
	if !r.Found() {
		return ""
	}
	return strings.TrimSpace(r.Unit.Product + " " + r.Unit.Serial)
}

// keptVerdict is what a late check proves: a message that newer ones have
// overtaken names its tag, and proves nothing any more.
func keptVerdict(r scanning.Result) authentic.Verdict {
	if r.Late {
		return authentic.Verdict{Level: authentic.Identified}
	}
	return r.Verdict
}

func keptInput(item keptItem, r scanning.Result) using.KeptInput {
	in := using.KeptInput{
		ScanInput: using.ScanInput{Case: item.kase, Source: item.source, Verdict: keptVerdict(r), Tap: r.Tap, Captured: r.Captured, By: item.by},
		Sentence:  r.Sentence, Label: labelOf(item.Raw, r),
	}
	switch {
	case r.Found():
		in.Unit = r.Unit.ID
	case r.Verdict.Reason == authentic.Malformed:
		in.Trouble = usage.Unreadable
	case len(r.Candidates) > 0:
		in.Trouble = usage.UnitUnclear
	default:
		in.Trouble = usage.UnitUnknown
	}
	if in.Trouble != usage.NoTrouble && in.Sentence == "" {
		in.Sentence = "Tag check: " + r.Verdict.Words() + "."
	}
	return in
}

// labelOf is what a scan says, for people. A tag's message is left out, and so
// is what looks like one.
func labelOf(raw string, r scanning.Result) string {
	const longest = 200
	if r.Kind == carrier.Tap || strings.Contains(raw, "://") {
		return ""
	}
	text := strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, raw)
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
