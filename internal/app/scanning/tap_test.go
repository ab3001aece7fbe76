package scanning_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/scanning"
	"trueward/internal/domain/access"
	"trueward/internal/domain/alert"
	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/fault"
)

func TestAttack01EveryProfileIsGenuineOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for i := range profiles {
			tag := b.tag(i, b.Stents(1)[0])
			first := b.url(tag)
			r := b.tap(b.Amy, first)
			want(t, r, "Genuine", custody.MayBeUsed)
			if !r.Found() || r.Tap == "" {
				t.Errorf("%s: no unit with a genuine tap", profiles[i].ID)
			}
			want(t, b.tap(b.Amy, first), "Seen before", custody.MayBeUsed)
			want(t, b.tap(b.Amy, b.url(tag)), "Genuine", custody.MayBeUsed)
		}
	})
}

// TestAttack03ParallelCopies is row 39: of 50 copies of one URL exactly one is
// accepted, each time, in both dialects.
func TestAttack03ParallelCopies(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		for range 4 {
			if accepted := b.race(b.url(tag)); accepted != 1 {
				t.Fatalf("%d of %d copies were accepted", accepted, copies)
			}
		}
	})
}

// TestAttack03FindsAForgottenCounter is the control of row 39: where the
// database forgets counters, the same race must be seen to have many winners.
func TestAttack03FindsAForgottenCounter(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		b.tap(b.Amy, b.url(tag))
		storetest.ForgetUpdates(t, b.Store, "tag_counters", "last", "tap_events_accepted")
		if accepted := b.race(b.url(tag)); accepted < 2 {
			t.Fatalf("%d of %d copies were accepted by a database without memory", accepted, copies)
		}
	})
}

const copies = 50

// race sends copies of one tap at once, through two instances and by several
// people, and counts the accepted ones.
func (b *bench) race(in scanning.TapInput) int {
	b.t.Helper()
	second := &scanning.Desk{Store: b.Store, Keys: b.vault} // as another instance would
	var results [copies]scanning.Result
	var wg sync.WaitGroup
	for i := range copies {
		wg.Go(func() {
			desk := []*scanning.Desk{b.desk, second}[i%2]
			r, err := desk.Tap(b.t.Context(), store.Command{Actor: []access.Actor{b.Amy, b.Ben, {}}[i%3]}, in)
			if err != nil {
				b.t.Error(err)
			}
			results[i] = r
		})
	}
	wg.Wait()
	accepted := 0
	for _, r := range results {
		switch r.Verdict {
		case authentic.Verdict{Level: authentic.Genuine}:
			accepted++
		case authentic.Refuse(authentic.Replay):
		default:
			b.t.Errorf("a copy was answered %v", r.Verdict)
		}
	}
	return accepted
}

func TestAttack02OlderUnseenMessage(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		harvested := b.url(tag)
		b.tap(b.Amy, b.url(tag))
		r := b.tap(b.Amy, harvested)
		if r.Verdict != authentic.Refuse(authentic.ReplayRollback) || b.alerts() != "replay_rollback" {
			t.Errorf("%v, alerts %q", r.Verdict, b.alerts())
		}
	})
}

func TestAttack04And19LargeJump(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		b.tap(b.Amy, b.url(tag))
		tag.SetCounter(5000)
		want(t, b.tap(b.Amy, b.url(tag)), "Genuine", custody.MayBeUsed)
		if b.alerts() != "counter_jump" {
			t.Errorf("alerts %q", b.alerts())
		}
	})
}

// TestAttack15UnknownAndWrongLookAlike is row 42: a tag that is not known and one whose
// signature is wrong get one answer, whoever asks.
func TestAttack15UnknownAndWrongLookAlike(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		known, unknown := b.tag(0, b.Stents(1)[0]), b.tag(0, "")
		wrong := b.url(known)
		wrong.Query = flip(wrong.Query)
		stranger := wrong
		stranger.Profile = "absent"
		for _, actor := range []access.Actor{{}, b.Amy, b.Rob} {
			var answers []string
			for _, in := range []scanning.TapInput{b.url(unknown), wrong, stranger} {
				r := b.tap(actor, in)
				text, err := json.Marshal(r)
				if err != nil {
					t.Fatal(err)
				}
				answers = append(answers, string(text))
			}
			if answers[0] != answers[1] || answers[0] != answers[2] || !strings.Contains(answers[0], "not_authentic") {
				t.Errorf("answers differ:\n%s", strings.Join(answers, "\n"))
			}
		}
	})
}

