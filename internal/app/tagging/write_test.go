package tagging_test

import (
	"strings"
	"testing"

	"trueward/internal/app/tagging"
	"trueward/internal/domain/authentic"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/sdm"
)

// TestRunWritesTagsForUnits is the whole way: profile, run, two tags, bound.
func TestRunWritesTagsForUnits(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for _, kind := range []tagging.Kind{tagging.Private, tagging.Sealed, tagging.Open} {
			run := b.plan(b.profile(kind), 2)
			b.start(run)
			for range 2 {
				if err := b.lay(b.blankWith(kind == tagging.Sealed)); err != nil && b.states(run) != "bound bound" {
					t.Fatal(kind, err)
				}
			}
			if got := b.states(run); got != "bound bound" {
				t.Fatalf("%s: %s", kind, got)
			}
			for _, j := range b.jobs(run) {
				tags := b.tagsOf(j.Unit)
				if len(tags) != 1 || tags[0].ID != j.Tag || tags[0].Epoch != 1 || tags[0].BoundBy != b.office.Person {
					t.Errorf("tags of the unit: %+v", tags)
				}
				if last, tapped, err := b.q().LastCounter(j.Tag, 1); err != nil || !tapped || last != 1 {
					t.Errorf("counter %d, %v, %v", last, tapped, err)
				}
			}
		}
	})
}

// TestSealsNeedALoop: a tag without one is put aside before its keys are
// written, and one with a loop tells its state from its first tap on.
func TestSealsNeedALoop(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.profile(tagging.Sealed)
		run := b.plan(p, 1)
		b.start(run)
		without := b.blank()
		_ = b.lay(without) // nothing is left to write but what failed
		if got := b.states(run); got != "failed" || !strings.Contains(b.desk.Benches(b.office)[0].Outcome.Sentence, "no loop") {
			t.Fatal(got, b.desk.Benches(b.office)[0].Outcome)
		}
		if without.Keys() != [ntag424.KeyCount]ntag424.Key{} {
			t.Error("keys were written to a tag that cannot be a seal")
		}
		if _, err := b.desk.Replan(t.Context(), b.Cmd(b.office), run); err != nil {
			t.Fatal(err)
		}
		b.start(run)
		with := b.blankWith(true)
		_ = b.lay(with)
		if got := b.states(run); got != "bound" {
			t.Fatal(got, b.desk.Benches(b.office)[0].Outcome)
		}
		if got := b.tamper(p, with); got != sdm.TamperIntact {
			t.Errorf("a whole seal says %q", got)
		}
		with.OpenLoop()
		if got := b.tamper(p, with); got != sdm.TamperOpen {
			t.Errorf("an opened seal says %q", got)
		}
	})
}

// TestTornTagsGoOn tears a tag away at every fifth command, with keys already
// stored; the next visit finishes it with those very keys.
func TestTornTagsGoOn(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.profile(tagging.Private)
		torn := 0
		for at := 12; at < 70; at += 7 {
			run := b.plan(p, 1)
			b.start(run)
			c := b.blank()
			c.tear = at
			if err := b.lay(c); err == nil || b.states(run) == "bound" {
				continue // the whole way is shorter
			}
			torn++
			if got := b.states(run); got != "interrupted" && got != "planned" {
				t.Fatalf("command %d: %s", at, got)
			}
			c.tear = 0
			_ = b.lay(c) // the last tag of a run also ends its session
			if got := b.states(run); got != "bound" {
				t.Fatalf("command %d: %s", at, got)
			}
			job := b.jobs(run)[0]
			b.sameKeys(t, c, p, job)
		}
		if torn < 5 {
			t.Errorf("only %d tags were torn off", torn)
		}
	})
}

// sameKeys compares the keys in a tag with those that are stored sealed.
func (b *bench) sameKeys(t *testing.T, c *card, profile authentic.ProfileID, job authentic.Job) {
	t.Helper()
	sealed, there, err := b.q().TagKeys(job.Identity, profile, job.Epoch)
	if err != nil || !there {
		t.Fatal("no sealed keys", err)
	}
	keys, err := b.vault.TagKeys(string(profile), job.Epoch, authentic.AN10922, [7]byte(c.UID()), sealed)
	if err != nil || keys != c.Keys() {
		t.Errorf("other keys in the tag than stored: %v", err)
	}
	seen := map[ntag424.Key]bool{{}: true}
	for i, k := range keys {
		if seen[k] {
			t.Errorf("key %d is zero or another one's", i)
		}
		seen[k] = true
	}
}

// TestKeysAreStoredBeforeTheFirstIsWritten looks into the database at every
// command: no key in the tag may be new before all of them are stored.
func TestKeysAreStoredBeforeTheFirstIsWritten(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.profile(tagging.Private)
		run := b.plan(p, 1)
		b.start(run)
		c := b.blank()
		uid := c.UID()
		identity := b.vault.Identity(authentic.NTAG424, uid[:])
		changed := 0
		c.before = func() {
			if c.Keys() == [ntag424.KeyCount]ntag424.Key{} {
				return
			}
			changed++
			if _, there, err := b.q().TagKeys(identity, p, 1); err != nil || !there {
				t.Errorf("a key is written and none is stored: %v", err)
			}
		}
		_ = b.lay(c)
		if changed == 0 {
			t.Error("no key was ever new")
		}
	})
}

// TestForeignTagsAreLeftAlone: a tag that somebody else wrote is put aside, and
// the job waits for another.
func TestForeignTagsAreLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.profile(tagging.Private)
		run := b.plan(p, 1)
		b.start(run)
		c := b.blank()
		im, err := ntag424.Template{URL: "https://x.example.com/?p={picc}&m={mac}"}.Image()
		if err != nil {
			t.Fatal(err)
		}
		theirs := [ntag424.KeyCount]ntag424.Key{{1}, {2}, {3}, {4}, {5}}
		if err := c.Personalise(im, im.Settings(), theirs, 1); err != nil {
			t.Fatal(err)
		}
		if err := b.lay(c); err != nil {
			t.Fatal(err)
		}
		if b.states(run) != "planned" || c.Keys() != theirs {
			t.Errorf("%s", b.states(run))
		}
		if o := b.desk.Benches(b.office)[0].Outcome; o.Good || o.Sentence == "" {
			t.Errorf("outcome %+v", o)
		}
	})
}

// TestChipsWithoutTheMakersSignature: at a real reader a copy is refused before
// anything is stored.
func TestChipsWithoutTheMakersSignature(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.station.practice = false
		run := b.plan(b.profile(tagging.Private), 1)
		b.start(run)
		c := b.blank()
		if err := b.lay(c); err != nil {
			t.Fatal(err)
		}
		if b.states(run) != "planned" || c.Keys() != [ntag424.KeyCount]ntag424.Key{} {
			t.Errorf("%s", b.states(run))
		}
	})
}
