package ward_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// amy opens a case of her own and returns its name and address.
func (v visitor) openCase(t *testing.T) (name, path string) {
	t.Helper()
	home := v.get("/cases")
	room := home.find(t, `<option value="([0-9a-f-]{36})"`)
	opened := v.send("/cases", url.Values{"place": {room}})
	name = opened.find(t, `Case (C-[0-9A-Z]{4}) is open`)
	return name, opened.find(t, `class="case-chip" href="(/cases/[0-9a-f-]{36})"`)
}

func (v visitor) scan(text string) answer {
	v.t.Helper()
	return v.send("/scan", url.Values{"scan": {text}, "source": {"typed"}, "symbology": {""}})
}

// TestNurseRecordsACase is the nurse's way: open, scan, scan twice, confirm,
// undo, use again, waste, correct, close.
func TestNurseRecordsACase(t *testing.T) {
	h := open(t)
	amy := h.enter("amy@brannoc.example")
	labels := amy.ready(t, 2)
	name, path := amy.openCase(t)

	first := amy.scan(labels[0])
	first.holds(t, "In "+name)
	if first.words() != "Identified, May be used" {
		t.Errorf("a barcode was answered %q", first.words())
	}
	amy.scan(labels[0]).holds(t, "Already in this case, ")
	amy.scan(labels[1]).holds(t, "Use 2 units on "+name+" as Amy O.")

	waiting := amy.get(path)
	units := regexp.MustCompile(`name="units" value="([0-9a-f-]{36})"`).FindAllStringSubmatch(waiting.body, -1)
	if len(units) != 2 {
		t.Fatalf("%d units wait for one confirm", len(units))
	}
	confirmed := amy.send(path+"/confirm", url.Values{"units": {units[0][1], units[1][1]}})
	confirmed.holds(t, "2 used.")
	undo := confirmed.find(t, `action="(/usages/[0-9a-f-]{36}/undo)"`)
	amy.send(undo, url.Values{}).holds(t, "Taken back.")
	amy.send(undo, url.Values{}).holds(t, "already taken back or corrected")

	correct := amy.get(path).find(t, `href="(/usages/[0-9a-f-]{36}/correct)"`)
	form := amy.get(correct)
	form.holds(t, "It was used on another case")
	other := form.find(t, `<option value="([0-9a-f-]{36})"`)
	moved := amy.send(strings.Replace(correct, "correct", "move", 1), url.Values{"case": {other}, "reason": {"scanned on the wrong case"}})
	moved.holds(t, "Moved to C-")
	amy.get(path).holds(t, "Moved to another case")
	amy.send(path+"/close", url.Values{}).holds(t, "The case is closed.")
	amy.scan(labels[0]).holds(t, "To record its use, open a case first.")
}

// TestTwoNursesAndOneUnit: the second is told who and when, on the page.
func TestTwoNursesAndOneUnit(t *testing.T) {
	h := open(t)
	amy, ito := h.enter("amy@brannoc.example"), h.enter("ito@brannoc.example")
	label := amy.ready(t, 1)[0]
	_, amys := amy.openCase(t)
	_, itos := ito.openCase(t)
	unit := amy.scan(label).find(t, `name="units" value="([0-9a-f-]{36})"`)
	ito.scan(label)
	amy.send(amys+"/confirm", url.Values{"units": {unit}}).holds(t, "1 used.")
	ito.send(itos+"/confirm", url.Values{"units": {unit}}).holds(t, "by Amy O.")
	if words := ito.scan(label).words(); !strings.HasSuffix(words, "Stop") {
		t.Errorf("a used unit is %q", words)
	}
}

