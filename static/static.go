// Package static embeds what a browser loads beside the pages: style sheet,
// scripts, icons and the vendored libraries.
//
// It promises that every file has one URL that names its content: a changed
// file has a changed URL, so answers may be cached for ever. References between
// our own scripts are rewritten to those URLs when the program starts; a
// reference to a file that is not there stops the program, never a page.
//
// It does not compile, minify or fetch anything. The built style sheet and the
// vendored libraries are committed; static/vendor/NOTICE.md says where they come
// from.
package static

import (
	"embed"
	"fmt"
	"sync"
)

// Prefix is the path below which Handler answers.
const Prefix = "/static/"

//go:embed css js icons vendor
var files embed.FS

// library is built at first use; the embedded files are fixed when the program
// is compiled, so a failure here is a defect of the build, and tests catch it.
var library = sync.OnceValue(func() *shelf {
	s, err := newShelf(files, bundles)
	if err != nil {
		panic("static: " + err.Error())
	}
	return s
})

// bundles are files put together from others in this order, to save requests.
// The parts stay byte for byte as published, so their checksums can be verified.
var bundles = map[string][]string{
	"js/htmx.js": {"vendor/htmx/htmx.min.js", "vendor/htmx/hx-sse.min.js"},
}

// URL returns the address of an embedded file, such as "css/app.css", with its
// content hash: "/static/css/app.3f2a91c04b7d.css". A name that is not embedded
// is a programmer's mistake and panics.
func URL(name string) string {
	a, ok := library().byName[name]
	if !ok {
		panic(fmt.Sprintf("static: no file named %q", name))
	}
	return Prefix + a.hashed
}
