package signin_test

import (
	"strings"
	"testing"

	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/signin"
)

// An installation hashes with argon2id, 64 MiB each; the same password is kept
// under another salt each time.
func TestPasswordsAreHashedSlowly(t *testing.T) {
	s, _ := storetest.SQLite(t)
	d := signin.New(signin.Config{Store: s})
	first, err := d.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	const form = "$argon2id$v=19$m=65536,t=1,p=2$"
	if !strings.HasPrefix(first, form) || !strings.HasPrefix(second, form) || first == second {
		t.Error("the stored form is another, or the salt is the same twice")
	}
}