// TestAttack15ManyRefusalsAreAnAlert: the fiftieth refused message of a profile
// within ten minutes warns its vendor, once; fewer, or over a longer time, warn
// nobody.
func TestAttack15ManyRefusalsAreAnAlert(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		in := b.url(b.tag(0, b.Stents(1)[0]))
		in.Query = flip(in.Query)
		try := func(times int) int {
			t.Helper()
			for range times {
				b.tap(access.Actor{}, in)
			}
			list, err := b.Store.Read(t.Context(), access.Everything()).Alerts(true, store.Page{})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list.Rows {
				if a.Kind != alert.MassScanning || a.Vendor != b.Vendor || a.Hospital != "" {
					t.Errorf("alert %+v", a)
				}
			}
			return len(list.Rows)
		}
		if n := try(49); n != 0 {
			t.Errorf("%d alerts after 49 refusals", n)
		}
		b.clock.Advance(10 * time.Minute)
		if n := try(49); n != 0 {
			t.Errorf("%d alerts after 49 more, ten minutes later", n)
		}
		if n := try(60); n != 1 {
			t.Errorf("%d alerts after 109 within ten minutes, want one", n)
		}
	})
}

// flip changes the last character of the signature.
func flip(query string) string {
	last := byte('0')
	if query[len(query)-1] == '0' {
		last = '1'
	}
	return query[:len(query)-1] + string(last)
}

func TestOpenedSealIsForEver(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		unit := b.Stents(1)[0]
		tag := b.tag(2, unit)
		want(t, b.tap(b.Amy, b.url(tag)), "Genuine", custody.MayBeUsed)
		tag.OpenLoop()
		r := b.tap(b.Amy, b.url(tag))
		want(t, r, "Opened", custody.Stop)
		if !r.Disposition.OpensIncident() || b.alerts() != "tampered" {
			t.Errorf("%+v, alerts %q", r.Disposition, b.alerts())
		}
		tag.CloseLoop()
		want(t, b.tap(b.Amy, b.url(tag)), "Opened", custody.Stop)
	})
}

func TestAttack07TagOfAUsedUnit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		unit := b.Stents(1)[0]
		tag := b.tag(0, unit)
		err := b.Store.Write(t.Context(), b.Amy, func(tx *store.Tx) error {
			u, err := tx.Unit(unit)
			if err != nil {
				return err
			}
			tx.Audit(auditUnit(u))
			if _, _, err := tx.Record(u, custody.Fact{Kind: custody.Consumed}); err != nil {
				return err
			}
			return tx.RetireTags(unit)
		})
		if err != nil {
			t.Fatal(err)
		}
		r := b.tap(b.Amy, b.url(tag))
		if !r.Disposition.Has(custody.CodeUsed) || !r.Disposition.Final() || b.alerts() != "reused_tag" {
			t.Errorf("%s, alerts %q", r.Disposition.Words(), b.alerts())
		}
	})
}

func TestStrangersSeeVerdictAndProductAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		competitor := b.Rob
		competitor.Organisation = b.OtherVendor
		for _, actor := range []access.Actor{{}, competitor} {
			in := b.url(tag)
			r := b.tap(actor, in)
			if r.Verdict.Level != authentic.Genuine || r.Found() || r.Disposition.Level != "" || r.Product.Name == "" {
				t.Errorf("%+v", r)
			}
			if again := b.tap(actor, in); again.Product.Name != "" {
				t.Errorf("a replay told the product: %+v", again)
			}
		}
	})
}

