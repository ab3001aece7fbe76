package replica

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"trueward/internal/clock"
)

// bucket is a shelf in an S3 bucket, by four calls of the Amazon S3 API
// (2006-03-01): ListObjectsV2, GetObject, PutObject, DeleteObject.
type bucket struct {
	root   url.URL // of the bucket, with a slash at the end
	prefix string  // of every name; empty or ending in a slash
	signer signer
	http   *http.Client
	clock  clock.Clock
}

// answerTime is how long S3 may take to begin an answer.
const answerTime = 30 * time.Second

func newBucket(u *url.URL) (*bucket, error) {
	secret, _ := u.User.Password()
	region, endpoint := u.Query().Get("region"), u.Query().Get("endpoint")
	if u.User.Username() == "" || secret == "" || region == "" {
		return nil, fmt.Errorf("%w, with KEY-ID:SECRET@ before the bucket", errAddress)
	}
	b := &bucket{
		signer: signer{id: u.User.Username(), secret: secret, region: region},
		http:   &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, ResponseHeaderTimeout: answerTime, MaxIdleConnsPerHost: 8}},
		clock:  clock.System{},
	}
	if p := strings.Trim(u.Path, "/"); p != "" {
		b.prefix = p + "/"
	}
	if endpoint == "" {
		b.root = url.URL{Scheme: "https", Host: u.Host + ".s3." + region + ".amazonaws.com", Path: "/"}
		return b, nil
	}
	e, err := url.Parse(endpoint)
	if err != nil || e.Host == "" || e.Scheme != "https" && !(e.Scheme == "http" && isLoopback(e.Hostname())) {
		return nil, fmt.Errorf("%w; an endpoint is an https address", errAddress)
	}
	b.root = url.URL{Scheme: e.Scheme, Host: e.Host, Path: "/" + u.Host + "/"}
	return b, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// statusError is a refusal by S3; its code is one of the API's own words.
type statusError struct {
	Status int    `xml:"-"`
	Code   string `xml:"Code"`
}

// Error implements error.
func (e *statusError) Error() string {
	return fmt.Sprintf("replica: s3 answers %d %s", e.Status, e.Code)
}

// Is lets callers recognise what is missing.
func (e *statusError) Is(target error) bool {
	return target == fs.ErrNotExist && e.Status == http.StatusNotFound && e.Code != "NoSuchBucket"
}

// call sends a signed request and returns the answer, or *statusError.
func (b *bucket) call(ctx context.Context, method, name string, query url.Values, body content) (*http.Response, error) {
	u := b.root
	u.Path += name
	u.RawPath = escapePath(u.Path)
	u.RawQuery = canonicalQuery(query)
	request, err := http.NewRequestWithContext(ctx, method, u.String(), body.reader)
	if err != nil {
		return nil, errors.New("replica: an address that cannot be called")
	}
	request.ContentLength = body.size
	b.signer.sign(request, body.digest, b.clock.Now())
	response, err := b.http.Do(request)
	if urlError, ok := errors.AsType[*url.Error](err); ok {
		return nil, fmt.Errorf("replica: s3: %w", urlError.Err) // without the address
	} else if err != nil {
		return nil, err
	}
	if response.StatusCode/100 == 2 {
		return response, nil
	}
	defer response.Body.Close()
	refusal := &statusError{Status: response.StatusCode}
	_ = xml.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(refusal) // a proxy's page has no code
	return nil, refusal
}

// content is a body with what a signature needs.
type content struct {
	reader io.Reader
	size   int64
	digest string // SHA-256, hexadecimal
}

var nothing = content{digest: hex.EncodeToString(sha256.New().Sum(nil))}

// listing is a ListObjectsV2 answer.
type listing struct {
	Contents []struct {
		Key          string
		Size         int64
		LastModified time.Time
	}
	IsTruncated           bool
	NextContinuationToken string
}

func (b *bucket) list(ctx context.Context, prefix string) ([]thing, error) {
	var things []thing
	query := url.Values{"list-type": {"2"}, "prefix": {b.prefix + prefix}}
	for {
		response, err := b.call(ctx, http.MethodGet, "", query, nothing)
		if err != nil {
			return nil, err
		}
		var page listing
		err = xml.NewDecoder(response.Body).Decode(&page)
		if err = errors.Join(err, response.Body.Close()); err != nil {
			return nil, fmt.Errorf("replica: s3 lists what cannot be read: %w", err)
		}
		for _, c := range page.Contents {
			things = append(things, thing{strings.TrimPrefix(c.Key, b.prefix), c.Size, c.LastModified})
		}
		if !page.IsTruncated || page.NextContinuationToken == "" {
			return things, nil
		}
		query.Set("continuation-token", page.NextContinuationToken)
	}
}

func (b *bucket) get(ctx context.Context, name string) (io.ReadCloser, error) {
	response, err := b.call(ctx, http.MethodGet, b.prefix+name, nil, nothing)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// put writes to a file of the machine first: a signature needs length and
// digest. One call carries at most 5 GiB (PutObject).
func (b *bucket) put(ctx context.Context, name string, _ time.Time, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp("", "trueward-replica-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	digest := sha256.New()
	if err := write(io.MultiWriter(file, digest)); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	body := content{reader: io.NopCloser(file), size: size, digest: hex.EncodeToString(digest.Sum(nil))}
	response, err := b.call(ctx, http.MethodPut, b.prefix+name, nil, body)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func (b *bucket) remove(ctx context.Context, name string) error {
	response, err := b.call(ctx, http.MethodDelete, b.prefix+name, nil, nothing)
	if err != nil {
		return ignoreMissing(err)
	}
	return response.Body.Close()
}
