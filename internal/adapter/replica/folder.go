package replica

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// folder is a shelf in the file system.
type folder string

const partly = ".part" // ends the names of files that are being written

func (f folder) path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

func (f folder) list(_ context.Context, prefix string) ([]thing, error) {
	var things []thing
	err := filepath.WalkDir(string(f), func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // nothing was put here yet, or it was just removed
		} else if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(string(f), path)
		name = filepath.ToSlash(name)
		if err != nil || !strings.HasPrefix(name, prefix) || strings.HasSuffix(name, partly) {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		things = append(things, thing{name, info.Size(), info.ModTime().UTC()})
		return nil
	})
	return things, err
}

func (f folder) get(_ context.Context, name string) (io.ReadCloser, error) {
	return os.Open(f.path(name))
}

func (f folder) put(_ context.Context, name string, at time.Time, write func(io.Writer) error) (err error) {
	path := f.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path+partly, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Chtimes(path+partly, at, at)
	}
	if err == nil {
		err = os.Rename(path+partly, path)
	}
	if err != nil {
		return errors.Join(err, ignoreMissing(os.Remove(path+partly)))
	}
	return syncFolder(filepath.Dir(path))
}

func (f folder) remove(_ context.Context, name string) error {
	return ignoreMissing(os.Remove(f.path(name)))
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncFolder makes a new name survive a power cut.
func syncFolder(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
