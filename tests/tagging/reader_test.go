//go:build unix

package tagging_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"trueward/internal/domain/authentic"
	"trueward/internal/domain/device"
	"trueward/internal/standard/epc"
	"trueward/internal/standard/m100"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/testkit/simreader"
)

// officer is somebody of the vendor's office with a browser without scripts.
type officer struct {
	t      *testing.T
	url    string
	client *http.Client
}

func (h *house) officer(t *testing.T) officer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	o := officer{t, h.url, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	o.send("/sign-in", url.Values{"email": {office}, "password": {password}, "next": {"/"}})
	return o
}

// ask returns a page and the address where it was found at last.
func (o officer) ask(request *http.Request) (page, path string) {
	o.t.Helper()
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := o.client.Do(request)
	if err != nil {
		o.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		o.t.Fatalf("%s answers %d, %v:\n%s", request.URL.Path, response.StatusCode, err, body)
	}
	return string(body), response.Request.URL.Path
}

func (o officer) get(path string) string {
	o.t.Helper()
	request, err := http.NewRequestWithContext(o.t.Context(), http.MethodGet, o.url+path, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	page, _ := o.ask(request)
	return page
}

// send posts a form and returns where it led.
func (o officer) send(path string, form url.Values) string {
	o.t.Helper()
	form.Set("idempotency_key", fmt.Sprintf("00000000-0000-4000-8000-%012x", rand.Uint64()>>16))
	request, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		o.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, led := o.ask(request)
	return led
}

// await loads the page of a run again until it says something.
func (o officer) await(run, words string) string {
	o.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; {
		page := o.get(run)
		if strings.Contains(page, words) {
			return page
		}
		if time.Now().After(end) {
			o.t.Fatalf("the page never says %q:\n%s", words, texts.ReplaceAllString(page, " "))
		}
	}
}

var texts = regexp.MustCompile(`<[^>]*>|\s{2,}`)

// prepared makes a profile, plans a run of two units to come and starts it.
func (o officer) prepared(h *house, profile url.Values, station string) (id, run string) {
	o.t.Helper()
	id = strings.TrimPrefix(o.send("/tag-profiles", profile), "/tag-profiles/")
	run = o.send("/tag-runs", url.Values{
		"profile": {id}, "what": {"coming"}, "di": {h.stent(o.t)}, "lot": {"LT2030"}, "expiry": {"2030-01-31"}, "serials": {"77001\n77002"},
	})
	o.send(run+"/start", url.Values{"station": {station}})
	return id, run
}

// TestUHFTagsAtAReader writes EPCs with the whole product over a serial line
// that is as bad as lines are, and reads them out of the tags.
func TestUHFTagsAtAReader(t *testing.T) {
	module := simreader.NewR200(m100.DialectBB)
	port := simreader.NewPort(t, module)
	h := open(t, device.Address{Path: port.Path, Kind: device.KindR200})
	o := h.officer(t)
	_, run := o.prepared(h, url.Values{"name": {"Stents, UHF"}, "kind": {"epc"}, "prefix": {"7"}, "filter": {"1"}}, "reader-1")
	if page := o.get(run); !strings.Contains(page, "away from others") {
		t.Error("the page does not say how to lay tags down")
	}
	// The same factory EPC on both, as on many rolls.
	factory, tid := []byte{0xE2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, []byte{0xE2, 0x80, 0x11, 0x05, 0x20, 0, 1, 2, 3, 4, 5, 6}
	first := simreader.NewUHFTag(factory, tid)
	second := simreader.NewUHFTag(factory, append(tid[:11:11], 7))
	port.Mischief.Next(simreader.Faults()...)
	module.Lay(first)
	o.await(run, "1 of 2 tags")
	stranger := simreader.NewUHFTag([]byte{0xE2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}, append(tid[:11:11], 8))
	module.Lay(second, stranger)
	o.await(run, "Lay down one at a time")
	module.TearWrite(3)
	port.Mischief.Next(simreader.FaultNone, simreader.FaultNone, simreader.FaultCut, simreader.FaultNone, simreader.FaultCheck, simreader.FaultNoise)
	module.Lay(second, first) // the first lies beside it
	o.await(run, "2 of 2 tags, 2 waiting for their unit")
	module.Lay() // nothing is read while the tags are looked into
	for tag, serial := range map[*simreader.UHFTag]string{first: "77001", second: "77002"} {
		read, err := epc.DecodeBytes(tag.EPC)
		if err != nil || read.GTIN() != h.stent(t) || read.Serial() != serial || int(tag.PC>>11)*2 != len(tag.EPC) {
			t.Errorf("serial %s: the tag bears %s %s, %v", serial, read.GTIN(), read.Serial(), err)
			continue
		}
		known, err := h.queries(t).TagByEPC(strings.ToUpper(read.Hex()))
		if err != nil || known.Technology != authentic.UHF || known.State != authentic.TagActive {
			t.Errorf("serial %s: %+v, %v", serial, known, err)
		}
	}
	if stranger.EPC[11] != 2 {
		t.Error("a tag that was not alone was written")
	}
}

// signed are chips with signatures that their maker published: NXP AN12196
// table 30, and a DESFire Light of Proxmark3, tools/recover_pk.py @1c8c3b7.
var signed = [][2]string{
	{"04518DFAA96180", "D1940D17CFEDA4BFF80359AB975F9F6514313E8F90C1D3CAAF5941AD744A1CDF9A83F883CAFE0FE95D1939B1B7E47113993324473B785D21"},
	{"0439556ACB6480", "D5BD0978106E1E38B513642335966AB21E9F950DCFCFAB45FF13D0DC3CA4C2AE7E0D671DF1240937D040DAC4601C5F66ED62C546EE03ED08"},
}

func signedTag(t *testing.T, n int, loop bool) *simtag.Tag {
	t.Helper()
	cfg := simtag.Config{Rand: rand.NewChaCha8([32]byte{byte(n)}), TagTamper: loop}
	uid, err := hex.DecodeString(signed[n][0])
	if err != nil {
		t.Fatal(err)
	}
	signature, err := hex.DecodeString(signed[n][1])
	if err != nil {
		t.Fatal(err)
	}
	cfg.UID, cfg.Signature = ntag424.UID(uid), [56]byte(signature)
	return simtag.New(cfg)
}

// TestNFCTagsAtAReader commissions NTAG 424 DNA with the whole product through
// a PN532 on a serial line, and then taps them as a phone does.
func TestNFCTagsAtAReader(t *testing.T) {
	module := simreader.NewPN532()
	port := simreader.NewPort(t, module)
	h := open(t, device.Address{Path: port.Path, Kind: device.KindPN532})
	o := h.officer(t)
	_, run := o.prepared(h, url.Values{"name": {"Stents of 2030"}, "kind": {"private"}, "address": {h.url}}, "reader-1")
	first := signedTag(t, 0, false)
	forged := simtag.New(simtag.Config{UID: ntag424.UID{4, 1, 2, 3, 4, 5, 6}, Rand: rand.NewChaCha8([32]byte{9})})
	module.Lay(simreader.NTAG424{Tag: forged})
	o.await(run, "did not sign this chip")
	port.Mischief.Next(simreader.FaultNone, simreader.FaultNoise, simreader.FaultCut, simreader.FaultNone, simreader.FaultCheck, simreader.FaultSilent)
	module.Lay(simreader.NTAG424{Tag: first})
	o.await(run, "1 of 2 tags")
	second := signedTag(t, 1, false)
	module.Lay(simreader.NTAG424{Tag: second})
	o.await(run, "2 of 2 tags, 2 waiting for their unit")
	module.Lay(nil) // the tags are taken away, and tapped
	for _, tag := range []*simtag.Tag{first, second} {
		address, err := tag.Tap()
		if err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(address, h.url)
		if page := o.get(path); !strings.Contains(page, "Genuine") {
			t.Errorf("a tap of the tag is not genuine:\n%s", texts.ReplaceAllString(page, " "))
		}
		if _, err := tag.Tap(); err != nil {
			t.Fatal(err)
		}
	}
}
