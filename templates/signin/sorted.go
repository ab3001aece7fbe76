package signin

import (
	"maps"
	"slices"
)

// sorted are the names of hidden fields in a fixed order.
func sorted(fields map[string]string) []string { return slices.Sorted(maps.Keys(fields)) }
