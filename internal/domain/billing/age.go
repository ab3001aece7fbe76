package billing

import "time"

// AgeBucket is a span of days that something waits already.
type AgeBucket string

// The buckets, in days of the site's calendar: today and the two before count
// as 0–2.
const (
	Age0 AgeBucket = "0–2 days"
	Age1 AgeBucket = "3–7 days"
	Age2 AgeBucket = "8–14 days"
	Age3 AgeBucket = "15–30 days"
	Age4 AgeBucket = "over 30 days"
)

// AgeBuckets returns the buckets, youngest first.
func AgeBuckets() []AgeBucket { return []AgeBucket{Age0, Age1, Age2, Age3, Age4} }

// AgeBounds returns the first instants of buckets Age0 to Age3, youngest first,
// at the time now in a site's calendar: what began at or after bound n is in
// bucket n, what is older than all of them in the last.
func AgeBounds(now time.Time, zone *time.Location) [4]time.Time {
	y, m, d := now.In(zone).Date()
	var out [4]time.Time
	for n, days := range []int{2, 7, 14, 30} {
		out[n] = midnight(y, m, d-days, zone)
	}
	return out
}
