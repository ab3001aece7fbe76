package pn532

import (
	"bytes"
	"errors"
	"testing"
)

// wire is every valid recorded frame, one behind the other.
func wire(t testing.TB) (stream []byte, count int) {
	t.Helper()
	vectors, _ := loadVectors(t)
	for _, v := range vectors {
		if b := v.bytes(t); v.Valid && b[0] == 0 {
			stream, count = append(stream, b...), count+1
		}
	}
	return stream, count
}

func frames(p *Parser, chunks ...[]byte) (out []Frame) {
	for _, c := range chunks {
		p.Feed(c, func(f Frame) { f.Data = bytes.Clone(f.Data); out = append(out, f) })
	}
	return out
}

func same(a, b []Frame) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Kind != b[i].Kind || a[i].Command != b[i].Command || !bytes.Equal(a[i].Data, b[i].Data) {
			return false
		}
	}
	return true
}

func TestParserTakesAnySplit(t *testing.T) {
	stream, count := wire(t)
	whole := frames(NewParser(), stream)
	if len(whole) != count {
		t.Fatalf("%d frames of %d", len(whole), count)
	}
	for cut := range stream {
		if !same(frames(NewParser(), stream[:cut], stream[cut:]), whole) {
			t.Fatalf("cut at %d", cut)
		}
	}
	p := NewParser()
	var bytewise []Frame
	for _, b := range stream {
		bytewise = append(bytewise, frames(p, []byte{b})...)
	}
	if !same(bytewise, whole) {
		t.Error("byte by byte")
	}
}

func TestParserFindsFramesBehindNoise(t *testing.T) {
	vectors, _ := loadVectors(t)
	noises := [][]byte{
		{0x55}, {0x00}, {0x00, 0x00}, {0x00, 0x00, 0xFF}, {0x00, 0x00, 0xFF, 0x05}, WakeUp(),
		{0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD4, 0x02, 0x2B, 0x00}, // wrong check byte
		{0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD4, 0x02, 0x2A, 0x01}, // wrong end
		{0x00, 0x00, 0xFF, 0x10, 0xF0, 0x11},                   // unknown identifier
		{0x00, 0x00, 0xFF, 0x00, 0xFF, 0x01},
		{0x00, 0x00, 0xFF, 0xFF, 0xFF, 0x7F, 0x01, 0x80}, // 32,513 bytes announced
	}
	for _, v := range vectors {
		b := v.bytes(t)
		if !v.Valid || b[0] != 0 {
			continue
		}
		want, err := Decode(b)
		must(t, err)
		for _, noise := range noises {
			p := NewParser()
			got := frames(p, noise, b)
			if !same(got, []Frame{want}) {
				t.Errorf("%s behind % X: %d frames", v.Name, noise, len(got))
			}
			if p.Dropped() != uint64(len(noise)) {
				t.Errorf("%s behind % X: %d bytes dropped", v.Name, noise, p.Dropped())
			}
		}
	}
}

// TestUnfinishedFrameHidesNothing: a start that announces 200 bytes swallows
// the answer behind it only until the line idles.
func TestUnfinishedFrameHidesNothing(t *testing.T) {
	p := NewParser()
	start := []byte{0x00, 0x00, 0xFF, 200, 56, 0xD5, 0x41}
	if got := frames(p, start, ACK()); len(got) != 0 {
		t.Fatalf("%d frames", len(got))
	}
	var got []Frame
	p.Idle(func(f Frame) { got = append(got, f) })
	if len(got) != 1 || got[0].Kind != KindACK {
		t.Errorf("%+v", got)
	}
}

// TestEveryBitMatters flips each bit of a frame: none of them may pass as a
// frame of another content.
func TestEveryBitMatters(t *testing.T) {
	whole, err := Frame{Kind: KindData, Direction: FromReader, Command: 0x41, Data: []byte{0, 0x90, 0x00}}.Append(nil)
	must(t, err)
	for bit := range 8 * len(whole) {
		b := bytes.Clone(whole)
		b[bit/8] ^= 1 << (bit % 8)
		if f, err := Decode(b); err == nil {
			t.Errorf("bit %d: %+v", bit, f)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, err := SAMConfiguration().Append(nil)
	must(t, err)
	for name, c := range map[string]struct {
		in   []byte
		code Code
	}{
		"nothing":        {nil, CodeTruncated},
		"start only":     {[]byte{0, 0, 0xFF}, CodeTruncated},
		"cut":            {good[:len(good)-1], CodeTruncated},
		"trailing":       {append(bytes.Clone(good), 0), CodeMalformed},
		"two frames":     {append(bytes.Clone(good), good...), CodeMalformed},
		"length 0":       {[]byte{0, 0, 0xFF, 0, 0, 0}, CodeMalformed},
		"no command":     {[]byte{0, 0, 0xFF, 1, 0xFF, 0xD5, 0x2B, 0}, CodeMalformed},
		"extended, 0":    {[]byte{0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0}, CodeMalformed},
		"extended, 266":  {[]byte{0, 0, 0xFF, 0xFF, 0xFF, 1, 0x0A, 0xF5}, CodeMalformed},
		"extended, cut":  {[]byte{0, 0, 0xFF, 0xFF, 0xFF, 1}, CodeTruncated},
		"extended check": {[]byte{0, 0, 0xFF, 0xFF, 0xFF, 1, 5, 0xFB}, CodeMalformed},
	} {
		_, err := Decode(c.in)
		var e *Error
		if !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestFramesOfEveryLength(t *testing.T) {
	for n := range MaxData - 1 {
		f := Frame{Kind: KindData, Direction: FromReader, Command: 0x41, Data: bytes.Repeat([]byte{0xA5}, n)}
		b, err := f.Append(nil)
		must(t, err)
		if got, err := Decode(b); err != nil || !same([]Frame{got}, []Frame{f}) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	over := Frame{Kind: KindData, Data: make([]byte, MaxData-1)}
	if _, err := over.Append(nil); err == nil {
		t.Error("over the bound")
	}
	for _, f := range []Frame{{Kind: KindACK}, {Kind: KindNAK}, {Kind: KindError}} {
		b, _ := f.Append(nil)
		if got, err := Decode(b); err != nil || got.Kind != f.Kind {
			t.Errorf("%s: %+v, %v", f.Kind, got, err)
		}
	}
	if !bytes.Equal(ErrorFrame(), errFrame) || !bytes.Equal(NAK(), nak) {
		t.Error("short frames")
	}
}

func FuzzParser(f *testing.F) {
	stream, _ := wire(f)
	f.Add(stream, 7)
	f.Add(append([]byte{0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0x01, 0x80}, ACK()...), 3)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		whole := frames(NewParser(), in)
		at := 0
		if len(in) > 0 {
			at = int(uint(cut) % uint(len(in)))
		}
		if !same(frames(NewParser(), in[:at], in[at:]), whole) {
			t.Fatal("the cut changed the frames")
		}
		for _, x := range whole {
			b, err := x.Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := Decode(b); err != nil || !same([]Frame{again}, []Frame{x}) {
				t.Fatal("not stable")
			}
			_, _ = ParseTargets(x.Data)
			_, _ = ParseExchange(x.Data)
			_, _ = ParseFirmware(x.Data)
		}
	})
}
