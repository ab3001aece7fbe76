package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// sealed is the file of the vault: a keyset sealed by the key-encryption key,
// and the entries sealed by the keyset.
type sealed struct {
	Format  int               `json:"format"`
	Keyset  string            `json:"keyset"`
	Entries map[string]string `json:"entries"`
}

const (
	formatNow = 1
	kekBytes  = 32
)

// keysetContext binds the sealed keyset to its purpose.
var keysetContext = []byte("trueward vault keyset v1")

// loadKEK reads the key-encryption key, or makes it when its file is absent
// and may be made.
func loadKEK(path string, random io.Reader, mayMake bool) (tink.AEAD, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && mayMake {
		key := make([]byte, kekBytes)
		if _, err := io.ReadFull(random, key); err != nil {
			return nil, err
		}
		text = []byte(hex.EncodeToString(key) + "\n")
		err = writeNew(path, text)
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("vault: the key-encryption key cannot be read: %w", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("vault: the file of the key-encryption key must be readable by its owner alone (mode 0600): %s", path)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != kekBytes {
		return nil, fmt.Errorf("vault: the key-encryption key is not %d bytes of hex: %s", kekBytes, path)
	}
	return subtle.NewAESGCM(key)
}

// readSealed opens the vault's file; absent is the nil answer.
func readSealed(path string) (*sealed, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("vault: cannot be read: %w", err)
	}
	var s sealed
	if err := json.Unmarshal(text, &s); err != nil || s.Format != formatNow {
		return nil, fmt.Errorf("vault: %s is not a vault of this version", path)
	}
	return &s, nil
}

func newKeyset() (*keyset.Handle, error) { return keyset.NewHandle(aead.AES256GCMKeyTemplate()) }

func sealKeyset(h *keyset.Handle, kek tink.AEAD) (string, error) {
	var b bytes.Buffer
	if err := h.WriteWithAssociatedData(keyset.NewBinaryWriter(&b), kek, keysetContext); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

func openKeyset(text string, kek tink.AEAD) (*keyset.Handle, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("vault: the keyset is damaged")
	}
	h, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(raw)), kek, keysetContext)
	if err != nil {
		// The cause says nothing useful and might say too much.
		return nil, errors.New("vault: the keyset does not open with this key-encryption key")
	}
	return h, nil
}

// writeNew writes a file that must not exist yet.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// replace writes a file so that a crash leaves the old one or the new one.
func replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".vault-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}
