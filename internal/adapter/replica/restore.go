package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"filippo.io/age"
	"github.com/benbjohnson/litestream"
)

// What Restore refuses.
var (
	ErrKey     = errors.New("replica: it does not open with this key-encryption key")
	ErrNothing = errors.New("replica: there is no replica at this address")
	ErrDamaged = errors.New("replica: it is damaged or has a gap")
	ErrTooOld  = errors.New("replica: it holds nothing as old as that")
)

// Restore writes the state that the replica at address holds of an instant,
// or with the zero instant the newest, to the paths database and vault, which
// do not exist yet (mode 0600). Of an instant it is the last state that had
// been sent before: nothing that was written later is in it, and of what was
// written before, the last moments may be missing (Litestream's files, which
// are merged as they age). The vault is always the newest, for keys are only
// ever added to it.
func Restore(ctx context.Context, address, key, database, vault string, at time.Time) error {
	s, err := openShelf(address)
	if err != nil {
		return err
	}
	c, err := newClient(s, key, "")
	if err != nil {
		return err
	}
	c.asOf = at
	if err := c.restoreVault(ctx, vault); err != nil {
		return err
	}
	db := litestream.NewDB(database)
	db.SetLogger(slog.New(slog.DiscardHandler))
	options := litestream.NewRestoreOptions()
	options.OutputPath, options.Timestamp = database, at
	if err := c.reaches(ctx); err != nil {
		return err
	}
	if err := litestream.NewReplicaWithClient(db, c).Restore(ctx, options); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return os.Chmod(database, 0o600)
}

// reaches refuses an instant before the first file that is still there, and a
// way to it that ends at a gap: of an instant, Litestream takes what it finds.
func (c *client) reaches(ctx context.Context) error {
	if c.asOf.IsZero() {
		return nil
	}
	plan, err := litestream.CalcRestorePlan(ctx, c, 0, c.asOf, slog.New(slog.DiscardHandler))
	if errors.Is(err, litestream.ErrTxNotAvailable) {
		return ErrTooOld
	} else if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	last := plan[len(plan)-1].MaxTXID
	for level := range litestream.SnapshotLevel {
		files, err := c.LTXFiles(ctx, level, last+1, true)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		for files.Next() {
			if files.Item().CreatedAt.Before(c.asOf) {
				return fmt.Errorf("%w: after %s nothing follows before %s", ErrDamaged, last, files.Item().MinTXID)
			}
		}
	}
	return nil
}

// restoreVault comes first: what opens it opens the rest.
func (c *client) restoreVault(ctx context.Context, target string) error {
	sealed, err := c.shelf.get(ctx, vaultName)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNothing
	} else if err != nil {
		return fmt.Errorf("replica: its place does not answer: %w", err)
	}
	defer sealed.Close()
	plain, err := c.seal.open(sealed)
	if _, other := errors.AsType[*age.NoIdentityMatchError](err); other {
		return ErrKey
	}
	var content []byte
	if err == nil {
		content, err = io.ReadAll(plain)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return os.WriteFile(target, content, 0o600)
}
