package originality

import (
	"math/big"
	"math/bits"
)

// limbs is enough for the largest field here, 192 bits.
const limbs = 3

// elem is a field element in Montgomery form, least significant limb first.
// Only the first k limbs of a field are in use; the rest stay zero.
type elem [limbs]uint64

// field is arithmetic modulo an odd prime of k limbs. Everything here works on
// published values (signatures, identities, public keys), so it may take a time
// that depends on them.
type field struct {
	k   int
	p   elem
	inv uint64 // -p^-1 mod 2^64
	rr  elem   // R^2 mod p, to enter Montgomery form
	one elem
	n   *big.Int
}

func newField(p *big.Int) *field {
	f := &field{k: (p.BitLen() + 63) / 64, n: p}
	f.p = limbsOf(p)
	// Newton's iteration doubles the correct bits: 2^5 steps over 64 bits.
	inv := f.p[0]
	for range 5 {
		inv *= 2 - f.p[0]*inv
	}
	f.inv = -inv
	r := new(big.Int).Lsh(big.NewInt(1), uint(64*f.k))
	f.one = limbsOf(new(big.Int).Mod(r, p))
	f.rr = limbsOf(new(big.Int).Mod(new(big.Int).Mul(r, r), p))
	return f
}

func limbsOf(v *big.Int) elem {
	var e elem
	var buf [8 * limbs]byte
	v.FillBytes(buf[:])
	for i := range e {
		for j := range 8 {
			e[i] |= uint64(buf[len(buf)-1-8*i-j]) << (8 * j)
		}
	}
	return e
}

// enter brings a value below p into the field.
func (f *field) enter(v *big.Int) elem {
	e := limbsOf(v)
	return f.mul(&e, &f.rr)
}

// mul is Montgomery multiplication, operand scanning with interleaved
// reduction (CIOS).
func (f *field) mul(x, y *elem) elem {
	var t [limbs + 2]uint64
	k := f.k
	for i := range k {
		var carry, c uint64
		for j := range k {
			t[j], carry = mulAdd(x[j], y[i], t[j], carry)
		}
		t[k], c = bits.Add64(t[k], carry, 0)
		t[k+1] = c
		m := t[0] * f.inv
		_, carry = mulAdd(m, f.p[0], t[0], 0)
		for j := 1; j < k; j++ {
			t[j-1], carry = mulAdd(m, f.p[j], t[j], carry)
		}
		t[k-1], c = bits.Add64(t[k], carry, 0)
		t[k] = t[k+1] + c
	}
	z := elem{t[0], t[1]}
	if k == limbs {
		z[2] = t[2]
	}
	return f.reduce(z, t[k])
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

// reduce subtracts p once if the value, with one limb above, is not below it.
func (f *field) reduce(z elem, top uint64) elem {
	d, borrow := sub(&z, &f.p)
	if top != 0 || borrow == 0 {
		return f.trim(d)
	}
	return z
}

func sub(x, y *elem) (z elem, borrow uint64) {
	for i := range z {
		z[i], borrow = bits.Sub64(x[i], y[i], borrow)
	}
	return z, borrow
}

func (f *field) sub(x, y *elem) elem {
	z, borrow := sub(x, y)
	if borrow == 0 {
		return z
	}
	var c uint64
	for i := range f.k {
		z[i], c = bits.Add64(z[i], f.p[i], c)
	}
	return f.trim(z)
}

func (f *field) add(x, y *elem) elem {
	var z elem
	var c uint64
	for i := range f.k {
		z[i], c = bits.Add64(x[i], y[i], c)
	}
	return f.reduce(z, c)
}

// trim clears the limbs that a borrow may have filled above the field.
func (f *field) trim(z elem) elem {
	for i := f.k; i < limbs; i++ {
		z[i] = 0
	}
	return z
}
