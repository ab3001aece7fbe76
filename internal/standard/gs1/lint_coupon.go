package gs1

// coupon walks over the digits of a North American coupon code. The first
// fault stays; later steps do nothing.
type coupon struct {
	s   string
	pos int
	bad *fault
}

func (c *coupon) refuse(code Code, at int, detail string) {
	if c.bad == nil {
		c.bad = &fault{code, at, detail}
	}
}

// take consumes n digits.
func (c *coupon) take(n int, detail string) string {
	if c.bad != nil {
		return ""
	}
	if len(c.s)-c.pos < n {
		c.refuse(CodeTruncated, c.pos, detail)
		return ""
	}
	c.pos += n
	return c.s[c.pos-n : c.pos]
}

// oneOf consumes one digit out of a set and returns its value.
func (c *coupon) oneOf(set, detail string) int {
	d := c.take(1, detail)
	if d == "" {
		return 0
	}
	for i := range len(set) {
		if set[i] == d[0] {
			return int(d[0] - '0')
		}
	}
	c.refuse(CodeRange, c.pos-1, detail)
	return 0
}

// sized consumes a digit out of a set that gives the length of the field after
// it, less base, and then that field.
func (c *coupon) sized(set string, base int, detail string) {
	n := c.oneOf(set, detail)
	c.take(n+base, detail)
}

// option reports whether the optional field with this indicator follows, and
// consumes the indicator.
func (c *coupon) option(indicator byte) bool {
	if c.bad != nil || c.pos >= len(c.s) || c.s[c.pos] != indicator {
		return false
	}
	c.pos++
	return true
}

func (c *coupon) purchase() {
	c.sized("12345", 0, "purchase requirement")
	c.oneOf("012349", "purchase requirement code")
	c.take(3, "purchase family code")
}

// secondPrefix consumes the company prefix of a further purchase; indicator 9
// means the first one again.
func (c *coupon) secondPrefix() {
	if n := c.oneOf("01234569", "purchase company prefix"); n != 9 {
		c.take(n+6, "purchase company prefix")
	}
}

func (c *coupon) date(detail string) string {
	d := c.take(6, detail)
	if d != "" && checkDate(d) != nil {
		c.refuse(CodeRange, c.pos-6, detail)
	}
	return d
}

func (c *coupon) finish() *fault {
	if c.pos != len(c.s) {
		c.refuse(CodeOversize, c.pos, "more data than the coupon code has")
	}
	return c.bad
}

// checkCoupon checks the coupon code of AI 8110 (North American Coupon
// Application Guideline Using GS1 DataBar Expanded Symbols).
func checkCoupon(s string) *fault {
	if f := checkDigits(s); f != nil {
		return f
	}
	c := &coupon{s: s}
	c.sized("0123456", 6, "company prefix")
	c.take(6, "offer code")
	c.sized("12345", 0, "save value")
	c.purchase()
	if c.option('1') {
		c.oneOf("0123", "additional purchase rules code")
		c.purchase()
		c.secondPrefix()
	}
	if c.option('2') {
		c.purchase()
		c.secondPrefix()
	}
	c.couponDates()
	if c.option('5') {
		c.sized(digits, 6, "serial number")
	}
	if c.option('6') {
		c.sized("1234567", 6, "retailer")
	}
	if c.option('9') {
		c.oneOf("01256", "save value code")
		c.oneOf("012", "item that the save value applies to")
		c.oneOf(digits, "store coupon flag")
		c.oneOf("01", "multiply flag")
	}
	return c.finish()
}

// couponDates consumes expiry and start. Both have two-digit years and are
// compared as text, as the reference check does.
func (c *coupon) couponDates() {
	expiry := ""
	if c.option('3') {
		expiry = c.date("expiration date")
	}
	if c.option('4') {
		start := c.date("start date")
		if expiry != "" && start > expiry {
			c.refuse(CodeConflict, c.pos-6, "coupon expires before it starts")
		}
	}
}

// checkPositiveOffer checks the coupon code of AI 8112 (GS1 AI (8112) Coupon
// Data Specification).
func checkPositiveOffer(s string) *fault {
	if f := checkDigits(s); f != nil {
		return f
	}
	c := &coupon{s: s}
	c.oneOf("01", "format")
	c.sized("0123456", 6, "funder")
	c.take(6, "offer code")
	c.sized(digits, 6, "serial number")
	return c.finish()
}
