package house

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// inventory names the folders that may use a package of cryptography or chance;
// an empty list is every folder. It is written out in docs/security.md, and what
// is not in it is used nowhere: neither broken digests and ciphers (MD5, SHA-1,
// DES, RC4) nor chance that can be foreseen.
var inventory = map[string][]string{
	"crypto/aes":          {"internal/adapter/tlsca/", "internal/standard/"},
	"crypto/cipher":       {"internal/adapter/tlsca/", "internal/standard/"},
	"crypto/ecdsa":        {"internal/adapter/tlsca/", "internal/standard/originality/"},
	"crypto/ed25519":      {"internal/adapter/handover/"},
	"crypto/elliptic":     {"internal/adapter/tlsca/", "internal/standard/originality/"},
	"crypto/fips140":      {"internal/standard/aescmac/"},
	"crypto/hkdf":         {"internal/adapter/tlsca/"},
	"crypto/hmac":         {"internal/adapter/replica/", "internal/adapter/vault/"},
	"crypto/rand":         {},
	"crypto/sha256":       {},
	"crypto/subtle":       {},
	"crypto/tls":          {"cmd/trueward/", "internal/adapter/mail/", "internal/adapter/tlsca/"},
	"crypto/x509":         {"internal/adapter/mail/", "internal/adapter/tlsca/", "web/trust/"},
	"crypto/x509/pkix":    {"internal/adapter/tlsca/"},
	"math/rand/v2":        {"cmd/trueward/product/", "internal/adapter/store/engine/", "internal/sample/"},
	"golang.org/x/crypto": {"cmd/trueward/"},
}

// uninvited returns what a file uses of cryptography and chance that the
// inventory does not grant it.
func uninvited(f file) (out []string) {
	if f.test() || strings.HasPrefix(f.path, "internal/testkit/") || strings.HasPrefix(f.path, "tools/") || strings.HasPrefix(f.path, "bench/") {
		return nil
	}
	for _, imp := range f.imports {
		if strings.HasPrefix(imp, "golang.org/x/crypto/") {
			imp = "golang.org/x/crypto"
		}
		if imp != "golang.org/x/crypto" && imp != "crypto" && !strings.HasPrefix(imp, "crypto/") && !strings.HasPrefix(imp, "math/rand") {
			continue
		}
		folders, known := inventory[imp]
		if !known || len(folders) > 0 && !slices.ContainsFunc(folders, func(at string) bool { return strings.HasPrefix(f.path, at) }) {
			out = append(out, f.path+" uses "+imp)
		}
	}
	return out
}

// TestCryptographyIsOfTheInventory reads every import outside of tests.
func TestCryptographyIsOfTheInventory(t *testing.T) {
	used := map[string]bool{}
	for _, f := range sources(t, "../..") {
		for _, what := range uninvited(f) {
			t.Error(what)
		}
		for _, imp := range f.imports {
			used[imp] = true
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range inventory {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/security.md does not name %s", name)
		}
		if !used[name] && name != "golang.org/x/crypto" {
			t.Errorf("nothing uses %s any more", name)
		}
	}
	// The control: each of these is noticed.
	for _, planted := range []file{
		{"web/home/home.go", []string{"crypto/md5"}}, {"internal/app/signin/signin.go", []string{"crypto/sha1"}},
		{"internal/adapter/vault/vault.go", []string{"crypto/des"}}, {"internal/adapter/vault/vault.go", []string{"crypto/rc4"}},
		{"internal/domain/access/token.go", []string{"math/rand/v2"}}, {"internal/sample/sample.go", []string{"math/rand"}},
		{"web/home/home.go", []string{"crypto/cipher"}}, {"web/home/home.go", []string{"golang.org/x/crypto/md4"}},
	} {
		if len(uninvited(planted)) != 1 {
			t.Errorf("%v in %s is not noticed", planted.imports, planted.path)
		}
	}
}
