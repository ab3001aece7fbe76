// Package tlsca is where the server's certificates come from when nobody brings
// any: a certificate authority of the installation's own, made at the first
// start, and certificates of the server under it, made and renewed by the
// clock. It also keeps a certificate that somebody brings as files up to date.
//
// The authority's key is sealed under the key-encryption key and never leaves
// this package. The authority binds itself (RFC 5280, 4.2.1.10) to the names it
// was made for, to names that exist on local networks alone and to private
// addresses: whoever steals it cannot pose as any other site to the devices
// that trust it.
package tlsca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"trueward/internal/clock"
	"trueward/internal/fault"
)

const (
	rootLife = 10 * 365 * 24 * time.Hour
	// backdated lets devices whose clocks are late trust a fresh certificate.
	backdated = time.Hour
)

// Names of the files of an authority.
const (
	certificateFile = "authority.crt"
	sealedKeyFile   = "authority.key.sealed"
)

// Config says where the authority lives and what it vouches for.
type Config struct {
	Folder string   // made when missing, closed to others
	Key    [32]byte // key-encryption key
	// Names and addresses the server must be reached by. A name the authority
	// is not bound to is refused.
	Names []string
	// Guesses are names and addresses of the machine; those the authority is
	// not bound to are left out.
	Guesses []string
	Clock   clock.Clock
	Random  io.Reader // crypto/rand when nil
}

// Authority vouches for the server's names. It is safe for concurrent use.
type Authority struct {
	root   *x509.Certificate
	key    *ecdsa.PrivateKey
	names  []string
	clock  clock.Clock
	random io.Reader

	mu   sync.Mutex
	leaf *leaf // the one in use
}

// Open opens the authority of a folder, and makes it when there is none. It
// refuses names the authority is not bound to, and a key that does not open
// it, as Conflict.
func Open(cfg Config) (*Authority, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	a := &Authority{clock: cfg.Clock, random: cfg.Random}
	err := a.read(cfg)
	if errors.Is(err, fs.ErrNotExist) {
		err = a.make(cfg)
	}
	if err != nil {
		return nil, err
	}
	if a.names, err = a.vouched(cfg); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Authority) read(cfg Config) error {
	text, err := os.ReadFile(filepath.Join(cfg.Folder, certificateFile))
	if err != nil {
		return err
	}
	sealed, err := os.ReadFile(filepath.Join(cfg.Folder, sealedKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Newf(fault.Conflict, "The key of the certificate authority is missing beside %s. Restore it, or remove the folder to make a new authority, which every device must then trust anew.", certificateFile)
	} else if err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return errDamaged(nil)
	}
	if a.root, err = x509.ParseCertificate(block.Bytes); err != nil {
		return errDamaged(err)
	}
	der, err := unseal(cfg.Key, a.root.Raw, sealed)
	if err != nil {
		return fault.Wrap(fault.Conflict, "The certificate authority does not open with this key-encryption key. Name the right one with --key-file.", err)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return errDamaged(err)
	}
	signer, ok := key.(*ecdsa.PrivateKey)
	if !ok || !signer.PublicKey.Equal(a.root.PublicKey) {
		return errDamaged(nil)
	}
	a.key = signer
	if !a.clock.Now().Before(a.root.NotAfter) {
		return fault.Newf(fault.Conflict, "The installation's certificate authority ended on %s. Remove its folder to make a new one, which every device must then trust anew.", a.root.NotAfter.Format("2 Jan 2006"))
	}
	return nil
}

func errDamaged(cause error) error {
	return fault.Wrap(fault.Conflict, "The certificate authority's files are damaged. Restore them, or remove their folder to make a new one, which every device must then trust anew.", cause)
}

// make makes the authority. The key is written first: a certificate without
// its key would be found later and refused.
func (a *Authority) make(cfg Config) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.random)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	mark := sha256.Sum256(public)
	now := a.clock.Now()
	template := &x509.Certificate{
		SerialNumber: serialOf(mark[:]),
		// Devices list authorities by this name; the mark tells two apart.
		Subject:   pkix.Name{CommonName: "Trueward " + hex.EncodeToString(mark[:4]), Organization: []string{"Trueward installation"}},
		NotBefore: now.Add(-backdated), NotAfter: now.Add(rootLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: mark[:20],
	}
	bind(template, append(append([]string{}, cfg.Names...), cfg.Guesses...))
	der, err := x509.CreateCertificate(a.random, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	if a.root, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	a.key = key
	return a.write(cfg)
}

func (a *Authority) write(cfg Config) error {
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return err
	}
	sealed, err := seal(cfg.Key, a.root.Raw, der, a.random)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Folder, 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, fmt.Sprintf("The folder %s of the certificate authority cannot be made.", cfg.Folder), err)
	}
	for _, f := range []struct {
		name    string
		content []byte
	}{
		{sealedKeyFile, sealed},
		{certificateFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})},
	} {
		if err := os.WriteFile(filepath.Join(cfg.Folder, f.name), f.content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Root returns the authority's own certificate (DER): what devices must trust.
func (a *Authority) Root() []byte { return a.root.Raw }

// Names returns what the server's certificate is for.
func (a *Authority) Names() []string { return a.names }

// Fingerprint is the SHA-256 of the authority's certificate as devices show
// it: pairs of hexadecimal digits.
func Fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

func serialOf(mark []byte) *big.Int {
	n := new(big.Int).SetBytes(mark[:16])
	return n.SetBit(n, 126, 1).SetBit(n, 127, 0) // positive, 16 bytes long
}

// asIP reads an address; nil for a name.
func asIP(name string) net.IP { return net.ParseIP(strings.Trim(name, "[]")) }
