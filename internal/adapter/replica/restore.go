package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"filippo.io/age"
	"github.com/benbjohnson/litestream"
)

// What Restore refuses.
var (
	ErrKey     = errors.New("replica: it does not open with this key-encryption key")
	ErrNothing = errors.New("replica: there is no replica at this address")
	ErrDamaged = errors.New("replica: it is damaged or has a gap")
)

// Restore writes the newest state that the replica at address holds to the
// paths database and vault, which do not exist yet (mode 0600).
func Restore(ctx context.Context, address, key, database, vault string) error {
	s, err := openShelf(address)
	if err != nil {
		return err
	}
	c, err := newClient(s, key, "")
	if err != nil {
		return err
	}
	if err := c.restoreVault(ctx, vault); err != nil {
		return err
	}
	db := litestream.NewDB(database)
	db.SetLogger(slog.New(slog.DiscardHandler))
	options := litestream.NewRestoreOptions()
	options.OutputPath = database
	if err := litestream.NewReplicaWithClient(db, c).Restore(ctx, options); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return os.Chmod(database, 0o600)
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
