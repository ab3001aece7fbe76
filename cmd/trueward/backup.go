package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"trueward/internal/adapter/archive"
	"trueward/internal/adapter/store"
	"trueward/internal/app/auditing"
	"trueward/internal/clock"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

type backupCmd struct {
	dataFlags
	File string `arg:"" help:"File to write; it must not exist."`
}

// Run copies the database while it is in use, checks the copy, and seals it
// together with the vault's sealed keys.
func (b backupCmd) Run(ctx context.Context, io streams) (err error) {
	if b.Database != "" {
		return fault.New(fault.Conflict, "PostgreSQL is backed up by its own tools (base backup and WAL archive): see docs/operations.md. This command copies the embedded database.")
	}
	if _, err := os.Lstat(b.File); !errors.Is(err, fs.ErrNotExist) {
		return fault.Newf(fault.Conflict, "%s exists already. Name a new file.", b.File)
	}
	key, err := b.key()
	if err != nil {
		return err
	}
	s, err := b.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	folder, err := os.MkdirTemp(b.Data, ".backup-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	copied := filepath.Join(folder, databaseFile)
	if err := s.Engine().Backup(ctx, copied); err != nil {
		return err
	}
	files := []archive.File{{Name: databaseFile, Path: copied}, {Name: vaultFile, Path: b.vaultPath()}}
	if err := archive.Write(b.File, key, clock.System{}.Now(), files); err != nil {
		return err
	}
	fmt.Fprintf(io.out, "%s written. It opens with the key in %s only: keep the two apart, and keep both.\n", b.File, b.keyPath())
	return nil
}

// key reads the key-encryption key.
func (d dataFlags) key() (string, error) {
	text, err := os.ReadFile(d.keyPath())
	if err != nil {
		return "", fault.Wrap(fault.NotFound, fmt.Sprintf("The key-encryption key is not in %s. Name its file with --key-file.", d.keyPath()), err)
	}
	return strings.TrimSpace(string(text)), nil
}

type restoreCmd struct {
	dataFlags
	replicaFlags
	File string    `arg:"" optional:"" help:"Backup to restore; none with --replica."`
	At   time.Time `help:"With --replica: the state of that instant instead of the newest, such as 2026-11-24T09:30:00Z. It goes back three days." placeholder:"INSTANT"`
}

// Run unpacks a backup into a data folder that has no database, checks it, and
// only then puts it in place.
func (r restoreCmd) Run(ctx context.Context, io streams) (err error) {
	switch {
	case r.Database != "":
		return fault.New(fault.Conflict, "PostgreSQL is restored by its own tools: see docs/operations.md.")
	case (r.File == "") == (r.Replica == ""):
		return fault.New(fault.Invalid, "Name what to restore from: a backup, or --replica URL.")
	case !r.At.IsZero() && r.Replica == "":
		return fault.New(fault.Invalid, "--at chooses among the states of a replica; a backup holds one.")
	case r.exists():
		return fault.Newf(fault.Conflict, "There is a database in %s already. Restore into an empty folder: --data DIR.", r.Data)
	}
	if err := errors.Join(r.replicaFlags.check(r.dataFlags), r.prepare()); err != nil {
		return err
	}
	key, err := r.key()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp(r.Data, ".restore-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := r.unpack(ctx, key, folder); err != nil {
		return err
	}
	if err := checkRestored(ctx, folder); err != nil {
		return err
	}
	for _, name := range []string{vaultFile, databaseFile} {
		if err := os.Rename(filepath.Join(folder, name), filepath.Join(r.Data, name)); err != nil {
			return err
		}
	}
	fmt.Fprintf(io.out, "Restored into %s; stock, ledger and audit hold.\n", r.Data)
	return nil
}

// unpack writes database and vault into folder.
func (r restoreCmd) unpack(ctx context.Context, key, folder string) error {
	if r.Replica != "" {
		return r.fetch(ctx, key, filepath.Join(folder, databaseFile), filepath.Join(folder, vaultFile), r.At)
	}
	err := archive.Read(r.File, key, folder, []string{databaseFile, vaultFile})
	if errors.Is(err, archive.ErrKey) {
		return fault.Wrap(fault.Conflict, "The backup does not open with this key. Name the key it was made with: --key-file FILE.", err)
	}
	return err
}

// checkRestored opens the unpacked database and verifies the whole record.
func checkRestored(ctx context.Context, folder string) (err error) {
	s, err := dataFlags{Data: folder}.openExisting(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Engine().CheckIntegrity(ctx); err != nil {
		return fault.Wrap(fault.Conflict, "The database in it is damaged. Use an earlier backup.", err)
	}
	var broken error
	err = auditing.Desk{Store: s}.Verify(ctx, nil, func(sum auditing.Summary) {
		if sum.Finding != nil {
			broken = errors.Join(broken, sum.Finding)
		}
	})
	if err = errors.Join(err, broken); err != nil {
		return err
	}
	// Counters of tags may stand lower than the tags themselves from now on.
	return s.Write(ctx, access.System("restore"), func(tx *store.Tx) error {
		tx.Audit(audit.Change{Chain: audit.SystemChain, Action: "database.restored", Kind: "installation", Object: "database"})
		return tx.MarkRestore()
	})
}
