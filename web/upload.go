package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"trueward/web/route"
)

// mostParts bounds the parts of an uploaded form: its fields and its file.
const mostParts = 64

// readUpload reads a form that was sent in parts. A file is taken as the text
// of the field that declares it, in place of what was pasted there; a file for
// any other field makes the form malformed. The body is bounded before.
func readUpload(body []byte, boundary string, r route.Route) (url.Values, error) {
	form, files := url.Values{}, url.Values{}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || n == mostParts || part.FormName() == "" {
			return nil, errMalformed()
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, errMalformed()
		}
		switch name := part.FormName(); {
		case !strings.Contains(part.Header.Get("Content-Disposition"), "filename"):
			form.Add(name, string(content))
		case !takesFile(r, name):
			return nil, errMalformed()
		case len(content) > 0: // an empty one is a field in which no file was chosen
			files.Add(name, text(content))
		}
	}
	for name, content := range files {
		form[name] = content
	}
	return form, nil
}

func takesFile(r route.Route, name string) bool {
	return slices.ContainsFunc(r.Params, func(p route.Param) bool { return p.In == route.InForm && p.File && p.Name == name })
}

// text reads a file as UTF-8, without a mark of its order of bytes; one that is
// none is read as Windows-1252, which is what spreadsheets write.
func text(content []byte) string {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if utf8.Valid(content) {
		return string(content)
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(content)
	if err != nil {
		return string(content) // refused with the field's form
	}
	return string(decoded)
}
