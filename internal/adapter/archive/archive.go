// Package archive writes and reads backup files: a gzip-compressed tar under
// age encryption (age-encryption.org/v1, scrypt recipient), the passphrase
// being the installation's key-encryption key. A backup without that key is
// unreadable; with it, and with the plain age and tar programs, it can be
// opened without Trueward.
package archive

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"
)

// workFactor is low on purpose: the passphrase is a random 256-bit key, not a
// word that could be guessed.
const workFactor = 10

// maxFile bounds one file of an archive when it is read back (1 TiB).
const maxFile = 1 << 40

// ErrKey means the archive does not open with the key given.
var ErrKey = errors.New("the backup does not open with this key-encryption key")

// File is one file to put into an archive, by the name it gets there.
type File struct {
	Name string
	Path string
}

// Write writes the files as an archive to path (mode 0600), encrypted by
// passphrase. The archive is complete at path or not there at all.
func Write(path, passphrase string, at time.Time, files []File) (err error) {
	part, err := os.CreateTemp(filepath.Dir(path), ".trueward-backup-*")
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, part.Close(), os.Remove(part.Name()))
		}
	}()
	if err := encrypt(part, passphrase, at, files); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if err := part.Sync(); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if err := os.Rename(part.Name(), path); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return part.Close()
}

func encrypt(w io.Writer, passphrase string, at time.Time, files []File) error {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	recipient.SetWorkFactor(workFactor)
	sealed, err := age.Encrypt(w, recipient)
	if err != nil {
		return err
	}
	packed := gzip.NewWriter(sealed)
	bundle := tar.NewWriter(packed)
	for _, f := range files {
		if err := add(bundle, f, at); err != nil {
			return err
		}
	}
	return errors.Join(bundle.Close(), packed.Close(), sealed.Close())
}

func add(bundle *tar.Writer, f File, at time.Time) error {
	file, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: f.Name, Mode: 0o600, Size: info.Size(), ModTime: at, Typeflag: tar.TypeReg}
	if err := bundle.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.CopyN(bundle, file, info.Size())
	return err
}

// Read opens the archive at path and writes those of its files that are wanted
// into folder (mode 0600). It fails with ErrKey for a wrong key, and when a
// file is not wanted, comes twice or is missing.
func Read(path, passphrase, folder string, wanted []string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	defer file.Close()
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	plain, err := age.Decrypt(file, identity)
	if _, wrongKey := errors.AsType[*age.NoIdentityMatchError](err); wrongKey {
		return ErrKey
	} else if err != nil {
		return fmt.Errorf("archive: this is no backup of Trueward: %w", err)
	}
	packed, err := gzip.NewReader(plain)
	if err != nil {
		return fmt.Errorf("archive: damaged: %w", err)
	}
	return unpack(tar.NewReader(packed), folder, slices.Clone(wanted))
}

func unpack(bundle *tar.Reader, folder string, wanted []string) error {
	for {
		header, err := bundle.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("archive: damaged: %w", err)
		}
		i := slices.Index(wanted, header.Name)
		if i < 0 || header.Typeflag != tar.TypeReg || header.Size > maxFile {
			return fmt.Errorf("archive: unexpected entry %q", header.Name)
		}
		wanted = slices.Delete(wanted, i, i+1)
		target := filepath.Join(folder, header.Name) // #nosec G305 -- one of the names that are wanted
		if err := extract(bundle, target); err != nil {
			return fmt.Errorf("archive: %w", err)
		}
	}
	if len(wanted) > 0 {
		return fmt.Errorf("archive: %v missing from the backup", wanted)
	}
	return nil
}

func extract(r io.Reader, path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r)
	return errors.Join(err, file.Sync(), file.Close())
}