// TestStoppedUnitNeedsASecondPerson is row 94 through the pages.
func TestStoppedUnitNeedsASecondPerson(t *testing.T) {
	h := open(t)
	amy := h.enter("amy@brannoc.example")
	_, path := amy.openCase(t)
	tapped := amy.get(h.taps["recalled"])
	if tapped.words() != "Genuine, Stop" {
		t.Fatalf("the recalled unit is %q", tapped.words())
	}
	tap := tapped.find(t, `name="tap" value="([0-9a-f-]{36})"`)
	amy.send("/scan/pick", url.Values{"tap": {tap}})
	waiting := amy.get(path)
	if strings.Contains(waiting.body, `name="units"`) {
		t.Error("a stopped unit is part of the confirm")
	}
	decide := waiting.find(t, `href="(/cases/[0-9a-f-]{36}/units/[0-9a-f-]{36}/decide)"`)
	amy.get(decide).holds(t, "Two people stand for it")
	form := url.Values{"reason": {""}, "email": {""}, "password": {""}}
	amy.send(decide, form).holds(t, "second person")
	form = url.Values{"reason": {"no other size, patient on the table"}, "email": {"ito@brannoc.example"}, "password": {"wrong"}}
	if got := amy.send(decide, form); got.code != http.StatusUnprocessableEntity || strings.Contains(got.body, "wrong\"") {
		t.Errorf("%d; the page gives a password back or took a wrong one", got.code)
	}
	form.Set("password", password)
	form.Del("idempotency_key")
	amy.send(decide, form).holds(t, "An incident is open, and billing is held.")
}

// TestTapTellsStrangersLittle: the verdict and the product, and the same answer
// for what is not known and what is wrong (row 42).
func TestTapTellsStrangersLittle(t *testing.T) {
	h := open(t)
	nobody := h.visit()
	genuine := nobody.get(h.taps["genuine"])
	if !strings.HasPrefix(genuine.words(), "Genuine") {
		t.Fatalf("%d %q", genuine.code, genuine.words())
	}
	for _, secret := range []string{"Serial", "/units/", "Owner", "Brannoc"} {
		if strings.Contains(genuine.body, secret) {
			t.Errorf("nobody learns %q", secret)
		}
	}
	if again := nobody.get(h.taps["genuine"]); again.words() != genuine.words() {
		t.Errorf("the same browser reloading sees %q", again.words())
	}
	if other := h.visit().get(h.taps["genuine"]); !strings.HasPrefix(other.words(), "Seen before") {
		t.Errorf("another browser sees %q", other.words())
	}
	altered := nobody.get(h.taps["altered"])
	unknown := nobody.get(regexp.MustCompile(`p=[0-9A-F]+`).ReplaceAllString(h.taps["altered"], "p="+strings.Repeat("5A", 16)))
	if altered.body != unknown.body || altered.code != unknown.code || !strings.HasPrefix(altered.words(), "Not genuine") {
		t.Errorf("%q and %q, or other differences", altered.words(), unknown.words())
	}
	nobody.send("/sign-in", url.Values{"email": {"amy@brannoc.example"}, "password": {password}, "next": {"/scan/tapped"}})
	if held := nobody.get("/scan/tapped"); held.words() != "Genuine, May be used" {
		t.Errorf("signing in continues with %q", held.words())
	}
}

// TestPreviewsDoNotConsumeTheTap: a link preview leaves the one look to the
// person.
func TestPreviewsDoNotConsumeTheTap(t *testing.T) {
	h := open(t)
	for name, header := range map[string][2]string{
		"messenger": {"User-Agent", "WhatsApp/2.23"}, "prefetch": {"Sec-Purpose", "prefetch"}, "script": {"Sec-Fetch-Mode", "no-cors"},
	} {
		v := h.visit()
		r := v.request(http.MethodGet, h.taps["genuine"], nil)
		r.Header.Set(header[0], header[1])
		if got := v.do(r); got.words() != "" || !strings.Contains(got.body, "Nothing was checked yet") {
			t.Errorf("%s: %q", name, got.words())
		}
		v.do(v.request(http.MethodHead, h.taps["genuine"], nil))
	}
	if got := h.visit().get(h.taps["genuine"]); !strings.HasPrefix(got.words(), "Genuine") {
		t.Errorf("after the previews the person sees %q", got.words())
	}
}

// TestBadTapURLs: what no tag writes is refused with 400.
func TestBadTapURLs(t *testing.T) {
	h := open(t)
	good := h.taps["genuine"]
	for name, address := range map[string]string{
		"doubled":        good + "&m=0011223344556677",
		"undeclared":     good + "&x=1",
		"foreign digits": strings.Replace(good, "m=", "m=%D9%A3", 1),
		"short":          good[:len(good)-2],
		"oversize":       good + strings.Repeat("A", 600),
	} {
		if got := h.visit().get(address); got.code != http.StatusBadRequest && got.code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, got.code)
		}
	}
	if got := h.visit().get(good); !strings.HasPrefix(got.words(), "Genuine") {
		t.Errorf("control: %d %q", got.code, got.words())
	}
}
