package originality

import (
	"encoding/binary"
	"math/big"
	"math/bits"
)

// elem is a field element in Montgomery form, least significant limb first. A
// field of 128 bits leaves l2 zero. It is a struct, not an array, because the
// compiler keeps structs in registers.
type elem struct{ l0, l1, l2 uint64 }

// field is arithmetic modulo an odd prime of two or three full limbs.
// Everything here works on published values (signatures, identities, public
// keys), so it may take a time that depends on them.
type field struct {
	p    elem
	inv  uint64 // -p^-1 mod 2^64
	rr   elem   // R^2 mod p, to enter Montgomery form
	one  elem   // R mod p
	n    *big.Int
	size int // of a value in bytes
}

func newField(p *big.Int) *field {
	f := &field{p: limbsOf(p), n: p, size: p.BitLen() / 8}
	// Newton's iteration doubles the correct bits: five steps give 64.
	inv := f.p.l0
	for range 5 {
		inv *= 2 - f.p.l0*inv
	}
	f.inv = -inv
	r := new(big.Int).Lsh(big.NewInt(1), uint(8*f.size))
	f.one = limbsOf(new(big.Int).Mod(r, p))
	f.rr = limbsOf(new(big.Int).Mod(new(big.Int).Mul(r, r), p))
	return f
}

func limbsOf(v *big.Int) elem {
	var b [24]byte
	v.FillBytes(b[:])
	return elem{binary.BigEndian.Uint64(b[16:]), binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[:])}
}

// enter brings a value below p into the field.
func (f *field) enter(v *big.Int) elem { return f.mul(limbsOf(v), f.rr) }

// mul is Montgomery multiplication, operand scanning with interleaved
// reduction (CIOS). The two widths are written out: they are nearly the whole
// cost of a verification.
func (f *field) mul(x, y elem) elem {
	if f.size == 16 {
		return f.mul2(x, y)
	}
	return f.mul3(x, y)
}

func (f *field) mul2(x, y elem) elem {
	t0, c := mulAdd(x.l0, y.l0, 0, 0)
	t1, t2 := mulAdd(x.l1, y.l0, 0, c)
	m := t0 * f.inv
	_, c = mulAdd(m, f.p.l0, t0, 0)
	t0, c = mulAdd(m, f.p.l1, t1, c)
	t1, top := bits.Add64(t2, c, 0)

	t0, c = mulAdd(x.l0, y.l1, t0, 0)
	t1, c = mulAdd(x.l1, y.l1, t1, c)
	t2, top = bits.Add64(top, c, 0)
	m = t0 * f.inv
	_, c = mulAdd(m, f.p.l0, t0, 0)
	t0, c = mulAdd(m, f.p.l1, t1, c)
	t1, c = bits.Add64(t2, c, 0)
	return f.reduce(elem{t0, t1, 0}, top+c)
}

func (f *field) mul3(x, y elem) elem {
	var t elem
	t, top := f.row(x, y.l0, t, 0)
	t, top = f.row(x, y.l1, t, top)
	t, top = f.row(x, y.l2, t, top)
	return f.reduce(t, top)
}

// row adds x·yi to t and divides by 2^64 modulo p.
func (f *field) row(x elem, yi uint64, t elem, top uint64) (elem, uint64) {
	t0, c := mulAdd(x.l0, yi, t.l0, 0)
	t1, c := mulAdd(x.l1, yi, t.l1, c)
	t2, c := mulAdd(x.l2, yi, t.l2, c)
	t3, top := bits.Add64(top, c, 0)
	m := t0 * f.inv
	_, c = mulAdd(m, f.p.l0, t0, 0)
	t0, c = mulAdd(m, f.p.l1, t1, c)
	t1, c = mulAdd(m, f.p.l2, t2, c)
	t2, c = bits.Add64(t3, c, 0)
	return elem{t0, t1, t2}, top + c
}

// mulAdd is a·b + c + d, which fits two limbs.
func mulAdd(a, b, c, d uint64) (lo, hi uint64) {
	hi, lo = bits.Mul64(a, b)
	var cc uint64
	lo, cc = bits.Add64(lo, c, 0)
	hi += cc
	lo, cc = bits.Add64(lo, d, 0)
	return lo, hi + cc
}

// reduce subtracts p once if the value, with one bit above it, is not below p.
func (f *field) reduce(z elem, top uint64) elem {
	d, borrow := diff(z, f.p)
	if top != 0 {
		if f.size == 16 {
			d.l2 = 0 // the borrow went into the limb that is not in use
		}
		return d
	}
	if borrow == 0 {
		return d
	}
	return z
}

func diff(x, y elem) (elem, uint64) {
	l0, b := bits.Sub64(x.l0, y.l0, 0)
	l1, b := bits.Sub64(x.l1, y.l1, b)
	l2, b := bits.Sub64(x.l2, y.l2, b)
	return elem{l0, l1, l2}, b
}

func total(x, y elem) (elem, uint64) {
	l0, c := bits.Add64(x.l0, y.l0, 0)
	l1, c := bits.Add64(x.l1, y.l1, c)
	l2, c := bits.Add64(x.l2, y.l2, c)
	return elem{l0, l1, l2}, c
}

func (f *field) sub(x, y elem) elem {
	z, borrow := diff(x, y)
	if borrow != 0 {
		// The borrow of three limbs is undone by the carry of three limbs.
		z, _ = total(z, f.p)
	}
	return z
}

func (f *field) add(x, y elem) elem {
	z, c := total(x, y)
	if f.size == 16 {
		z.l2, c = 0, z.l2
	}
	return f.reduce(z, c)
}
