package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"
)

// shelf is a place that keeps sealed files under names with slashes. A file is
// there whole or not at all.
type shelf interface {
	// list returns the files whose names begin with prefix, in any order.
	list(ctx context.Context, prefix string) ([]thing, error)
	// get answers an error that is fs.ErrNotExist when there is no such file.
	get(ctx context.Context, name string) (io.ReadCloser, error)
	// put stores what write writes, made at a time.
	put(ctx context.Context, name string, at time.Time, write func(io.Writer) error) error
	// remove is content with a file that is gone already.
	remove(ctx context.Context, name string) error
}

// thing is a file on a shelf.
type thing struct {
	name string
	size int64
	at   time.Time
}

// errAddress is told to whoever wrote the address, which may hold a secret and
// is therefore not repeated.
var errAddress = errors.New("replica: the address is file:///folder or s3://bucket/prefix?region=…")

// openShelf reads an address. Nothing is asked of the place yet.
func openShelf(address string) (shelf, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errAddress // the parser's words repeat the address
	}
	switch {
	case u.Scheme == "file" && u.Host == "" && u.Path != "":
		return folder(u.Path), nil
	case u.Scheme == "s3" && u.Host != "":
		return newBucket(u)
	}
	return nil, errAddress
}

// Check says whether an address can be understood, before anything is opened.
func Check(address string) error {
	if _, err := openShelf(address); err != nil {
		return fmt.Errorf("%w", err)
	}
	return nil
}
