package epc

import "encoding/binary"

const (
	// maxBytes is the longest EPC: the length field of a Gen2 tag's protocol
	// control word counts at most 31 words of 16 bits.
	maxBytes  = 62
	slack     = 8 // a 64-bit load may start at the last byte
	maxDigits = maxBytes * 2
)

type bank [maxBytes + slack]byte

// reader takes bit fields, most significant bit first. Reading past the end
// sets short and gives zeros.
type reader struct {
	b     *bank
	pos   int // next bit
	end   int // bits available
	short bool
}

// take reads n <= 56 bits.
func (r *reader) take(n int) uint64 {
	if r.pos+n > r.end || n <= 0 {
		r.short = r.short || n > 0
		return 0
	}
	v := binary.BigEndian.Uint64(r.b[r.pos>>3:]) << (r.pos & 7) >> (64 - n)
	r.pos += n
	return v
}

// wide reads n <= 64 bits.
func (r *reader) wide(n int) uint64 {
	if n <= 56 {
		return r.take(n)
	}
	high := r.take(n - 32)
	return high<<32 | r.take(32)
}

// blank says whether the next n bits are all zero, and passes them.
func (r *reader) blank(n int) bool {
	for ; n > 56; n -= 56 {
		if r.take(56) != 0 {
			return false
		}
	}
	return r.take(n) == 0
}

// digit is the hexadecimal digit, counted from the start, at bit position pos.
func digit(pos int) int { return pos >> 2 }

func (r *reader) fail(code Code, name string) error {
	return fail(code, name, digit(r.pos))
}

// writerBytes is more than the longest EPC that fields can make before its
// length is checked, and the data that may follow one.
const writerBytes = 160

// writer puts bit fields one after the other.
type writer struct {
	b    [writerBytes]byte
	n    int    // full bytes in b
	acc  uint64 // its low hold bits wait for a full byte
	hold int
}

// bits counts what is written.
func (w *writer) bits() int { return w.n*8 + w.hold }

// put writes the low n <= 56 bits of v.
func (w *writer) put(v uint64, n int) {
	w.acc = w.acc<<n | v&(1<<n-1)
	for w.hold += n; w.hold >= 8; w.hold -= 8 {
		w.b[w.n] = byte(w.acc >> (w.hold - 8))
		w.n++
	}
}

// wide writes the low n <= 64 bits of v.
func (w *writer) wide(v uint64, n int) {
	if n > 32 {
		w.put(v>>32, n-32)
		n = 32
	}
	w.put(v&(1<<32-1), n)
}

func (w *writer) zeros(n int) {
	for ; n > 32; n -= 32 {
		w.put(0, 32)
	}
	w.put(0, n)
}

// pad fills the last word of 16 bits with zeros.
func (w *writer) pad() {
	w.put(0, -w.bits()&15)
}
