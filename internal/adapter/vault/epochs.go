package vault

import (
	"fmt"
	"slices"
	"strings"
)

// Epochs returns the epochs for which the vault holds keys of a reference,
// rising: what it has, never a key.
func (v *Vault) Epochs(ref string) []int64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	prefix := strings.TrimSuffix(masterName(ref, 0), "0")
	var epochs []int64
	for name := range v.keys {
		var epoch int64
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok || strings.Contains(rest, "/") {
			continue
		}
		if _, err := fmt.Sscan(rest, &epoch); err == nil {
			epochs = append(epochs, epoch)
		}
	}
	slices.Sort(epochs)
	return epochs
}
