// Package crawl walks every URL of the product as everybody: each role of two
// hospitals and three vendors, the operator's people, and nobody. It has no
// code of its own; see the tests.
package crawl
