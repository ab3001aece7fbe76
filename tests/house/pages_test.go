package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// texts reads the files of a folder and below it that end so, by their paths.
func texts(t *testing.T, folder, ending string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(filepath.Join("..", "..", folder), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ending) {
			return err
		}
		content, err := os.ReadFile(path)
		out[filepath.ToSlash(path)] = string(content)
		return err
	})
	if err != nil || len(out) < 3 {
		t.Fatalf("%d files of %s, %v", len(out), folder, err)
	}
	return out
}

var (
	passwordField = regexp.MustCompile(`ui\.FieldProps\{[^\n]*ID: "(?:password|again|current|pin|pin_again)"[^\n]*`)
	hinders       = regexp.MustCompile(`(?i)onpaste|"paste"|'paste'`)
	computed      = regexp.MustCompile(`\w\[[a-zA-Z_$][\w$.]*\]\s*=[^=>]|__proto__|\.prototype\b|Object\.assign\([^,]+,\s*[^{\s]|\beval\(|new Function\(`)
)

// unmasked returns the fields of secrets that show what is typed, or that no
// manager of passwords may fill in.
func unmasked(text string) (out []string) {
	for _, field := range passwordField.FindAllString(text, -1) {
		if !strings.Contains(field, `Type: "password"`) || strings.Contains(field, `Autocomplete: "off"`) {
			out = append(out, field)
		}
	}
	return out
}

// Secrets are typed into masked fields, which take what is pasted and what a
// manager of passwords fills in.
func TestSecretsAreMaskedAndMayBePasted(t *testing.T) {
	fields := 0
	for path, text := range texts(t, "templates", ".templ") {
		fields += len(passwordField.FindAllString(text, -1))
		for _, field := range unmasked(text) {
			t.Errorf("%s shows a secret: %s", path, field)
		}
		if found := hinders.FindString(text); found != "" {
			t.Errorf("%s hinders who pastes: %s", path, found)
		}
	}
	for path, text := range texts(t, "static/js", ".js") {
		if found := hinders.FindString(text); found != "" {
			t.Errorf("%s listens for what is pasted: %s", path, found)
		}
	}
	if fields < 8 {
		t.Errorf("only %d fields of secrets were found", fields)
	}
	// The control.
	if len(unmasked(`@ui.Field(ui.FieldProps{ID: "password", Label: "Password"})`)) != 1 || !hinders.MatchString(`field.addEventListener("paste", stop)`) || len(unmasked(`@ui.Field(ui.FieldProps{ID: "pin", Type: "password", Autocomplete: "off"})`)) != 1 {
		t.Error("planted faults are not noticed")
	}
}

// knownWrites are properties by computed names that scripts write: the names are
// the script's own.
var knownWrites = map[string]string{
	"shell.js": "pill.dataset[name] =", // of a literal of its own
}

// polluting returns what of a script could write to objects that all share.
func polluting(name, text string) (out []string) {
	for _, found := range computed.FindAllStringIndex(text, -1) {
		begin := strings.LastIndexByte(text[:found[0]], '\n') + 1
		end := strings.IndexByte(text[found[0]:], '\n')
		line := text[begin:]
		if end >= 0 {
			line = text[begin : found[0]+end]
		}
		if known := knownWrites[name]; known == "" || !strings.Contains(line, known) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// Scripts give no object a property whose name came from elsewhere, and make no
// code of text.
func TestScriptsWriteNoForeignProperties(t *testing.T) {
	for path, text := range texts(t, "static/js", ".js") {
		for _, line := range polluting(filepath.Base(path), text) {
			t.Errorf("%s: %s", path, line)
		}
	}
	for _, planted := range []string{"out[key] = value;", "a.__proto__.x = 1", "Object.assign(options, answer)", "eval(text)", "pill.dataset[other] = 1"} {
		if len(polluting("shell.js", planted)) != 1 {
			t.Errorf("%q is not noticed", planted)
		}
	}
}
