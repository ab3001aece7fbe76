package originality_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"trueward/internal/standard/originality"
)

// A published NTAG 21x signature (Proxmark3 tools/recover_pk.py).
const (
	ntagUID = "04E10CDA993C80"
	ntagSig = "8B76052EE42F5567BEB53238B3E3F9950707C0DCC956B5C5EFCFDB709B2D82B3"
	order   = "FFFFFFFE0000000075A30D1B9038A115"
)

// TestAttack22Signatures: copied, altered, cut, of another family or order.
func TestAttack22Signatures(t *testing.T) {
	uid, sig := unhex(t, ntagUID), unhex(t, ntagSig)
	k, err := originality.Verify("ultralight", uid, sig)
	if err != nil || k.Name != "NXP NTAG21x" {
		t.Fatalf("%v", err)
	}
	for bit := range 8 * len(sig) {
		bad := bytes.Clone(sig)
		bad[bit/8] ^= 1 << (bit % 8)
		if _, err := originality.Verify("ultralight", uid, bad); originality.CodeOf(err) != originality.CodeBadSignature {
			t.Fatalf("bit %d changed: %v", bit, err)
		}
	}
	reversed := bytes.Clone(uid)
	for i := range reversed {
		reversed[i] = uid[len(uid)-1-i]
	}
	bad, malformed, unknown := originality.CodeBadSignature, originality.CodeMalformed, originality.CodeUnknownFamily
	n := unhex(t, order)
	for name, c := range map[string]struct {
		family   string
		uid, sig []byte
		want     originality.Code
	}{
		"other UID":      {"ultralight", unhex(t, "04E10CDA993C81"), sig, bad},
		"reversed UID":   {"ultralight", reversed, sig, bad},
		"4 bytes of UID": {"ultralight", uid[:4], sig, bad},
		"no UID":         {"ultralight", nil, sig, malformed},
		"31 bytes":       {"ultralight", uid, sig[:31], malformed},
		"33 bytes":       {"ultralight", uid, append(bytes.Clone(sig), 0), malformed},
		"zeros":          {"ultralight", uid, make([]byte, 32), bad},
		"FF":             {"ultralight", uid, bytes.Repeat([]byte{0xFF}, 32), bad},
		"r = n":          {"ultralight", uid, append(bytes.Clone(n), sig[16:]...), bad},
		"s = n":          {"ultralight", uid, append(bytes.Clone(sig[:16]), n...), bad},
		"r = 0":          {"ultralight", uid, append(make([]byte, 16), sig[16:]...), bad},
		"s = 0":          {"ultralight", uid, append(bytes.Clone(sig[:16]), make([]byte, 16)...), bad},
		"other family":   {"mifare_classic", uid, sig, bad},
		"other curve":    {"desfire", uid, sig, malformed},
		"no such family": {"ultralite", uid, sig, unknown},
		"zeros of 56":    {"desfire", uid, make([]byte, 56), bad},
	} {
		if k, err := originality.Verify(c.family, c.uid, c.sig); originality.CodeOf(err) != c.want || k != nil {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// TestAttack22Malleability: (r, n−s) verifies, so a signature names nothing.
func TestAttack22Malleability(t *testing.T) {
	n, _ := new(big.Int).SetString(order, 16)
	sig := unhex(t, ntagSig)
	s := new(big.Int).Sub(n, new(big.Int).SetBytes(sig[16:]))
	if _, err := originality.Verify("NXP NTAG21x", unhex(t, ntagUID), s.FillBytes(append(sig[:16:16], make([]byte, 16)...)[16:])); err == nil {
		t.Error("half a signature was taken")
	}
	twin := append(bytes.Clone(sig[:16]), s.FillBytes(make([]byte, 16))...)
	if _, err := originality.Verify("NXP NTAG21x", unhex(t, ntagUID), twin); err != nil {
		t.Errorf("%v", err)
	}
}

// TestISO15693Orders: such a UID is written in either order; the key's rule and
// E0h decide what was signed.
func TestISO15693Orders(t *testing.T) {
	for _, c := range []struct{ family, uid, sig string }{
		{"iso15693", "838ED22A080104E0", "CAE8183CB4823C765AFDEB78C9D66C959990FD52A5820E76E1D6E025D76EAD79"},
		{"iso15693", "E00401082AD28E83", "CAE8183CB4823C765AFDEB78C9D66C959990FD52A5820E76E1D6E025D76EAD79"},
		{"iso15693", "E0040118009B4D62", "25CF13747C3389EC7889DE916E3747584978511CC78B51CFB1883B494CBED7AB"},
		{"st25tv", "AA7A220A000802E0", "FE458A550ACD30B45B9C4D10676FC63E30AC69027217547FBDF04A8F7942AD3B"},
		{"st25tv", "E00208000A227AAA", "FE458A550ACD30B45B9C4D10676FC63E30AC69027217547FBDF04A8F7942AD3B"},
	} {
		if _, err := originality.Verify(c.family, unhex(t, c.uid), unhex(t, c.sig)); err != nil {
			t.Errorf("%s: %v", c.family, err)
		}
	}
}

func TestBadKeys(t *testing.T) {
	good := originality.Keys()[0].Point()
	for name, c := range map[string]struct {
		curve originality.Curve
		point string
	}{
		"not on the curve": {originality.Secp128r1, good[:len(good)-1] + "E"},
		"beyond the field": {originality.Secp128r1, "04" + "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" + good[34:]},
		"compressed":       {originality.Secp128r1, "02" + good[2:]},
		"short":            {originality.Secp128r1, good[:40]},
		"not hex":          {originality.Secp128r1, "xx" + good[2:]},
		"another curve":    {originality.Secp192r1, good},
		"no curve":         {"secp256k1", good},
		"224 off curve":    {originality.Secp224r1, "04" + fmt.Sprintf("%0112X", 5)},
	} {
		if _, err := originality.NewPublicKey(c.curve, originality.MessageUID, c.point); originality.CodeOf(err) != originality.CodeMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	k := &originality.PublicKey{Curve: originality.Secp128r1}
	if err := k.Verify(make([]byte, 7), make([]byte, 32)); originality.CodeOf(err) != originality.CodeMalformed {
		t.Errorf("an empty key: %v", err)
	}
	if originality.Curve("x").SignatureSize() != 0 || originality.CodeOf(errors.New("x")) != "" {
		t.Error("codes")
	}
	if got := (&originality.Error{Code: originality.CodeBadSignature}).Error(); got != "originality: bad_signature" {
		t.Error(got)
	}
	if got := (&originality.Error{Code: originality.CodeMalformed, Field: "uid"}).Error(); got != "originality: malformed in uid" {
		t.Error(got)
	}
}

// TestAgainstMathBig signs with the standard library's generic arithmetic, on
// both small curves, and verifies with ours: edges of the scalar range included.
func TestAgainstMathBig(t *testing.T) {
	for _, c := range []originality.Curve{originality.Secp128r1, originality.Secp192r1} {
		o := newOracle(c)
		for i := range 40 {
			d := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(int64(i)+3), uint(3*i)), big.NewInt(1))
			if i < 3 {
				d = new(big.Int).Sub(o.n, big.NewInt(int64(i)+1)) // keys at the upper end: −G, −2G, −3G
			}
			x, y := o.mul(d, o.gx, o.gy)
			k, err := originality.NewPublicKey(c, originality.MessageUID, fmt.Sprintf("04%0*X%0*X", 2*o.size, x, 2*o.size, y))
			if err != nil {
				t.Fatal(err)
			}
			uid := []byte{4, byte(i), 3, 4, 5, 6, 7}
			sig := o.sign(d, uid, big.NewInt(int64(7*i)+1))
			if err := k.Verify(uid, sig); err != nil {
				t.Errorf("%s %d: %v", c, i, err)
			}
			uid[6]++
			if err := k.Verify(uid, sig); err == nil {
				t.Errorf("%s %d: a signature for two UIDs", c, i)
			}
		}
	}
}

// oracle is textbook affine arithmetic over math/big, slow and apart from ours.
type oracle struct {
	p, n, gx, gy *big.Int
	size         int
}

func newOracle(c originality.Curve) oracle {
	num := func(s string) *big.Int { v, _ := new(big.Int).SetString(s, 16); return v }
	if c == originality.Secp128r1 {
		return oracle{
			num("FFFFFFFDFFFFFFFFFFFFFFFFFFFFFFFF"), num(order),
			num("161FF7528B899B2D0C28607CA52C5B86"), num("CF5AC8395BAFEB13C02DA292DDED7A83"), 16,
		}
	}
	return oracle{
		num("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFF"), num("FFFFFFFFFFFFFFFFFFFFFFFF99DEF836146BC9B1B4D22831"),
		num("188DA80EB03090F67CBF20EB43A18800F4FF0AFD82FF1012"), num("7192B95FFC8DA78631011ED6B24CDD573F977A11E794811"), 24,
	}
}

func (o oracle) add(x1, y1, x2, y2 *big.Int) (*big.Int, *big.Int) {
	if x1 == nil {
		return x2, y2
	}
	num, den := new(big.Int).Sub(y2, y1), new(big.Int).Sub(x2, x1)
	if den.Sign() == 0 {
		if num.Sign() != 0 || y1.Sign() == 0 {
			return nil, nil
		}
		num = new(big.Int).Mul(x1, x1)
		num.Mul(num, big.NewInt(3)).Sub(num, big.NewInt(3))
		den = new(big.Int).Lsh(y1, 1)
	}
	den.Mod(den, o.p)
	l := num.Mul(num, den.ModInverse(den, o.p))
	x := new(big.Int).Mul(l, l)
	x.Sub(x, x1).Sub(x, x2).Mod(x, o.p)
	y := new(big.Int).Sub(x1, x)
	y.Mul(y, l).Sub(y, y1).Mod(y, o.p)
	return x, y
}

func (o oracle) mul(d, x, y *big.Int) (rx, ry *big.Int) {
	for i := d.BitLen() - 1; i >= 0; i-- {
		if rx != nil {
			rx, ry = o.add(rx, ry, rx, ry)
		}
		if d.Bit(i) == 1 {
			rx, ry = o.add(rx, ry, x, y)
		}
	}
	return rx, ry
}

func (o oracle) sign(d *big.Int, uid []byte, k *big.Int) []byte {
	r, _ := o.mul(k, o.gx, o.gy)
	r = new(big.Int).Mod(r, o.n)
	s := new(big.Int).Mul(r, d)
	s.Add(s, new(big.Int).SetBytes(uid)).Mul(s, new(big.Int).ModInverse(k, o.n)).Mod(s, o.n)
	return append(r.FillBytes(make([]byte, o.size)), s.FillBytes(make([]byte, o.size))...)
}

// TestCoordinateAboveTheOrder makes a key for which the point behind a signature
// has an x between n and p, which chance never shows (on secp128r1 n is above p, so there is none): then r is x − n, and x
// itself, equal modulo n, is no r.
func TestCoordinateAboveTheOrder(t *testing.T) {
	o := newOracle(originality.Secp192r1)
	b, _ := new(big.Int).SetString("64210519E59C80E70FA7E9AB72243049FEB8DEECC146B9B1", 16)
	x, y := new(big.Int).Set(o.n), new(big.Int)
	for found := false; !found; {
		x.Add(x, big.NewInt(1))
		yy := new(big.Int).Mul(x, x)
		yy.Sub(yy, big.NewInt(3)).Mul(yy, x).Add(yy, b).Mod(yy, o.p)
		found = y.ModSqrt(yy, o.p) != nil
	}
	// Q = r⁻¹ (s·R − z·G) makes (r, s) a signature of z by construction.
	uid, scalar := []byte{4, 1, 2, 3, 4, 5, 6}, big.NewInt(987654321)
	r := new(big.Int).Sub(x, o.n)
	z := new(big.Int).SetBytes(uid)
	sx, sy := o.mul(scalar, x, y)
	zx, zy := o.mul(new(big.Int).Sub(o.n, z), o.gx, o.gy)
	qx, qy := o.add(sx, sy, zx, zy)
	qx, qy = o.mul(new(big.Int).ModInverse(r, o.n), qx, qy)
	k, err := originality.NewPublicKey(originality.Secp192r1, originality.MessageUID, fmt.Sprintf("04%048X%048X", qx, qy))
	if err != nil {
		t.Fatal(err)
	}
	sig := func(r *big.Int) []byte {
		return append(r.FillBytes(make([]byte, 24)), scalar.FillBytes(make([]byte, 24))...)
	}
	if err := k.Verify(uid, sig(r)); err != nil {
		t.Errorf("r = x − n: %v", err)
	}
	if err := k.Verify(uid, sig(x)); originality.CodeOf(err) != originality.CodeBadSignature {
		t.Errorf("r = x: %v", err)
	}
}

// FuzzSignature: what verifies under one UID does not verify under another.
func FuzzSignature(f *testing.F) {
	_, records := readVectors(f)
	for i, r := range records {
		f.Add(unhex(f, r.UID), unhex(f, r.Signature), uint8(i))
	}
	keys := originality.Keys()
	f.Fuzz(func(t *testing.T, uid, sig []byte, which uint8) {
		k := keys[int(which)%len(keys)]
		err := k.Verify(uid, sig)
		if err != nil {
			if originality.CodeOf(err) == "" {
				t.Errorf("untyped refusal: %v", err)
			}
			return
		}
		other := bytes.Clone(uid)
		other[1] ^= 1
		if k.Verify(other, sig) == nil {
			t.Error("one signature for two UIDs")
		}
	})
}

// BenchmarkStandardLibrary224 is crypto/ecdsa alone, beside BenchmarkVerify224.
func BenchmarkStandardLibrary224(b *testing.B) {
	uid, sig := unhex(b, "04518DFAA96180"), unhex(b, "D1940D17CFEDA4BFF80359AB975F9F6514313E8F90C1D3CAAF5941AD744A1CDF9A83F883CAFE0FE95D1939B1B7E47113993324473B785D21")
	point, err := hex.DecodeString("048A9B380AF2EE1B98DC417FECC263F8449C7625CECE82D9B916C992DA209D68422B81EC20B65A66B5102A61596AF3379200599316A00A1410")
	if err != nil {
		b.Fatal(err)
	}
	k, err := ecdsa.ParseUncompressedPublicKey(elliptic.P224(), point)
	if err != nil {
		b.Fatal(err)
	}
	r, s := new(big.Int).SetBytes(sig[:28]), new(big.Int).SetBytes(sig[28:])
	for b.Loop() {
		if !ecdsa.Verify(k, uid, r, s) {
			b.Fatal("refused")
		}
	}
}

// The signature of AN12196 table 30.
func ExampleVerify() {
	uid, _ := hex.DecodeString("04518DFAA96180")
	sig, _ := hex.DecodeString("D1940D17CFEDA4BFF80359AB975F9F6514313E8F90C1D3CAAF5941AD744A1CDF9A83F883CAFE0FE95D1939B1B7E47113993324473B785D21")
	k, err := originality.Verify("desfire", uid, sig)
	fmt.Println(k.Name, err)
	// Output: NTAG424DNA, DESFire EV2, DESFire Light <nil>
}
