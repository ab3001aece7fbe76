package ntag424_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
)

const urlPrefix = "https://t.example.com/v1/7?"

var (
	tagUID   = ntag424.UID{0x04, 0x5E, 0xA1, 0x10, 0x20, 0x30, 0x40}
	firstSet = keySet(1)
	template = ntag424.Template{URL: urlPrefix + "p={picc}&e={enc}&m={mac}", EncLength: 32, Data: "CC", MACFrom: "enc"}
)

func keySet(epoch byte) (keys [ntag424.KeyCount]ntag424.Key) {
	for i := range keys {
		keys[i] = ntag424.Key{0: 0x70 + epoch, 3: byte(i), 9: 0xA5}
	}
	return keys
}

func factoryTag() *simtag.Tag {
	return simtag.New(simtag.Config{UID: tagUID, Rand: rand.NewChaCha8([32]byte{1})})
}

// errFirstTap: the URL is sound and is not the first of its epoch.
var errFirstTap = errors.New("not the first tap")

// production is the check a plan carries: the verifier of taps, counter 1.
func production(keys [ntag424.KeyCount]ntag424.Key) func(string) error {
	v, err := sdm.NewVerifier(sdm.Profile{
		Mode: sdm.ModeAES, Layout: template.Layout(urlPrefix), MACFrom: template.MACFrom, EncLength: template.EncLength,
	})
	return func(url string) error {
		if err != nil {
			return err
		}
		raw, _ := strings.CutPrefix(url, urlPrefix)
		r, err := v.Check(raw, sdm.NewKey(keys[ntag424.KeyMeta]), func(sdm.UID) *sdm.Key { return sdm.NewKey(keys[ntag424.KeyFile]) })
		if err == nil && (r.Ctr != 1 || r.UID != sdm.UID(tagUID)) {
			return errFirstTap
		}
		return err
	}
}

func plan(t testing.TB, keys, old [ntag424.KeyCount]ntag424.Key, version byte) ntag424.Plan {
	t.Helper()
	im, err := template.Image()
	if err != nil {
		t.Fatal(err)
	}
	return ntag424.Plan{
		UID: tagUID, Image: im, Settings: im.Settings(), Keys: keys, Old: old, Version: version,
		Check: production(keys),
	}
}

