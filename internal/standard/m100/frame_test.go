package m100

import (
	"bytes"
	"errors"
	"testing"
)

func wire(t testing.TB) (stream []byte, count int) {
	t.Helper()
	vectors, _ := loadVectors(t)
	for _, v := range vectors {
		if v.Valid {
			stream, count = append(stream, v.bytes(t)...), count+1
		}
	}
	return stream, count
}

func frames(p *Parser, chunks ...[]byte) (out []Frame) {
	for _, c := range chunks {
		p.Feed(c, func(f Frame) { f.Param = bytes.Clone(f.Param); out = append(out, f) })
	}
	return out
}

func same(a, b []Frame) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Dialect != b[i].Dialect || a[i].Type != b[i].Type || a[i].Command != b[i].Command || !bytes.Equal(a[i].Param, b[i].Param) {
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
}

func TestParserFindsFramesBehindNoise(t *testing.T) {
	vectors, _ := loadVectors(t)
	for _, v := range vectors {
		if !v.Valid {
			continue
		}
		b := v.bytes(t)
		want, err := Decode(b)
		must(t, err)
		for _, noise := range [][]byte{
			{0x7E}, {0xBB, 0x7E}, {0xBB, 0x03}, {0xAA, 0xDD}, {0x00, 0xFF, 0x55},
			{0xBB, 0x01, 0xFF, 0x00, 0x01, 0x15, 0x17, 0x7E}, // wrong check
			{0xBB, 0x01, 0xFF, 0x00, 0x01, 0x15, 0x16, 0xDD}, // the other dialect's end
			{0xBB, 0x02, 0x22, 0xFF, 0xFF},                   // 65,535 bytes announced
		} {
			p := NewParser()
			if got := frames(p, noise, b); !same(got, []Frame{want}) {
				t.Errorf("%s behind % X: %d frames", v.Name, noise, len(got))
			}
			if p.Dropped() != uint64(len(noise)) {
				t.Errorf("%s behind % X: %d bytes dropped", v.Name, noise, p.Dropped())
			}
		}
	}
}

// TestUnfinishedFrameHidesNothing: a frame that was cut swallows the next one
// only until the line idles.
func TestUnfinishedFrameHidesNothing(t *testing.T) {
	p := NewParser()
	whole, err := Poll().Append(nil)
	must(t, err)
	if got := frames(p, []byte{0xBB, 0x02, 0x22, 0x00, 0x20}, whole); len(got) != 0 {
		t.Fatalf("%d frames", len(got))
	}
	var got []Frame
	p.Idle(func(f Frame) { got = append(got, f) })
	if len(got) != 1 || got[0].Command != CmdPoll {
		t.Errorf("%+v", got)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, err := Poll().Append(nil)
	must(t, err)
	for name, c := range map[string]struct {
		in   []byte
		code Code
	}{
		"nothing":   {nil, CodeTruncated},
		"cut":       {good[:6], CodeTruncated},
		"trailing":  {append(bytes.Clone(good), 0), CodeMalformed},
		"head":      {append([]byte{0xBA}, good[1:]...), CodeMalformed},
		"type":      {append([]byte{0xBB, 3}, good[2:]...), CodeMalformed},
		"announced": {[]byte{0xBB, 0, 0x22, 0x02, 0x00}, CodeMalformed},
	} {
		_, err := Decode(c.in)
		var e *Error
		if !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if _, err := command(CmdWrite, make([]byte, maxParam+1)...).Append(nil); err == nil {
		t.Error("too long")
	}
	long := command(CmdWrite, make([]byte, maxParam)...)
	b, err := long.Append(nil)
	must(t, err)
	if f, err := Decode(b); err != nil || !same([]Frame{f}, []Frame{long}) {
		t.Error("the longest frame:", err)
	}
}

func FuzzParser(f *testing.F) {
	stream, _ := wire(f)
	f.Add(stream, 9)
	f.Add([]byte{0xBB, 0x02, 0x22, 0x01, 0xF9}, 1)
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
			_, _ = ParseTag(x)
			_, _, _ = ParseMemory(x)
			_, _ = ParseWritten(x, x.Command)
			_, _ = ParseInfo(x)
			_ = Failed(x)
		}
	})
}

// BenchmarkParser is frames behind noise; the demand is 20,000 a second.
func BenchmarkParser(b *testing.B) {
	v := []byte{0x00, 0xBB, 0x55, 0x7E}
	notice, err := Frame{Dialect: DialectBB, Type: TypeNotice, Command: CmdPoll, Param: make([]byte, 17)}.Append(nil)
	must(b, err)
	v = append(v, notice...)
	p := NewParser()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		p.Feed(v, func(Frame) { n++ })
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
}
