package product

import (
	"os"
	"runtime/debug"
)

// What little the product keeps in memory would be collected again after every
// few pages: collecting is a third of a page's cost at Go's own pace. The limit
// brings that pace back when there is much to keep after all.
const (
	collectPercent = 400
	collectLimit   = 1 << 30 // bytes
)

// collectLess sets the pace of garbage collection, where the environment does
// not (GOGC, GOMEMLIMIT).
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(collectLimit)
	}
}
