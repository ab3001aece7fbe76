package wording_test

import (
	"strings"
	"testing"

	"trueward/internal/wording"
)

// A sentence that quotes a word is found with its quotation marks as a page
// escapes them, and the word is said in the reader's language too.
func TestQuotedWordsAreSaid(t *testing.T) {
	page := `<p>This invoice is &#34;Paid&#34; and cannot collect again.</p>`
	for tag, want := range map[wording.Tag]string{
		wording.German: "„Bezahlt“ und kann nicht wieder sammeln", wording.Spanish: "«Pagado» y no puede", wording.French: "« Payé » et ne peut",
	} {
		if got := string(wording.Speak(tag).Page([]byte(page))); !strings.Contains(got, want) {
			t.Errorf("%s: %s", tag, got)
		}
	}
}
