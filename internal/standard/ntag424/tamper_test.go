package ntag424_test

import (
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"testing"

	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
)

func tamperImage(t *testing.T) ntag424.Image {
	t.Helper()
	im, err := ntag424.Template{URL: "https://t.example.com/v1/7?p={picc}&e={enc}&m={mac}", EncLength: 32, MACFrom: "enc", Tamper: true}.Image()
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// TestTamperSettings: bit 3 of SDMOptions and an offset behind PICCData
// (NT4H2421Tx rev 3.0 table 69).
func TestTamperSettings(t *testing.T) {
	im := tamperImage(t)
	s := im.Settings()
	if err := s.Validate(ntag424.FileNDEF, 0); err != nil {
		t.Fatal(err)
	}
	enc := byte(im.Offsets["enc"])
	want := []byte{0x40, 0x00, 0xE0, 0xD9, 0xFF, 0x12, byte(im.Offsets["picc"]), 0, 0, enc, 0, 0, enc, 0, 0, enc, 0, 0, 32, 0, 0, byte(im.Offsets["mac"]), 0, 0}
	if got := s.Encode(); hex.EncodeToString(got) != hex.EncodeToString(want) {
		t.Errorf("%X, want %X", got, want)
	}
	back, err := ntag424.ParseSettings(want)
	if err != nil || *back.SDM != *s.SDM {
		t.Errorf("%+v, %v", back.SDM, err)
	}
	for offset, good := range map[uint32]bool{
		im.Offsets["enc"]: true, im.Offsets["enc"] + 14: true, im.Offsets["enc"] + 15: false, im.Offsets["enc"] + 16: false,
		im.Offsets["mac"] + 15: false, im.Offsets["picc"] + 31: false, im.Offsets["picc"] - 2: true, 254: true, 255: false,
	} {
		moved := *s.SDM
		moved.TamperOffset = offset
		s := s
		s.SDM = &moved
		if err := s.Validate(ntag424.FileNDEF, 0); (err == nil) != good {
			t.Errorf("the status at %d: %v", offset, err)
		}
	}
	if _, err := (ntag424.Template{URL: "https://t.example.com/?p={picc}&m={mac}", Tamper: true}).Image(); ntag424.CodeOf(err) != ntag424.CodeTemplate {
		t.Errorf("a status that everybody can write: %v", err)
	}
}

var errUnmeasured = errors.New("the first tap does not tell the loop's state")

// tamperPlan makes a seal; its first tap must verify, whatever the loop says.
func tamperPlan(t *testing.T, uid ntag424.UID, known bool) *ntag424.Commission {
	t.Helper()
	im := tamperImage(t)
	keys := [ntag424.KeyCount]ntag424.Key{{1}, {2}, {3}, {4}, {5}}
	c, err := ntag424.NewCommission(ntag424.Plan{
		UID: uid, Image: im, Settings: im.Settings(), Keys: keys, Version: 1, Known: known,
		Check: func(url string) error {
			if url == "" {
				return errUnmeasured
			}
			return nil
		},
	}, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// drive runs a commission on a tag; the tag is torn away before a command.
func drive(c *ntag424.Commission, tag *simtag.Tag, tear int) error {
	tag.Activate()
	command, err := c.Next(nil)
	for n := 1; command != nil && err == nil; n++ {
		if n == tear {
			c.Interrupt()
			return nil
		}
		command, err = c.Next(tag.Transceive(command))
	}
	return err
}

// TestSealsAreSwitchedOn: the loop is measured after the run, wherever the tag
// was torn away before; a chip without a loop keeps its keys and is given up.
func TestSealsAreSwitchedOn(t *testing.T) {
	uid := ntag424.UID{4, 7, 7, 7, 7, 7, 7}
	without := simtag.New(simtag.Config{UID: uid, Rand: rand.NewChaCha8([32]byte{1})})
	c := tamperPlan(t, uid, false)
	if err := drive(c, without, 0); ntag424.CodeOf(err) != ntag424.CodeNoLoop || c.State() != ntag424.StateQuarantined {
		t.Errorf("without a loop: %v, %s", err, c.State())
	}
	if without.Keys() != [ntag424.KeyCount]ntag424.Key{} {
		t.Error("the keys of a chip without a loop were changed")
	}
	im := tamperImage(t)
	if err := without.Personalise(im, im.Settings(), without.Keys(), 1); ntag424.CodeOf(err) != ntag424.CodeNoLoop {
		t.Errorf("a chip without a loop took the settings of a seal: %v", err)
	}
	for tear := 0; tear < 45; tear++ {
		with := simtag.New(simtag.Config{UID: uid, Rand: rand.NewChaCha8([32]byte{1}), TagTamper: true})
		c := tamperPlan(t, uid, false)
		if err := drive(c, with, tear); err != nil {
			t.Fatalf("torn before %d: %v", tear, err)
		}
		if c.State() != ntag424.StateVerified {
			if c = tamperPlan(t, uid, true); drive(c, with, 0) != nil || c.State() != ntag424.StateVerified {
				t.Fatalf("torn before %d, the second visit: %s", tear, c.State())
			}
		}
		with.OpenLoop()
		if _, err := with.Tap(); err != nil {
			t.Fatal(err)
		}
		if with.LoopStatus() != "OO" {
			t.Errorf("torn before %d: the opened loop says %s", tear, with.LoopStatus())
		}
	}
}
