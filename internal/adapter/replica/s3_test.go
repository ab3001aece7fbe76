package replica

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The documentation's own account (Amazon S3 API Reference, "Examples:
// Signature Calculations").
const (
	fakeID     = "AKIAIOSFODNN7EXAMPLE"
	fakeSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// TestSignatures compares with the four examples of the documentation.
func TestSignatures(t *testing.T) {
	at := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	s := signer{fakeID, fakeSecret, "us-east-1"}
	for _, c := range []struct {
		method, path, query string
		header              map[string]string
		body, want          string
	}{
		{"GET", "/test.txt", "", map[string]string{"Range": "bytes=0-9"}, "", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"PUT", "/test$file.text", "", map[string]string{"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}, "Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		{"GET", "/", "lifecycle=", nil, "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"GET", "/", "max-keys=2&prefix=J", nil, "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	} {
		r := &http.Request{Method: c.method, Header: http.Header{}, URL: &url.URL{
			Scheme: "https", Host: "examplebucket.s3.amazonaws.com", Path: c.path, RawPath: escapePath(c.path), RawQuery: c.query,
		}}
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		digest := sha256.Sum256([]byte(c.body))
		s.sign(r, hex.EncodeToString(digest[:]), at)
		if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+c.want) {
			t.Errorf("%s %s?%s: %s, want %s", c.method, c.path, c.query, got, c.want)
		}
	}
}

// fakeS3 keeps objects by the rules of the S3 API that a replica relies on:
// signatures that fit, digests that fit the body, sorted pages of a listing.
type fakeS3 struct {
	*httptest.Server
	t  *testing.T
	mu sync.Mutex

	objects map[string][]byte
}

func newFakeS3(t *testing.T) *fakeS3 {
	f := &fakeS3{t: t, objects: map[string][]byte{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !f.signed(r, body) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	name, ok := strings.CutPrefix(r.URL.Path, "/ward-replica/")
	content, there := f.objects[name]
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<Error><Code>NoSuchBucket</Code></Error>")
	case r.Method == http.MethodGet && name == "":
		f.list(w, r.URL.Query())
	case r.Method == http.MethodPut:
		f.objects[name] = body
	case r.Method == http.MethodDelete:
		delete(f.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<Error><Code>NoSuchKey</Code></Error>")
	default:
		_, _ = w.Write(content)
	}
}

// signed signs the request again as it arrived.
func (f *fakeS3) signed(r *http.Request, body []byte) bool {
	digest := sha256.Sum256(body)
	at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || r.Header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(digest[:]) {
		return false
	}
	again := &http.Request{Method: r.Method, Header: http.Header{}, URL: &url.URL{Host: r.Host, Path: r.URL.Path, RawPath: escapePath(r.URL.Path), RawQuery: r.URL.RawQuery}}
	signer{fakeID, fakeSecret, "eu-central-1"}.sign(again, hex.EncodeToString(digest[:]), at)
	return again.Header.Get("Authorization") == r.Header.Get("Authorization")
}

// list answers two keys a page, all dated later than they were written.
func (f *fakeS3) list(w http.ResponseWriter, query url.Values) {
	type object struct {
		Key          string
		Size         int
		LastModified string
	}
	var page struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Contents              []object
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
	}
	var names []string
	for name := range f.objects {
		if strings.HasPrefix(name, query.Get("prefix")) && name > query.Get("continuation-token") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if page.IsTruncated = len(names) > 2; page.IsTruncated {
		names = names[:2]
		page.NextContinuationToken = names[1]
	}
	for _, name := range names {
		page.Contents = append(page.Contents, object{name, len(f.objects[name]), "2099-03-02T07:00:00.000Z"})
	}
	if err := xml.NewEncoder(w).Encode(page); err != nil {
		f.t.Error(err)
	}
}

func TestBucketTellsWhatIsMissing(t *testing.T) {
	fake := newFakeS3(t)
	open := func(secret, bucket string) shelf {
		s, err := openShelf("s3://" + fakeID + ":" + url.QueryEscape(secret) + "@" + bucket + "/a b?region=eu-central-1&endpoint=" + url.QueryEscape(fake.URL))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if _, err := open(fakeSecret, "ward-replica").get(t.Context(), "nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing object answers %v", err)
	}
	if _, err := open(fakeSecret, "elsewhere").get(t.Context(), "nothing"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing bucket answers %v", err)
	}
	_, err := open("another secret", "ward-replica").list(t.Context(), "")
	if refusal, ok := errors.AsType[*statusError](err); !ok || refusal.Code != "SignatureDoesNotMatch" {
		t.Errorf("another secret answers %v", err)
	}
	fake.Close()
	if _, err := open(fakeSecret, "ward-replica").list(t.Context(), ""); err == nil || strings.Contains(err.Error(), fakeID) || strings.Contains(err.Error(), "ward-replica") {
		t.Errorf("no answer is told as %v", err)
	}
}
