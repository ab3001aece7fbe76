package faults_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/web/route"
)

const (
	doorTime = time.Second // for one file at one door
	// doorMemory is what a file may make the process ask of the machine. The
	// sender lives in the same process.
	doorMemory = 100 << 20
)

// badFile is a file that no door takes.
type badFile struct {
	content func() io.Reader
	tells   string // what the page says about it, where the file fits through the door
}

// badFiles are rows 64 and 65. The product reads no workbooks, so a bomb is
// refused for being one; what is longer than a door is wide is cut off there.
var badFiles = map[string]badFile{
	"a bomb of 64 MB":      {workbook(1, 64<<20), "a workbook or an archive"},
	"10,000 sheets":        {workbook(10_000, 10), "a workbook or an archive"},
	"an external entity":   {words(`<?xml version="1.0"?><!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><t>&x;</t>`), ""},
	"10,000,000 rows":      {endless("12345,stent,1\n", 140<<20), ""},
	"one line of 1 GB":     {endless("9", 1<<30), ""},
	"a NUL in line 3":      {words("di,name\n1,a\n2,\x00b\n"), "Line 3 of the file"},
	"a bell in UTF-16":     {wide("di,name\n1,\x07a\n"), "Line 2 of the file"},
	"half a character":     {words("\xff\xfed\x00i\x00\n"), ""},
	"a table of nothing":   {words(",,,,\n,,,,\n"), ""},
	"an unclosed quote":    {words("di,name\n\"1,a\n"), ""},
	"a hundred thousand ,": {words(strings.Repeat(",", 100_000)), ""},
}

func words(s string) func() io.Reader { return func() io.Reader { return strings.NewReader(s) } }

func wide(s string) func() io.Reader {
	content := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(s)) {
		content = binary.LittleEndian.AppendUint16(content, unit)
	}
	return words(string(content))
}

// endless repeats a text up to a size, without holding it.
func endless(text string, size int64) func() io.Reader {
	return func() io.Reader { return io.LimitReader(&repeated{text: text}, size) }
}

type repeated struct {
	text string
	at   int
}

// Read implements io.Reader.
func (r *repeated) Read(p []byte) (n int, _ error) {
	for n < len(p) {
		k := copy(p[n:], r.text[r.at:])
		n, r.at = n+k, (r.at+k)%len(r.text)
	}
	return n, nil
}

// workbook is an archive as spreadsheets are, of sheets of a size.
func workbook(sheets, size int) func() io.Reader {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	zeros := make([]byte, size)
	for n := range sheets {
		w, err := z.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", n+1))
		if err == nil {
			_, err = w.Write(zeros)
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return words(out.String())
}

// TestUploadDoorsRefuseBadFiles is rows 64 and 65 at every field of the product
// that takes a file: within a second and a bound of memory, with a sentence,
// and without a fault of ours.
func TestUploadDoorsRefuseBadFiles(t *testing.T) {
	h := newHouse(t)
	ward, vendor := h.everyRole(h.Hospital, access.Hospital), h.everyRole(h.Vendor, access.Vendor)
	doors := h.doors()
	if len(doors) < 5 {
		t.Fatalf("only %d doors are found", len(doors))
	}
	for _, door := range doors {
		for name, file := range badFiles {
			who := ward
			if door.Tenancy == route.Vendor {
				who = vendor
			}
			got := who.throw(door, file.content())
			if got.status < 400 && strings.Contains(got.body, "root:") || got.status >= 500 {
				t.Errorf("%s at %s: %d", name, door.Name, got.status)
			}
			if got.took > doorTime {
				t.Errorf("%s at %s took %v", name, door.Name, got.took)
			}
			if got.memory > doorMemory {
				t.Errorf("%s at %s took %d MB", name, door.Name, got.memory>>20)
			}
			if got.status != http.StatusRequestEntityTooLarge && !got.cut && !strings.Contains(got.body, file.tells) {
				t.Errorf("%s at %s: %d without %q\n%s", name, door.Name, got.status, file.tells, got.body)
			}
		}
	}
	t.Logf("%d files at %d doors", len(badFiles), len(doors))
	h.doorsFindACarelessReader(ward)
}

// doors are the routes that take files.
func (h *house) doors() (doors []route.Route) {
	for _, r := range h.p.Web.Routes() {
		if r.TakesFiles() {
			doors = append(doors, r)
		}
	}
	return doors
}

// everyRole signs in somebody with all roles of an organisation.
func (h *house) everyRole(org access.OrganisationID, kind access.OrganisationKind) guest {
	h.t.Helper()
	name := "All " + string(kind)
	var grants []access.Grant
	for _, role := range access.Roles(kind) {
		grants = append(grants, access.Grant{Role: role})
	}
	hash, err := h.p.SignIn.Hash(h.t.Context(), passphrase)
	if err == nil {
		err = h.p.Store.Write(h.t.Context(), access.System("house"), func(tx *store.Tx) error {
			tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "test.made", Kind: "person", Object: name})
			id, err := tx.CreatePerson(access.Person{Organisation: org, Email: string(kind) + "@sample.test", Name: name, Grants: grants})
			if err != nil {
				return err
			}
			return tx.SetPassword(id, hash)
		})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	g := h.visitor()
	if got := g.post("/sign-in", map[string][]string{"email": {string(kind) + "@sample.test"}, "password": {passphrase}, "next": {"/"}}); got.status != http.StatusSeeOther {
		h.t.Fatalf("sign-in answers %d: %s", got.status, got.body)
	}
	return g
}

// thrown is what became of a file.
type thrown struct {
	reply
	cut    bool // the connection ended while it was sent
	took   time.Duration
	memory uint64
}

// throw sends a file to a door, as long as the door listens.
func (g guest) throw(door route.Route, file io.Reader) (got thrown) {
	g.t.Helper()
	field := ""
	for _, p := range door.Params {
		if p.File {
			field = p.Name
		}
	}
	return g.throwAt(g.server.URL+door.Path, field, file)
}

func (g guest) throwAt(address, field string, file io.Reader) (got thrown) {
	g.t.Helper()
	reader, writer := io.Pipe()
	parts := multipart.NewWriter(writer)
	go func() {
		err := parts.WriteField("idempotency_key", route.NewKey())
		var part io.Writer
		if err == nil {
			part, err = parts.CreateFormFile(field, "table.csv")
		}
		if err == nil {
			_, err = io.Copy(part, file)
		}
		if err == nil {
			err = parts.Close()
		}
		_ = writer.CloseWithError(err) // nil is the end of the file
	}()
	request, err := http.NewRequest(http.MethodPost, address, reader)
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Content-Type", parts.FormDataContentType())
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	response, err := g.http.Do(request)
	got.took = time.Since(began)
	runtime.ReadMemStats(&after)
	got.memory = after.TotalAlloc - before.TotalAlloc
	if err != nil { // the server closed before all was sent
		got.cut = true
		return got
	}
	got.reply = readReply(g.t, response)
	return got
}

// doorsFindACarelessReader is the planted fault: a door that reads all it gets
// breaks the bound.
func (h *house) doorsFindACarelessReader(g guest) {
	h.t.Helper()
	careless := http.NewServeMux()
	careless.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		all, _ := io.ReadAll(r.Body) // that is the fault
		fmt.Fprint(w, len(all))
	})
	server := httptest.NewServer(careless)
	defer server.Close()
	if got := g.throwAt(server.URL+"/", "file", badFiles["10,000,000 rows"].content()); got.memory <= doorMemory {
		h.t.Errorf("a door that reads everything takes only %d MB: the bound proves nothing", got.memory>>20)
	}
}