func TestAttack08TapsAreOfOneSession(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		nobody := b.tap(access.Actor{}, b.url(tag))
		r, err := b.desk.Recall(t.Context(), b.Amy, nobody.Tap)
		if err != nil || !r.Found() {
			t.Fatalf("%+v %v", r, err)
		}
		want(t, r, "Genuine", custody.MayBeUsed)
		amys := b.tap(b.Amy, b.url(tag))
		if _, err := b.desk.Recall(t.Context(), b.Ben, amys.Tap); !fault.Is(err, fault.NotFound) {
			t.Errorf("Ben took Amy's tap: %v", err)
		}
		b.clock.Advance(16 * time.Minute)
		if _, err := b.desk.Recall(t.Context(), b.Amy, nobody.Tap); !fault.Is(err, fault.NotFound) {
			t.Errorf("an old tap was recalled: %v", err)
		}
	})
}

func TestScanSentAgainFindsItsOwnAnswer(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		in := b.url(tag)
		scan := scanning.ScanInput{Raw: "https://ward.test/t/enc?" + in.Query, Source: "url"}
		cmd := b.Cmd(b.Amy)
		for range 3 {
			r, err := b.desk.Scan(t.Context(), cmd, scan)
			if err != nil {
				t.Fatal(err)
			}
			want(t, r, "Genuine", custody.MayBeUsed)
		}
	})
}

func TestMalformedIsRefusedBeforeTheDatabase(t *testing.T) {
	s, clk := storetest.SQLite(t)
	b := newBench(t, s, clk)
	good := b.url(b.tag(0, b.Stents(1)[0])).Query
	if err := s.Close(); err != nil { // whoever asks the database now fails
		t.Fatal(err)
	}
	for name, query := range map[string]string{
		"empty": "", "no name": "abc", "doubled": good + "&m=0011223344556677", "space": good + " ", "percent": strings.Replace(good, "p=", "p=%30", 1),
		"foreign digits": strings.Replace(good, "m=", "m=٣", 1), "oversize": "p=" + strings.Repeat("A", 600), "nul": good + "\x00",
	} {
		_, err := b.desk.Tap(t.Context(), store.Command{}, scanning.TapInput{Profile: "enc", Query: query})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.desk.Tap(t.Context(), store.Command{}, scanning.TapInput{Profile: "enc", Query: good}); err == nil || fault.Is(err, fault.Invalid) {
		t.Errorf("control: a good query did not reach the closed database: %v", err)
	}
}

func TestAnotherModeIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		in := b.url(b.tag(1, b.Stents(1)[0]))
		in.Profile = "enc"
		if r := b.tap(b.Amy, in); r.Verdict != authentic.Refuse(authentic.WrongMode) {
			t.Errorf("%v", r.Verdict)
		}
	})
}

func TestNoUIDIsStored(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		unit := b.Stents(1)[0]
		tag := b.tag(1, unit)
		in := b.url(tag)
		b.tap(b.Amy, in)
		uid := strings.ToLower(in.Query[2:16])
		q := b.Store.Read(t.Context(), access.Everything())
		tags, err := q.Tags(unit)
		if err != nil || len(tags) != 1 {
			t.Fatal(tags, err)
		}
		trail, err := q.AuditTrail("unit", string(unit))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal([]any{tags, trail})
		if strings.Contains(strings.ToLower(string(text)), uid) {
			t.Error("the UID stands in the database")
		}
	})
}

// TestAttack17OnlyTheNamedProfileIsTried: the address names the profile, so one
// key is derived for a tap whatever the number of profiles; the right key is on
// record and is not looked for.
func TestAttack17OnlyTheNamedProfileIsTried(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		tag := b.tag(0, b.Stents(1)[0])
		for _, p := range profiles[1:] {
			in := b.url(tag)
			in.Profile = p.ID
			if r := b.tap(b.Amy, in); r.Verdict.Words() == "Genuine" || r.Found() {
				t.Errorf("under the profile %s: %s, unit found: %v", p.ID, r.Verdict.Words(), r.Found())
			}
		}
		want(t, b.tap(b.Amy, b.url(tag)), "Genuine", custody.MayBeUsed)
	})
}
