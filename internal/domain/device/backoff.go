package device

import "time"

// The bounds of waiting between two tries to open a port that is there and
// refuses.
const (
	LeastDelay = 500 * time.Millisecond
	MostDelay  = 30 * time.Second
)

// Delay is how long to wait after that many failures in a row, from 1 on.
// jitter, in [0, 1), spreads readers that lost the same hub over up to half of
// it. There is no last try.
func Delay(failures int, jitter float64) time.Duration {
	d := LeastDelay
	for i := 1; i < failures && d < MostDelay; i++ {
		d *= 2
	}
	d = min(d, MostDelay)
	return d - time.Duration(jitter*float64(d)/2)
}
