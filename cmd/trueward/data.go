package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"trueward/internal/adapter/store"
	"trueward/internal/clock"
	"trueward/internal/fault"
)

// dataFlags say where the data is.
type dataFlags struct {
	Data     string `help:"Folder of the database and the keys." default:"trueward-data" env:"TRUEWARD_DATA" placeholder:"DIR"`
	Database string `help:"postgres:// URL; without it the embedded database in the data folder is used." env:"TRUEWARD_DATABASE" placeholder:"URL"`
	KeyFile  string `help:"File of the key-encryption key (64 hex digits); made in the data folder when it is missing." env:"TRUEWARD_KEY_FILE" placeholder:"FILE"`
}

// Names of the files in a data folder.
const (
	databaseFile = "trueward.db"
	keyFile      = "key-encryption.key"
	vaultFile    = "vault.keyset"
)

func (d dataFlags) databasePath() string { return filepath.Join(d.Data, databaseFile) }
func (d dataFlags) vaultPath() string    { return filepath.Join(d.Data, vaultFile) }

func (d dataFlags) keyPath() string {
	if d.KeyFile != "" {
		return d.KeyFile
	}
	return filepath.Join(d.Data, keyFile)
}

// prepare makes the data folder, closed to other users of the machine.
func (d dataFlags) prepare() error {
	if err := os.MkdirAll(d.Data, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, fmt.Sprintf("The data folder %s cannot be made. Choose another with --data, or allow writing there.", d.Data), err)
	}
	probe, err := os.CreateTemp(d.Data, ".probe-*")
	if err != nil {
		return fault.Wrap(fault.Unavailable, fmt.Sprintf("The data folder %s cannot be written to. Choose another with --data, or allow writing there.", d.Data), err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// exists reports whether a database is there already; PostgreSQL always is.
func (d dataFlags) exists() bool {
	if d.Database != "" {
		return true
	}
	_, err := os.Stat(d.databasePath())
	return !errors.Is(err, fs.ErrNotExist)
}

// open opens the store as it is. Commands that look at data refuse a folder
// without a database instead of making an empty one.
func (d dataFlags) open(ctx context.Context, c clock.Clock, log *slog.Logger) (*store.Store, error) {
	cfg := store.Config{Clock: c, Log: log}
	if d.Database != "" {
		cfg.PostgresURL = d.Database
	} else {
		cfg.SQLitePath = d.databasePath()
	}
	return store.Open(ctx, cfg)
}

// openExisting is open for commands that need data to be there.
func (d dataFlags) openExisting(ctx context.Context) (*store.Store, error) {
	if !d.exists() {
		return nil, fault.Newf(fault.NotFound, "There is no database in %s. Name the data folder with --data, or start the server once.", d.Data)
	}
	return d.open(ctx, clock.System{}, nil)
}
