package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

// asset is one embedded file, ready to serve.
type asset struct {
	name   string // as embedded: js/app.js
	hashed string // as addressed: js/app.3f2a91c04b7d.js
	hash   string
	mime   string
	body   []byte
	gz     func() []byte // nil when compression does not pay
}

// shelf holds all assets under both of their names.
type shelf struct {
	source   fs.FS
	bundles  map[string][]string
	byName   map[string]*asset
	byHashed map[string]*asset
	open     map[string]bool // being built; a second visit is a cycle
}

func newShelf(source fs.FS, bundles map[string][]string) (*shelf, error) {
	s := &shelf{source: source, bundles: bundles, byName: map[string]*asset{}, byHashed: map[string]*asset{}, open: map[string]bool{}}
	for name := range bundles {
		if _, err := s.add(name); err != nil {
			return nil, err
		}
	}
	err := fs.WalkDir(source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		_, err = s.add(strings.TrimSuffix(name, packed))
		return err
	})
	return s, err
}

// add builds the asset called name and, before it, all that it refers to, so
// that its hash covers theirs.
func (s *shelf) add(name string) (*asset, error) {
	if a, ok := s.byName[name]; ok {
		return a, nil
	}
	if s.open[name] {
		return nil, fmt.Errorf("%s refers to itself through its imports", name)
	}
	s.open[name] = true
	defer delete(s.open, name)

	body, err := s.read(name)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(name, "js/") && s.bundles[name] == nil {
		if body, err = s.link(name, body); err != nil {
			return nil, err
		}
	}
	a, err := newAsset(name, body)
	if err != nil {
		return nil, err
	}
	s.byName[name], s.byHashed[a.hashed] = a, a
	return a, nil
}

func (s *shelf) read(name string) ([]byte, error) {
	parts, ok := s.bundles[name]
	if !ok {
		body, err := fs.ReadFile(s.source, name)
		if errors.Is(err, fs.ErrNotExist) {
			return s.unpack(name)
		}
		return body, err
	}
	var all bytes.Buffer
	for _, part := range parts {
		b, err := fs.ReadFile(s.source, part)
		if err != nil {
			return nil, err
		}
		all.Write(b)
		all.WriteString(";\n")
	}
	return all.Bytes(), nil
}

// packed ends the name of a file that is embedded compressed, so that the
// program stays small. It is served and addressed without that ending.
const packed = ".gz"

func (s *shelf) unpack(name string) ([]byte, error) {
	file, err := s.source.Open(name + packed)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	gz, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s%s: %w", name, packed, err)
	}
	return io.ReadAll(gz)
}

// reference is a string literal that begins with ./ or ../ in one of our own
// scripts: an import, a worker, a library to load.
var reference = regexp.MustCompile(`"(\.\.?/[A-Za-z0-9_./-]+)"`)

// link replaces the references in a script by the hashed names.
func (s *shelf) link(name string, body []byte) ([]byte, error) {
	var failed error
	dir := path.Dir(name)
	out := reference.ReplaceAllFunc(body, func(quoted []byte) []byte {
		ref := string(quoted[1 : len(quoted)-1])
		to, err := s.add(path.Join(dir, ref))
		if err != nil {
			failed = fmt.Errorf("%s refers to %s: %w", name, ref, err)
			return quoted
		}
		return []byte(`"` + strings.TrimSuffix(ref, path.Base(ref)) + path.Base(to.hashed) + `"`)
	})
	return out, failed
}

func newAsset(name string, body []byte) (*asset, error) {
	mime, squeeze, err := mimeOf(name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	a := &asset{name: name, hash: hash, mime: mime, body: body, hashed: strings.TrimSuffix(name, ext) + "." + hash + ext}
	if squeeze {
		a.gz = sync.OnceValue(func() []byte { return compress(body) })
	}
	return a, nil
}

// mimeOf names the media type of a file and whether compressing it pays. An
// unknown kind is refused: browsers are told not to guess.
func mimeOf(name string) (mime string, squeeze bool, err error) {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8", true, nil
	case ".js":
		return "text/javascript; charset=utf-8", true, nil
	case ".svg":
		return "image/svg+xml; charset=utf-8", true, nil
	case ".wasm":
		return "application/wasm", true, nil
	case ".webmanifest":
		return "application/manifest+json", true, nil
	case ".png":
		return "image/png", false, nil
	case "", ".md", ".txt":
		return "text/plain; charset=utf-8", true, nil
	}
	return "", false, fmt.Errorf("%s: no media type is known for it", name)
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic("static: " + err.Error()) // the level is a constant of the package
	}
	// A bytes.Buffer never fails to write.
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}
