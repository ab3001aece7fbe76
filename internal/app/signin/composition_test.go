package signin_test

import (
	"strings"
	"testing"

	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/signin"
)

// A password is taken as it is: of any composition, long, with spaces at its
// ends; and nothing but the same one opens the door.
func TestPasswordsAreTakenAsTheyAre(t *testing.T) {
	s, _ := storetest.SQLite(t)
	d := desk(t, s, light)
	session := setUp(t, d)
	now := password
	for name, next := range map[string]string{
		"small letters": "purple staple rain", "digits": "739106482957", "another alphabet": "зелёный пароход идёт", "spaces around": "  purple staple rain  ",
		"256 characters": strings.Repeat("slate harbour lantern, ", 12)[:256], "marks": "⟡✦ ¿harbour? ⟡✦",
	} {
		current, ok, err := d.Current(t.Context(), session)
		if err != nil || !ok {
			t.Fatalf("%v %v", ok, err)
		}
		session, err = d.ChangePassword(t.Context(), current.Actor, signin.NewPassword{Current: now, Password: next, Again: next})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		now = next
		if err := try(d, t.Context(), "root@it.example", now, "192.0.2.1"); err != nil {
			t.Errorf("%s does not open the door: %v", name, err)
		}
		for what, other := range map[string]string{"cut off": now[:len(now)-1], "trimmed": strings.TrimSpace(now), "in capitals": strings.ToUpper(now), "with more": now + " "} {
			if other != now && try(d, t.Context(), "root@it.example", other, "192.0.2."+name+what) == nil {
				t.Errorf("%s, %s, opens the door", name, what)
			}
		}
	}
}

// Words that everybody thinks of are no passwords.
func TestPasswordsHoldNoKnownWords(t *testing.T) {
	s, _ := storetest.SQLite(t)
	d := desk(t, s, light)
	current, _, err := d.Current(t.Context(), setUp(t, d))
	if err != nil {
		t.Fatal(err)
	}
	for _, next := range []string{"my TRUEWARD account", "trueward-2026!"} {
		if _, err := d.ChangePassword(t.Context(), current.Actor, signin.NewPassword{Current: password, Password: next, Again: next}); err == nil {
			t.Errorf("%q is taken", next)
		}
	}
}