func job(t testing.TB, p ntag424.Plan) *ntag424.Commission {
	t.Helper()
	c, err := ntag424.NewCommission(p, rand.NewChaCha8([32]byte{2}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fault is what a transport does to one command.
type fault string

const (
	noFault    fault = ""
	tornBefore fault = "torn before the command"
	answerLost fault = "answer lost"
)

// visit runs a job at one tag visit; the fault hits command number at. It
// returns how many commands were sent.
func visit(tag *simtag.Tag, c *ntag424.Commission, at int, f fault) (int, error) {
	tag.Activate()
	command, err := c.Next(nil)
	for n := 0; ; n++ {
		if err != nil || command == nil {
			return n, err
		}
		if n == at && f == tornBefore {
			c.Interrupt()
			return n, nil
		}
		answer := tag.Transceive(command)
		if n == at && f == answerLost {
			c.Interrupt()
			return n, nil
		}
		command, err = c.Next(answer)
	}
}

func TestCommissionFactoryTag(t *testing.T) {
	tag := factoryTag()
	c := job(t, plan(t, firstSet, [5]ntag424.Key{}, 1))
	n, err := visit(tag, c, -1, noFault)
	if err != nil {
		t.Fatalf("after %d commands: %v", n, err)
	}
	if c.State() != ntag424.StateVerified || tag.Keys() != firstSet {
		t.Errorf("state %s", c.State())
	}
	if !strings.HasPrefix(c.URL(), urlPrefix) {
		t.Error("no URL")
	}
	if tag.Counter() != 1 {
		t.Errorf("counter %d", tag.Counter())
	}
}

// TestTornAtEveryCommand tears the tag away before each command and loses each
// answer: two more visits must finish it, with the stored keys in the tag.
func TestTornAtEveryCommand(t *testing.T) {
	whole, err := visit(factoryTag(), job(t, plan(t, firstSet, [5]ntag424.Key{}, 1)), -1, noFault)
	if err != nil || whole < 40 {
		t.Fatalf("a whole run: %d commands, %v", whole, err)
	}
	for _, f := range []fault{tornBefore, answerLost} {
		for at := range whole {
			t.Run(fmt.Sprintf("%s %d", f, at), func(t *testing.T) {
				tag := factoryTag()
				p := plan(t, firstSet, [5]ntag424.Key{}, 1)
				if _, err := visit(tag, job(t, p), at, f); err != nil {
					t.Fatal(err)
				}
				p.Known = true
				finish(t, tag, p, firstSet)
			})
		}
	}
}

// TestTornHarnessCatchesALostPlan plants the fault that the harness is there to
// find: new keys are drawn for the second visit instead of those that were
// stored before the first ChangeKey.
func TestTornHarnessCatchesALostPlan(t *testing.T) {
	caught := 0
	for at := range 60 {
		tag := factoryTag()
		if _, err := visit(tag, job(t, plan(t, firstSet, [5]ntag424.Key{}, 1)), at, answerLost); err != nil {
			t.Fatal(err)
		}
		p := plan(t, keySet(3), [5]ntag424.Key{}, 1)
		p.Known = true
		c := job(t, p)
		_, _ = visit(tag, c, -1, noFault)
		switch {
		case c.State() != ntag424.StateVerified:
			caught++
		case tag.Keys() != keySet(3):
			t.Errorf("command %d: verified with other keys in the tag", at)
		}
	}
	if caught < 20 {
		t.Errorf("a lost plan was noticed %d times in 60", caught)
	}
}

// finish gives a torn tag two more visits.
func finish(t *testing.T, tag *simtag.Tag, p ntag424.Plan, keys [ntag424.KeyCount]ntag424.Key) {
	t.Helper()
	var c *ntag424.Commission
	var err error
	for range 2 {
		c = job(t, p)
		if _, err = visit(tag, c, -1, noFault); c.State() == ntag424.StateVerified {
			break
		}
	}
	if c.State() != ntag424.StateVerified || tag.Keys() != keys {
		t.Errorf("state %s, %v", c.State(), err)
	}
}

// TestRecommission writes a tag of ours anew, torn at every command as well: old
// codes must fail and the counter begins again.
func TestRecommission(t *testing.T) {
	second := keySet(2)
	commissioned := func() *simtag.Tag {
		tag := factoryTag()
		if _, err := visit(tag, job(t, plan(t, firstSet, [5]ntag424.Key{}, 1)), -1, noFault); err != nil {
			t.Fatal(err)
		}
		return tag
	}
	p := plan(t, second, firstSet, 2)
	p.Known = true
	tag := commissioned()
	oldURL, err := tag.Tap()
	if err != nil {
		t.Fatal(err)
	}
	whole, err := visit(tag, job(t, p), -1, noFault)
	if err != nil {
		t.Fatal(err)
	}
	if p.Check(oldURL) == nil {
		t.Error("an old code is still good")
	}
	for at := range whole {
		for _, f := range []fault{tornBefore, answerLost} {
			tag := commissioned()
			if _, err := visit(tag, job(t, p), at, f); err != nil {
				t.Fatal(err)
			}
			finish(t, tag, p, second)
		}
	}
}

// TestTornWriteLeavesAnEmptyTag: while new content is half written over old, the
// tag must show nothing, never a mixture.
func TestTornWriteLeavesAnEmptyTag(t *testing.T) {
	p := plan(t, keySet(2), firstSet, 2)
	p.Known = true
	writes := 0
	for at := range 40 {
		tag := factoryTag()
		if _, err := visit(tag, job(t, plan(t, firstSet, [5]ntag424.Key{}, 1)), -1, noFault); err != nil {
			t.Fatal(err)
		}
		last := byte(0)
		c := job(t, p)
		_, _ = replay(tag, c, func(n int, command, answer []byte) []byte {
			if n == at {
				last = command[1]
				c.Interrupt()
			}
			return answer
		})
		if last != byte(ntag424.InsWriteData) {
			continue
		}
		writes++
		if url, err := tag.Tap(); (err == nil) != (writes == 3) {
			t.Errorf("after write %d the tag shows %d characters, %v", writes, len(url), err)
		}
	}
	if writes != 3 {
		t.Errorf("%d writes, want length 0, content, length", writes)
	}
}

func TestForeignTagsAreLeftAlone(t *testing.T) {
	foreign := func(version byte) *simtag.Tag {
		tag := factoryTag()
		im, _ := template.Image()
		if err := tag.Personalise(im, im.Settings(), keySet(9), version); err != nil {
			t.Fatal(err)
		}
		return tag
	}
	for name, tag := range map[string]*simtag.Tag{"version told": foreign(3), "version hidden": foreign(0)} {
		t.Run(name, func(t *testing.T) {
			c := job(t, plan(t, firstSet, [5]ntag424.Key{}, 1))
			_, err := visit(tag, c, -1, noFault)
			if ntag424.CodeOf(err) != ntag424.CodeForeignTag || tag.Keys() != keySet(9) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("lost master key", func(t *testing.T) {
		tag := foreign(1)
		p := plan(t, firstSet, [5]ntag424.Key{}, 1)
		p.Known = true
		c := job(t, p)
		_, err := visit(tag, c, -1, noFault)
		if c.State() != ntag424.StateQuarantined || ntag424.CodeOf(err) != ntag424.CodeAuth {
			t.Errorf("state %s, %v", c.State(), err)
		}
		if command, err := c.Next([]byte{0x91, 0x00}); command != nil || ntag424.CodeOf(err) != ntag424.CodeNoStep {
			t.Errorf("another attempt: %X, %v", command, err)
		}
	})
	t.Run("another tag", func(t *testing.T) {
		tag := simtag.New(simtag.Config{UID: ntag424.UID{4, 1, 1, 1, 1, 1, 1}, Rand: rand.NewChaCha8([32]byte{1})})
		_, err := visit(tag, job(t, plan(t, firstSet, [5]ntag424.Key{}, 1)), -1, noFault)
		if ntag424.CodeOf(err) != ntag424.CodeTagChanged {
			t.Errorf("%v", err)
		}
	})
}

// TestInspection reads a tag and changes nothing.
func TestInspection(t *testing.T) {
	tag := factoryTag()
	i := ntag424.NewInspection()
	command, err := i.Next(nil)
	for command != nil && err == nil {
		command, err = i.Next(tag.Transceive(command))
	}
	r, done := i.Report()
	if err != nil || !done {
		t.Fatalf("done %v, %v", done, err)
	}
	if !r.Factory() || r.UID != tagUID || len(r.Signature) != 56 || r.Settings[ntag424.FileProprietary].Comm != ntag424.CommFull {
		t.Errorf("report %+v", r.Settings)
	}
	if _, err := i.Next([]byte{0x91, 0x00}); ntag424.CodeOf(err) != ntag424.CodeNoStep {
		t.Errorf("answer without a step: %v", err)
	}
}

func TestBadPlans(t *testing.T) {
	cases := map[string]func(*ntag424.Plan){
		"version 00":   func(p *ntag424.Plan) { p.Version = 0 },
		"no check":     func(p *ntag424.Plan) { p.Check = nil },
		"no image":     func(p *ntag424.Plan) { p.Image.File = nil },
		"SDM off":      func(p *ntag424.Plan) { p.Settings.SDM = nil },
		"bad settings": func(p *ntag424.Plan) { p.Settings.SDM.MACOffset = 250 },
		"short image":  func(p *ntag424.Plan) { p.Image.File = p.Image.File[:60] },
	}
	for name, spoil := range cases {
		p := plan(t, firstSet, [5]ntag424.Key{}, 1)
		spoil(&p)
		if _, err := ntag424.NewCommission(p, bytes.NewReader(nil)); ntag424.CodeOf(err) != ntag424.CodeSettings {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRewrittenAnswers flips one bit of each answer in turn: the run must never
// end as verified without the stored keys in the tag, and never panic.
func TestRewrittenAnswers(t *testing.T) {
	for at := range 60 {
		tag := factoryTag()
		c := job(t, plan(t, firstSet, [5]ntag424.Key{}, 1))
		tag.Activate()
		command, err := c.Next(nil)
		for n := 0; command != nil && err == nil; n++ {
			answer := tag.Transceive(command)
			if n == at {
				answer[0] ^= 1
			}
			command, err = c.Next(answer)
		}
		if c.State() == ntag424.StateVerified && tag.Keys() != firstSet {
			t.Errorf("answer %d changed: verified with other keys", at)
		}
	}
}
