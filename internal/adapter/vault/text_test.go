package vault_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"trueward/internal/adapter/vault"
)

func TestTextsAreSealedAndSurvive(t *testing.T) {
	cfg := vault.Config{Path: filepath.Join(t.TempDir(), "vault"), KeyPath: filepath.Join(t.TempDir(), "key")}
	v, err := vault.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	const text = "sk_test_a_key_that_must_not_be_seen"
	for _, value := range []string{"sk_test_older", text} {
		if err := v.PutSecret("stripe/v1/key", value); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(cfg.Path)
	if err != nil || bytes.Contains(raw, []byte(text)) {
		t.Errorf("the file shows the text, %v", err)
	}
	again, err := vault.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Secret("stripe/v1/key"); got != text || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := again.Secret("stripe/v2/key"); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("an unknown text: %v", err)
	}
	if err := again.PutSecret("x", ""); err == nil {
		t.Error("nothing was kept as a secret")
	}
}
