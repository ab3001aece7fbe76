package epc

const pairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"

const zeros = "00000000000000000000"

// appendDigits appends v with leading zeros to n <= 20 digits.
func appendDigits(dst []byte, v uint64, n int) []byte {
	dst = append(dst, zeros[:n]...)
	b := dst[len(dst)-n:]
	for n > 1 {
		q := v / 100
		p := (v - q*100) * 2
		n -= 2
		b[n+1], b[n] = pairs[p+1], pairs[p]
		v = q
	}
	if n == 1 {
		b[0] = '0' + byte(v%10)
	}
	return dst
}

// appendUint appends v without leading zeros.
func appendUint(dst []byte, v uint64) []byte {
	n := 1
	for n < len(pow10) && v >= pow10[n] {
		n++
	}
	return appendDigits(dst, v, n)
}

// checkDigit is the GS1 check digit of v read as n digits: weights 3 and 1
// from the right, modulo 10 (GS1 General Specifications §7.9).
func checkDigit(v uint64) uint64 {
	var sum uint64
	for v != 0 {
		q := v / 100
		sum += uint64(weighted[v-q*100])
		v = q
	}
	return (10 - sum%10) % 10
}

// weighted is three times the right digit and once the left one of 00 to 99.
var weighted = func() (t [100]uint8) {
	for i := range t {
		t[i] = uint8(i%10*3 + i/10)
	}
	return t
}()

// appendChecked appends v as n digits and its check digit.
func appendChecked(dst []byte, v uint64, n int) []byte {
	return appendDigits(dst, v*10+checkDigit(v), n+1)
}

// number reads 1 to 20 ASCII digits. It fails on anything else and on values
// beyond 64 bits.
func number(s string) (uint64, bool) {
	if len(s) == 0 || len(s) > 20 {
		return 0, false
	}
	var v uint64
	for i := 0; i < len(s); i++ {
		d := uint64(s[i] - '0')
		if d > 9 || v > (1<<64-1-d)/10 {
			return 0, false
		}
		v = v*10 + d
	}
	return v, true
}
