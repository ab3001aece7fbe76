package simtag_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
	"trueward/internal/standard/sdm"
)

const urlPrefix = "https://t.example.com/v1/7?"

// shape is a kind of tag: a template and the profile that checks it.
type shape struct {
	name     string
	template ntag424.Template
	profile  sdm.Profile
	tamper   bool
}

func shapes() []shape {
	out := []shape{
		{name: "encrypted", template: ntag424.Template{URL: urlPrefix + "p={picc}&m={mac}"}, profile: sdm.Profile{Mode: sdm.ModeAES}},
		{name: "plain", template: ntag424.Template{URL: urlPrefix + "u={uid}&c={ctr}&m={mac}"}, profile: sdm.Profile{Mode: sdm.ModePlain}},
		{name: "joined", template: ntag424.Template{URL: urlPrefix + "m={uid}x{ctr}&a={mac}", MACFrom: "uid"}, profile: sdm.Profile{Mode: sdm.ModePlain}},
		{
			name:     "tamper",
			template: ntag424.Template{URL: urlPrefix + "p={picc}&e={enc}&m={mac}", EncLength: 64, Data: "CCseal", MACFrom: "enc", Tamper: true},
			profile:  sdm.Profile{Mode: sdm.ModeAES, Tamper: true},
			tamper:   true,
		},
	}
	for i := range out {
		out[i].profile.Layout = out[i].template.Layout(urlPrefix)
		out[i].profile.MACFrom = out[i].template.MACFrom
		out[i].profile.EncLength = out[i].template.EncLength
	}
	return out
}

var testKeys = [5]ntag424.Key{{0: 0x31}, {0: 0x32, 5: 1}, {0: 0x33, 7: 2}, {0: 0x34}, {0: 0x35}}

func newTag(t *testing.T, s shape) *simtag.Tag {
	t.Helper()
	tag := simtag.New(simtag.Config{
		UID: ntag424.UID{0x04, 0x5E, 0xA1, 0x10, 0x20, 0x30, 0x40}, TagTamper: s.tamper,
		Rand: rand.NewChaCha8([32]byte{7}),
	})
	im, err := s.template.Image()
	if err != nil {
		t.Fatal(err)
	}
	if err := tag.Personalise(im, im.Settings(), testKeys, 1); err != nil {
		t.Fatal(err)
	}
	return tag
}

func tapAndCheck(t *testing.T, tag *simtag.Tag, s shape) sdm.Result {
	t.Helper()
	text, err := tag.Tap()
	if err != nil {
		t.Fatal(err)
	}
	raw, ok := strings.CutPrefix(text, urlPrefix)
	if !ok {
		t.Fatalf("the URL does not begin as the template: %d bytes", len(text))
	}
	v, err := sdm.NewVerifier(s.profile)
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Check(raw, sdm.NewKey(testKeys[ntag424.KeyMeta]), func(sdm.UID) *sdm.Key {
		return sdm.NewKey(testKeys[ntag424.KeyFile])
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTapsVerify(t *testing.T) {
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			tag := newTag(t, s)
			for want := uint32(1); want <= 3; want++ {
				got := tapAndCheck(t, tag, s)
				if got.Ctr != want || got.UID != sdm.UID(tag.UID()) {
					t.Errorf("counter %d, want %d", got.Ctr, want)
				}
			}
		})
	}
}

func TestLoopIsLatched(t *testing.T) {
	s := shapes()[3]
	tag := newTag(t, s)
	steps := []struct {
		name string
		do   func()
		want sdm.Tamper
	}{
		{"before arming", func() {}, sdm.TamperUninitialised},
		{"armed", tag.ArmLoop, sdm.TamperIntact},
		{"opened and repaired without a field", func() { tag.OpenLoop(); tag.CloseLoop() }, sdm.TamperIntact},
		{"opened", tag.OpenLoop, sdm.TamperOpen},
		{"closed again", tag.CloseLoop, sdm.TamperReclosed},
		{"armed again", tag.ArmLoop, sdm.TamperReclosed},
	}
	for _, step := range steps {
		step.do()
		got := tapAndCheck(t, tag, s)
		if got.Tamper != step.want {
			t.Errorf("%s: %q, want %q", step.name, got.Tamper, step.want)
		}
		if string(got.FileData[2:6]) != "seal" {
			t.Errorf("%s: file data %q", step.name, got.FileData)
		}
	}
}

func TestCounterEnds(t *testing.T) {
	s := shapes()[0]
	tag := newTag(t, s)
	tag.SetCounter(simtag.MaxCounter - 1)
	if got := tapAndCheck(t, tag, s); got.Ctr != simtag.MaxCounter {
		t.Errorf("counter %d", got.Ctr)
	}
	if _, err := tag.Tap(); err != simtag.ErrCounterEnd {
		t.Errorf("a tag at its end was read: %v", err)
	}
}
