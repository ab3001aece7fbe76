//go:build !trueward_unscoped

package store

// unscoped is true in one test build alone, which shows that PostgreSQL's
// policies keep tenants apart by themselves.
const unscoped = false
