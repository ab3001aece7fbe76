package scanning_test

import (
	"strings"
	"testing"

	"trueward/internal/app/scanning"
)

// german is what a scanner set to a German keyboard sends to an English one.
var german = strings.NewReplacer("Y", "Z", "Z", "Y", "y", "z", "z", "y", "-", "/", "/", "&", "_", "?", "+", "}", ":", ">", ";", "<", "=", ")")

// french sends digits without Shift.
var french = strings.NewReplacer("A", "Q", "Q", "A", "a", "q", "q", "a", "Z", "W", "W", "Z", "z", "w", "w", "z", "0", "à", "1", "&", "2", "é", "3", "\"")

func TestSelfTest(t *testing.T) {
	right := scanning.TestElements
	bare := strings.ReplaceAll(right, "\u001d", "")
	for name, c := range map[string]struct {
		raw, says string
		good      bool
	}{
		"right":             {"]d2" + right, "set up well", true},
		"GS1-128":           {"]C1" + right + "\r", "set up well", true},
		"no identifier":     {right, "set up well", true},
		"separator dropped": {"]d2" + bare, "not sending the group separator", false},
		"separator as text": {strings.ReplaceAll(right, "\u001d", "^]"), `Instead of the group separator the scanner sends "^]"`, false},
		"capitals":          {strings.ToUpper(right), "Capital and small letters", false},
		"German layout":     {german.Replace(right), "keyboard layout is wrong", false},
		"French layout":     {french.Replace(right), "keyboard layout is wrong", false},
		"prefix and suffix": {"~]d2" + right + "#", `puts "~" before the code and "#" behind`, false},
		"another code":      {"4006381333931", "not the test code", false},
		"cut off":           {right[:20], "not the test code", false},
		"nothing":           {"", "not the test code", false},
	} {
		got := scanning.SelfTest(c.raw)
		if len(got) == 0 || got[0].Good != c.good || !strings.Contains(got[0].What, c.says) || !c.good && got[0].Do == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := scanning.SelfTest(right); len(got) != 2 {
		t.Errorf("a missing identifier is not said: %+v", got)
	}
}
