package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"trueward/internal/fault"
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
		case !takesFile(r, name), !textual(part.FileName()):
			return nil, errMalformed()
		case len(content) > 0: // an empty one is a field in which no file was chosen
			read, err := text(name, content)
			if err != nil {
				return nil, err
			}
			files.Add(name, read)
		}
	}
	for name, content := range files {
		form[name] = content
	}
	return form, nil
}

// textual reports whether a file's name is that of a text; what it holds is
// checked all the same, and the name is not used otherwise. A name without an
// ending is taken: some systems have none.
func textual(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case "", ".csv", ".tsv", ".tab", ".txt", ".json", ".age", ".asc", ".pem", ".key", ".keys":
		return true
	}
	return false
}

func takesFile(r route.Route, name string) bool {
	return slices.ContainsFunc(r.Params, func(p route.Param) bool { return p.In == route.InForm && p.File && p.Name == name })
}

// text reads a file as UTF-8, or as UTF-16 where its mark says so, without the
// mark; one that is neither is read as Windows-1252, which is what spreadsheets
// write. What no table holds is refused with its line: a workbook that was
// taken for a table, above all, which is never opened.
func text(field string, content []byte) (string, error) {
	if bytes.HasPrefix(content, []byte("PK\x03\x04")) {
		return "", fault.At(field, "This file is a workbook or an archive, not a text. Save the table as CSV (UTF-8) and choose that file.")
	}
	read := string(bytes.TrimPrefix(content, []byte("\ufeff")))
	var decoder *encoding.Decoder
	if bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) {
		decoder = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
	} else if !utf8.ValidString(read) {
		decoder = charmap.Windows1252.NewDecoder()
	}
	if decoder != nil {
		decoded, err := decoder.Bytes(content)
		if err != nil {
			return "", errMalformed()
		}
		read = string(decoded)
	}
	if at := strings.IndexFunc(read, strange); at >= 0 {
		line := 1 + strings.Count(read[:at], "\n")
		return "", fault.At(field, fmt.Sprintf("Line %d of the file holds a character that is not text. Save the table as CSV (UTF-8) and choose that file.", line))
	}
	return read, nil
}

// strange is a character that no text of people holds. The separators of scans
// are left to the field's own type.
func strange(r rune) bool {
	return r < ' ' && !strings.ContainsRune("\n\r\t\x04\x1d\x1e", r) || r == '\x7f'
}
