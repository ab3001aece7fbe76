package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"
)

// Names on a shelf: ltx/LEVEL/MIN-MAX.ltx.age, and the vault.
const (
	sealedEnd = ".age"
	vaultName = "vault.keyset" + sealedEnd
)

// client is Litestream's view of a shelf: it seals what goes and opens what
// comes back.
type client struct {
	shelf shelf
	seal  seal
	vault string // path of the vault; empty when restoring

	asOf time.Time            // the instant to restore; zero for the newest state
	made map[string]time.Time // when the content of files was written, as far as it was asked

	mu     sync.Mutex        // levels are written side by side
	copied [sha256.Size]byte // digest of the vault that the shelf has
}

var _ litestream.ReplicaClient = (*client)(nil)

func newClient(s shelf, key, vault string) (*client, error) {
	sealed, err := newSeal(key)
	if err != nil {
		return nil, err
	}
	return &client{shelf: s, seal: sealed, vault: vault}, nil
}

// Type implements litestream.ReplicaClient.
func (*client) Type() string { return "trueward" }

// Init implements litestream.ReplicaClient.
func (*client) Init(context.Context) error { return nil }

// SetLogger implements litestream.ReplicaClient.
func (*client) SetLogger(*slog.Logger) {}

func levelName(level int) string { return "ltx/" + strconv.Itoa(level) + "/" }

func fileName(level int, from, to ltx.TXID) string {
	return levelName(level) + ltx.FormatFilename(from, to) + sealedEnd
}

// LTXFiles implements litestream.ReplicaClient.
func (c *client) LTXFiles(ctx context.Context, level int, seek ltx.TXID, _ bool) (ltx.FileIterator, error) {
	things, err := c.shelf.list(ctx, levelName(level))
	if err != nil {
		return nil, err
	}
	var infos []*ltx.FileInfo
	for _, t := range things {
		from, to, err := ltx.ParseFilename(strings.TrimSuffix(path.Base(t.name), sealedEnd))
		if err != nil || from < seek {
			continue // of another program, or not asked for
		}
		info := &ltx.FileInfo{Level: level, MinTXID: from, MaxTXID: to, Size: c.seal.opened(t.size), CreatedAt: t.at}
		if err := c.date(ctx, info); err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return ltx.NewFileInfoSliceIterator(infos), nil
}

// date corrects when a file was made. A place knows when it got a file, which
// is never before its content was written and, after a merge or an outage,
// long behind; the content itself says when. A file that was there before the
// instant that is restored needs no second look.
func (c *client) date(ctx context.Context, info *ltx.FileInfo) error {
	if c.asOf.IsZero() || info.CreatedAt.Before(c.asOf) {
		return nil
	}
	name := fileName(info.Level, info.MinTXID, info.MaxTXID)
	if at, known := c.made[name]; known {
		info.CreatedAt = at
		return nil
	}
	file, err := c.OpenLTXFile(ctx, info.Level, info.MinTXID, info.MaxTXID, 0, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was merged into another one a moment ago
	} else if err != nil {
		return err
	}
	head, _, err := ltx.PeekHeader(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	info.CreatedAt = time.UnixMilli(head.Timestamp).UTC()
	if c.made == nil {
		c.made = map[string]time.Time{}
	}
	c.made[name] = info.CreatedAt
	return nil
}

// OpenLTXFile implements litestream.ReplicaClient. What lies before offset is
// read and dropped: a seal is opened from its beginning.
func (c *client) OpenLTXFile(ctx context.Context, level int, from, to ltx.TXID, offset, size int64) (io.ReadCloser, error) {
	name := fileName(level, from, to)
	sealed, err := c.shelf.get(ctx, name)
	if err != nil {
		return nil, litestream.NewLTXError("open", name, level, uint64(from), uint64(to), err)
	}
	plain, err := c.seal.open(sealed)
	if err == nil {
		_, err = io.CopyN(io.Discard, plain, offset)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), sealed.Close())
	}
	if size > 0 {
		plain = io.LimitReader(plain, size)
	}
	return readCloser{plain, sealed}, nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// WriteLTXFile implements litestream.ReplicaClient. The vault goes first: no
// row reaches the replica before the key that it was sealed with.
func (c *client) WriteLTXFile(ctx context.Context, level int, from, to ltx.TXID, r io.Reader) (*ltx.FileInfo, error) {
	if err := c.copyVault(ctx); err != nil {
		return nil, err
	}
	head, whole, err := ltx.PeekHeader(r)
	if err != nil {
		return nil, err
	}
	at := time.UnixMilli(head.Timestamp).UTC()
	var size int64
	err = c.shelf.put(ctx, fileName(level, from, to), at, func(w io.Writer) (err error) {
		size, err = c.seal.write(w, whole)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &ltx.FileInfo{Level: level, MinTXID: from, MaxTXID: to, Size: size, CreatedAt: at}, nil
}

// copyVault brings the vault when it is not the one that the shelf has.
func (c *client) copyVault(ctx context.Context) error {
	if c.vault == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	content, err := os.ReadFile(c.vault)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(content)
	if digest == c.copied {
		return nil
	}
	info, err := os.Stat(c.vault)
	if err != nil {
		return err
	}
	err = c.shelf.put(ctx, vaultName, info.ModTime(), func(w io.Writer) error {
		_, err := c.seal.write(w, bytes.NewReader(content))
		return err
	})
	if err == nil {
		c.copied = digest
	}
	return err
}

// DeleteLTXFiles implements litestream.ReplicaClient.
func (c *client) DeleteLTXFiles(ctx context.Context, files []*ltx.FileInfo) error {
	for _, f := range files {
		if err := c.shelf.remove(ctx, fileName(f.Level, f.MinTXID, f.MaxTXID)); err != nil {
			return err
		}
	}
	return nil
}

// DeleteAll implements litestream.ReplicaClient. Nothing here asks for it.
func (*client) DeleteAll(context.Context) error {
	return errors.New("replica: a replica is removed by whoever owns its place")
}
