package static

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Closure returns the addresses of files and of every file that they refer to,
// in order: what a browser must hold to open a page without the server.
// WebAssembly is left out, for it is large and can come later. A name that is
// not embedded panics, as in URL.
func Closure(names ...string) []string {
	s := library()
	seen := map[string]bool{}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		a, ok := s.byName[name]
		if !ok {
			if a, ok = s.byHashed[name]; !ok {
				panic(fmt.Sprintf("static: no file named %q", name))
			}
		}
		if path.Ext(a.name) == ".wasm" || seen[a.hashed] {
			continue
		}
		seen[a.hashed] = true
		if strings.HasPrefix(a.name, "js/") && s.bundles[a.name] == nil {
			for _, ref := range reference.FindAllSubmatch(a.body, -1) {
				names = append(names, path.Join(path.Dir(a.name), string(ref[1])))
			}
		}
	}
	out := make([]string, 0, len(seen))
	for hashed := range seen {
		out = append(out, Prefix+hashed)
	}
	slices.Sort(out)
	return out
}

// Text returns an embedded file as it is served. A name that is not embedded
// panics, as in URL.
func Text(name string) []byte {
	a, ok := library().byName[name]
	if !ok {
		panic(fmt.Sprintf("static: no file named %q", name))
	}
	return a.body
}
