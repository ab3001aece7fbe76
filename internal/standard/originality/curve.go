package originality

import "math/big"

// curve is y² = x³ − 3x + b over a prime field (SEC 2 version 1.0 for
// secp128r1, version 2.0 for secp192r1): all curves here have a = −3.
type curve struct {
	f      *field
	n      *big.Int
	b      elem
	g      point
	window [16]point // 0·G to 15·G
}

// point is in Jacobian coordinates; z = 0 is the point at infinity.
type point struct{ x, y, z elem }

func newCurve(p, b, gx, gy, n string) *curve {
	num := func(s string) *big.Int { v, _ := new(big.Int).SetString(s, 16); return v }
	c := &curve{f: newField(num(p)), n: num(n)}
	c.b = c.f.enter(num(b))
	c.g = point{c.f.enter(num(gx)), c.f.enter(num(gy)), c.f.one}
	c.window = c.multiples(c.g)
	return c
}

// point reads an affine point; false if it is not on the curve.
func (c *curve) point(x, y *big.Int) (point, bool) {
	if x.Cmp(c.f.n) >= 0 || y.Cmp(c.f.n) >= 0 {
		return point{}, false
	}
	q := point{c.f.enter(x), c.f.enter(y), c.f.one}
	f := c.f
	yy := f.mul(q.y, q.y)
	rhs := f.mul(q.x, q.x)
	three := f.add(f.one, f.one)
	three = f.add(three, f.one)
	rhs = f.sub(rhs, three)
	rhs = f.mul(rhs, q.x)
	rhs = f.add(rhs, c.b)
	return q, yy == rhs
}

// double is dbl-2001-b of the Explicit-Formulas Database, for a = −3.
func (c *curve) double(p *point) point {
	f := c.f
	delta, gamma := f.mul(p.z, p.z), f.mul(p.y, p.y)
	beta := f.mul(p.x, gamma)
	lo, hi := f.sub(p.x, delta), f.add(p.x, delta)
	alpha := f.mul(lo, hi)
	twice := f.add(alpha, alpha)
	alpha = f.add(twice, alpha)

	beta4 := f.add(beta, beta)
	beta4 = f.add(beta4, beta4)
	beta8 := f.add(beta4, beta4)
	x := f.mul(alpha, alpha)
	x = f.sub(x, beta8)

	z := f.add(p.y, p.z)
	z = f.mul(z, z)
	z = f.sub(z, gamma)
	z = f.sub(z, delta)

	gg := f.mul(gamma, gamma)
	for range 3 {
		gg = f.add(gg, gg)
	}
	y := f.sub(beta4, x)
	y = f.mul(alpha, y)
	y = f.sub(y, gg)
	return point{x, y, z}
}

// add is add-2007-bl, with the cases that it leaves out.
func (c *curve) add(p, q *point) point {
	switch {
	case p.z == elem{}:
		return *q
	case q.z == elem{}:
		return *p
	}
	f := c.f
	zz1, zz2 := f.mul(p.z, p.z), f.mul(q.z, q.z)
	u1, u2 := f.mul(p.x, zz2), f.mul(q.x, zz1)
	s1, s2 := f.mul(q.z, zz2), f.mul(p.z, zz1)
	s1, s2 = f.mul(p.y, s1), f.mul(q.y, s2)
	h, r := f.sub(u2, u1), f.sub(s2, s1)
	if h == (elem{}) {
		if r == (elem{}) {
			return c.double(p)
		}
		return point{}
	}
	r = f.add(r, r)
	i := f.add(h, h)
	i = f.mul(i, i)
	j, v := f.mul(h, i), f.mul(u1, i)

	x := f.mul(r, r)
	x = f.sub(x, j)
	x = f.sub(x, v)
	x = f.sub(x, v)

	y := f.sub(v, x)
	y = f.mul(r, y)
	s1 = f.mul(s1, j)
	s1 = f.add(s1, s1)
	y = f.sub(y, s1)

	z := f.add(p.z, q.z)
	z = f.mul(z, z)
	z = f.sub(z, zz1)
	z = f.sub(z, zz2)
	return point{x, y, f.mul(z, h)}
}

// multiples are 0·p to 15·p.
func (c *curve) multiples(p point) (t [16]point) {
	for i := 1; i < len(t); i++ {
		t[i] = c.add(&t[i-1], &p)
	}
	return t
}

// combine is u1·G + u2·Q, four bits at a time.
func (c *curve) combine(u1, u2 *big.Int, q *[16]point) point {
	size := c.f.size
	a, b := u1.FillBytes(make([]byte, size)), u2.FillBytes(make([]byte, size))
	var sum point
	for i := range 2 * size {
		for range 4 {
			sum = c.double(&sum)
		}
		shift := 4 * (1 - i%2)
		sum = c.add(&sum, &c.window[a[i/2]>>shift&15])
		sum = c.add(&sum, &q[b[i/2]>>shift&15])
	}
	return sum
}

// verify is ECDSA verification (FIPS 186-5 §6.4.2) of a message representative.
func (c *curve) verify(q *[16]point, z, r, s *big.Int) bool {
	w := new(big.Int).ModInverse(s, c.n)
	u1 := new(big.Int).Mul(z, w)
	u2 := new(big.Int).Mul(r, w)
	p := c.combine(u1.Mod(u1, c.n), u2.Mod(u2, c.n), q)
	if p.z == (elem{}) {
		return false
	}
	// x mod n = r, compared without leaving Jacobian coordinates: x may be r or,
	// where the field is larger than the group, r + n.
	zz := c.f.mul(p.z, p.z)
	for x := new(big.Int).Set(r); x.Cmp(c.f.n) < 0; x.Add(x, c.n) {
		e := c.f.enter(x)
		if c.f.mul(e, zz) == p.x {
			return true
		}
	}
	return false
}
