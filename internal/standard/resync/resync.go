// Package resync takes length-driven frames out of a serial byte stream that
// may carry noise: the rules that all reader protocols on a serial line share.
//
// It promises the same frames for any cutting of the same bytes, memory bounded
// by the longest frame, no reference to the input, and no panic. Where no frame
// begins, one byte is dropped and the search goes on, because start and end
// marks also occur inside frames. It knows no protocol: a Split does.
package resync

// Split looks at the start of b, which is never empty. It returns the length of
// the frame that begins there, 0 if more bytes are needed to say, and Bad if no
// valid frame begins there. It must not change its mind as bytes are added.
type Split func(b []byte) int

// Bad is Split's answer where no frame begins.
const Bad = -1

// Buffer holds what may still become a frame. It is not safe for concurrent use.
type Buffer struct {
	split   Split
	buf     []byte
	limit   int
	frames  uint64
	dropped uint64
}

// New makes a buffer for frames of at most limit bytes.
func New(limit int, split Split) *Buffer {
	return &Buffer{split: split, buf: make([]byte, 0, 2*limit), limit: limit}
}

// Frames is the number of frames found so far.
func (b *Buffer) Frames() uint64 { return b.frames }

// Dropped is the number of bytes that belonged to no frame.
func (b *Buffer) Dropped() uint64 { return b.dropped }

// Pending is the number of bytes that wait for the rest of a frame.
func (b *Buffer) Pending() int { return len(b.buf) }

// Feed takes bytes as they came and emits the frames that they complete. A
// frame is only valid until emit returns.
func (b *Buffer) Feed(in []byte, emit func(frame []byte)) {
	for len(in) > 0 {
		n := min(len(in), cap(b.buf)-len(b.buf))
		b.buf = append(b.buf, in[:n]...)
		in = in[n:]
		b.scan(emit)
	}
}

// Idle says that nothing came for so long that a begun frame is not going to be
// finished. What it hid is searched for frames; the rest is dropped.
func (b *Buffer) Idle(emit func(frame []byte)) {
	for len(b.buf) > 0 {
		b.drop(1)
		b.scan(emit)
	}
}

func (b *Buffer) scan(emit func([]byte)) {
	at := 0
	for at < len(b.buf) {
		n := b.split(b.buf[at:])
		if n == 0 && len(b.buf)-at >= b.limit {
			n = Bad // a split that never decides must not hold the line
		}
		if n == 0 {
			break
		}
		if n == Bad {
			at++
			b.dropped++
			continue
		}
		b.frames++
		emit(b.buf[at : at+n : at+n])
		at += n
	}
	b.buf = append(b.buf[:0], b.buf[at:]...)
}

func (b *Buffer) drop(n int) {
	b.dropped += uint64(n)
	b.buf = append(b.buf[:0], b.buf[n:]...)
}
