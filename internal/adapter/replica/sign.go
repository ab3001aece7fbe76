package replica

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// signer signs requests to S3 by AWS Signature Version 4 (Amazon S3 API
// Reference, "Authenticating Requests: Using the Authorization Header").
type signer struct{ id, secret, region string }

// sign adds the headers that carry the signature. Every header that is set by
// then is signed, and the host.
func (s signer) sign(r *http.Request, digest string, now time.Time) {
	at := now.UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", at)
	r.Header.Set("X-Amz-Content-Sha256", digest)
	headers := map[string]string{"host": r.URL.Host}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.TrimSpace(values[0])
	}
	var names []string
	for name := range headers {
		names = append(names, name)
	}
	slices.Sort(names)
	lines := []string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery}
	for _, name := range names {
		lines = append(lines, name+":"+headers[name])
	}
	signed := strings.Join(names, ";")
	request := sha256.Sum256([]byte(strings.Join(append(lines, "", signed, digest), "\n")))

	scope := strings.Join([]string{at[:8], s.region, "s3", "aws4_request"}, "/")
	text := strings.Join([]string{"AWS4-HMAC-SHA256", at, scope, hex.EncodeToString(request[:])}, "\n")
	key := []byte("AWS4" + s.secret)
	for _, part := range []string{at[:8], s.region, "s3", "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.id+"/"+scope+",SignedHeaders="+signed+",Signature="+hex.EncodeToString(key))
}

// escape is the URI encoding that signatures are made over: everything but
// letters, digits and -._~ as %XX.
func escape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		parts[i] = escape(p)
	}
	return strings.Join(parts, "/")
}

func canonicalQuery(query url.Values) string {
	var pairs []string
	for name, values := range query {
		for _, value := range values {
			pairs = append(pairs, escape(name)+"="+escape(value))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}
