package reader_test

import (
	"testing"
	"time"

	"trueward/internal/adapter/reader"
	"trueward/internal/clock"
	"trueward/internal/domain/device"
	"trueward/internal/standard/m100"
	"trueward/internal/standard/ntag424"
	"trueward/internal/standard/pn532"
	"trueward/internal/testkit/simreader"
)

// hostile is a module, or a tag behind it, that answers every command in due
// form with whatever it likes.
type hostile struct {
	pn    *pn532.Parser
	uhf   *m100.Parser
	input []byte
}

func (h *hostile) PowerUp() { h.pn, h.uhf = pn532.NewParser(), m100.NewParser() }

// some is the next answer's content: a length byte, then as many bytes.
func (h *hostile) some() []byte {
	if len(h.input) == 0 {
		return nil
	}
	n := min(int(h.input[0]), len(h.input)-1)
	out := h.input[1 : 1+n]
	h.input = h.input[1+n:]
	return out
}

func (h *hostile) Take(in []byte) (frames [][]byte) {
	h.pn.Feed(in, func(f pn532.Frame) {
		frames = append(frames, pn532.ACK())
		reply := pn532.Frame{Kind: pn532.KindData, Direction: pn532.FromReader, Command: f.Command + 1}
		if f.Command != pn532.CmdSAMConfiguration {
			reply.Data = h.some()
		}
		if answer, err := reply.Append(nil); err == nil {
			frames = append(frames, answer)
		}
	})
	h.uhf.Feed(in, func(f m100.Frame) {
		kind := m100.TypeReply
		if f.Command == m100.CmdPoll {
			kind = m100.TypeNotice
		}
		if answer, err := (m100.Frame{Dialect: f.Dialect, Type: kind, Command: f.Command, Param: h.some()}).Append(nil); err == nil {
			frames = append(frames, answer)
		}
	})
	return frames
}

// FuzzHostile gives readers answers in due form with any content. Whatever they
// say, every call ends.
func FuzzHostile(f *testing.F) {
	target := []byte{13, 1, 1, 0, 0x44, 0, 7, 4, 1, 2, 3, 4, 5, 6}
	iso := []byte{19, 1, 1, 3, 0x44, 0x20, 7, 4, 1, 2, 3, 4, 5, 6, 6, 0x77, 0x77, 0x71, 2, 0x80}
	head := []byte{4, 0x32, 1, 6, 7, 0, 0} // firmware, retries, field
	f.Add(append(append([]byte{}, head...), target...), false)
	f.Add(append(append(append([]byte{}, head...), iso...), 3, 0, 0x90, 0, 3, 0x40, 0x90, 0, 3, 0, 0x90, 0), false)
	f.Add([]byte{3, 0, 'M', '1', 1, 0, 9, 0xC9, 0x08, 0, 1, 2, 3, 4, 5, 6}, true)
	f.Fuzz(func(t *testing.T, input []byte, uhf bool) {
		c := clock.NewFake(start)
		wire := simreader.NewWire(&hostile{input: input}, c)
		kind := device.KindPN532
		if uhf {
			kind = device.KindR200
		}
		r, err := reader.Start(t.Context(), wire, kind, c)
		if err != nil {
			return
		}
		for range 3 {
			seen, err := r.Look(t.Context())
			if err != nil {
				continue
			}
			for _, s := range seen {
				_, _ = r.Read(t.Context(), s)
				switch r := r.(type) {
				case *reader.PN532:
					_ = r.Commission(t.Context(), s, commission(t, false), func(ntag424.State) error { return nil })
				case *reader.R200:
					_, _ = r.WriteEPC(t.Context(), s, "BEEF", 0)
				}
			}
		}
		if took := c.Now().Sub(start); took > 5*time.Minute {
			t.Errorf("it held the line for %s", took)
		}
	})
}

// TestAnswersInParts: an answer in parts is put together, one in parts without
// end is given up.
func TestAnswersInParts(t *testing.T) {
	head := []byte{4, 0x32, 1, 6, 7, 0}
	for name, c := range map[string]struct {
		parts []byte
		want  string
	}{
		"two":       {[]byte{3, 0x40, 'a', 'b', 2, 0, 'c'}, "abc"},
		"never end": {[]byte{2, 0x40, 'a', 2, 0x40, 'a', 2, 0x40, 'a', 2, 0x40, 'a', 2, 0x40, 'a'}, ""},
		"fails":     {[]byte{2, 0x40, 'a', 1, 0x0B}, ""},
		"no status": {[]byte{0}, ""},
	} {
		clk := clock.NewFake(start)
		pn, err := reader.StartPN532(t.Context(), simreader.NewWire(&hostile{input: append(head[:6:6], c.parts...)}, clk), clk)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := pn.Transceive(t.Context(), []byte{1})
		if string(answer) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, answer, err)
		}
	}
}
