//go:build trueward_unscoped

package store

// unscoped switches the product's own scopes off; see scope_on.go.
const unscoped = true
