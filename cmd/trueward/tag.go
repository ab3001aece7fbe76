package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"trueward/internal/fault"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/ntag424/simtag"
)

type tagCmd struct {
	Verify   tagVerifyCmd   `cmd:"" help:"Check messages of NTAG 424 DNA, with keys given on each line."`
	Simulate tagSimulateCmd `cmd:"" help:"Print the URLs that a simulated NTAG 424 DNA writes at its taps."`
}

// tagSimulateCmd is an NTAG 424 DNA on the command line: by itself with the keys
// given, or as a tag of a data folder's profile.
type tagSimulateCmd struct {
	dataFlags
	Profile  string `help:"Tag profile of the data folder, by id or name: its template, and the vault's keys for --uid." placeholder:"NAME"`
	Template string `help:"URL with {picc} or {uid} and {ctr}, {enc} if wanted, and {mac}." default:"http://localhost:8088/t/sample?p={picc}&m={mac}" placeholder:"URL"`
	MACFrom  string `help:"Placeholder at which the MAC's input begins." enum:"mac,enc,picc,uid,ctr" default:"mac"`
	UID      string `help:"UID of the tag, 14 hex digits; random when absent." placeholder:"HEX"`
	MetaKey  string `help:"Meta key, 32 hex digits; random when absent." env:"TRUEWARD_META_KEY" placeholder:"HEX"`
	FileKey  string `help:"File key, 32 hex digits; random when absent." env:"TRUEWARD_TAG_FILE_KEY" placeholder:"HEX"`
	Counter  uint32 `help:"Read counter before the first tap." default:"0"`
	Count    int    `help:"How many taps." default:"1"`
	Loop     string `help:"TagTamper loop: none, closed, open, or reclosed after an opening." enum:"none,closed,open,reclosed" default:"none"`
	EncBytes int    `help:"Length of the file data in {enc}, a multiple of 16." default:"16"`
}

// Run prints one URL a line.
func (t tagSimulateCmd) Run(ctx context.Context, std streams) (err error) {
	if t.Profile != "" {
		if t, err = t.ofProfile(ctx); err != nil {
			return err
		}
	}
	tag, err := t.tag(rand.Reader)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(std.out)
	for range t.Count {
		url, err := tag.Tap()
		if err != nil {
			return fault.Wrap(fault.Conflict, "The tag's read counter has reached its end: it answers no more.", err)
		}
		fmt.Fprintln(out, url)
	}
	return out.Flush()
}

// tag makes the tag as it lies before its first tap.
func (t tagSimulateCmd) tag(random io.Reader) (*simtag.Tag, error) {
	var uid ntag424.UID
	var keys [ntag424.KeyCount]ntag424.Key
	for _, part := range []struct {
		name, text string
		into       []byte
	}{{"uid", t.UID, uid[:]}, {"meta-key", t.MetaKey, keys[ntag424.KeyMeta][:]}, {"file-key", t.FileKey, keys[ntag424.KeyFile][:]}} {
		if err := fill(part.into, part.name, part.text, random); err != nil {
			return nil, err
		}
	}
	template := ntag424.Template{URL: t.Template, MACFrom: t.MACFrom}
	if strings.Contains(t.Template, "{enc}") {
		template.EncLength, template.Tamper = 2*t.EncBytes, t.Loop != "none"
	}
	image, err := template.Image()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The template needs http or https, {picc} or {uid} with {ctr}, and one {mac}; {enc} comes before {mac}.", err)
	}
	tag := simtag.New(simtag.Config{UID: uid, Rand: random, TagTamper: t.Loop != "none"})
	if err := tag.Personalise(image, image.Settings(), keys, 1); err != nil {
		return nil, fault.Wrap(fault.Invalid, "A tag would refuse these settings.", err)
	}
	tag.SetCounter(t.Counter)
	t.loop(tag)
	return tag, nil
}

// loop brings the tamper loop into the state asked for.
func (t tagSimulateCmd) loop(tag *simtag.Tag) {
	if t.Loop == "none" {
		return
	}
	tag.ArmLoop()
	if t.Loop == "open" || t.Loop == "reclosed" {
		tag.OpenLoop()
		tag.Activate()
	}
	if t.Loop == "reclosed" {
		tag.CloseLoop()
	}
}

// fill decodes hex digits of exactly the right length, or takes randomness when
// there are none. The text is never repeated in a refusal: it may be a key.
func fill(into []byte, name, text string, random io.Reader) error {
	if text == "" {
		_, err := io.ReadFull(random, into)
		return err
	}
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(into) {
		return fault.At(name, fmt.Sprintf("--%s takes exactly %d hex digits.", name, 2*len(into)))
	}
	copy(into, raw)
	return nil
}
