package wording

import "strings"

// accents look like the letters they stand for, so that a page in Accented can
// still be used.
var accents = strings.NewReplacer(
	"a", "á", "e", "é", "i", "í", "o", "ó", "u", "ú", "y", "ý", "c", "ç", "n", "ñ",
	"A", "Á", "E", "É", "I", "Í", "O", "Ó", "U", "Ú", "Y", "Ý", "C", "Ç", "N", "Ñ",
)

// Marks of the right-to-left language: every sentence is shown from right to
// left, letter by letter, as Arabic or Hebrew would be (Unicode UAX 9, 2.2).
const (
	override = "\u202e" // right-to-left override
	ended    = "\u202c" // pop directional formatting
)

// dressed is how the languages made by code show a text of the table.
func (s *Speaker) dressed(text string) string {
	if strings.TrimSpace(text) == "" {
		return text
	}
	switch s.tag {
	case Accented:
		// A tenth and more longer, as German is than English.
		return accents.Replace(text)
	case Mirrored:
		return override + text + ended
	}
	return text
}
