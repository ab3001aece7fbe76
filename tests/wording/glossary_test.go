package wording

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/domain/authentic"
	"trueward/internal/domain/custody"
	"trueward/internal/wording"
)

// TestTheGlossarysLanguagesAreTheTables holds the table of the glossary against
// what pages say.
func TestTheGlossarysLanguagesAreTheTables(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rows, found := strings.Cut(string(text), "| English | German | Spanish | French |\n|---|---|---|---|\n")
	if !found {
		t.Fatal("the glossary has no table of languages")
	}
	listed := map[string]bool{}
	for row := range strings.SplitSeq(rows, "\n") {
		if !strings.HasPrefix(row, "| ") {
			break
		}
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		listed[cells[0]] = true
		for i, tag := range []wording.Tag{wording.German, wording.Spanish, wording.French} {
			if said, _ := wording.Speak(tag).Say(cells[0]); said != cells[i+1] {
				t.Errorf("pages say %s as %q in %s, the glossary %q", cells[0], said, tag, cells[i+1])
			}
		}
	}
	for _, word := range checkWords() {
		if !listed[word] {
			t.Errorf("the glossary does not say %q in other languages", word)
		}
	}
}

// checkWords are all words a check can show.
func checkWords() []string {
	out := []string{custody.MayBeUsed.Words(), custody.Warning.Words(), custody.Stop.Words()}
	for _, level := range []authentic.Level{authentic.Genuine, authentic.ChipGenuine, authentic.Identified} {
		out = append(out, authentic.Verdict{Level: level}.Words())
	}
	for _, reason := range []authentic.Reason{authentic.Replay, authentic.Tampered, authentic.RemoteUnavailable, authentic.KeyFault, authentic.Malformed, ""} {
		out = append(out, reason.Words())
	}
	return out
}
