// Package sentences reads from the sources what the product says to people: the
// text of templates and of the attributes people read, the texts handlers put
// together, and the refusals and words of the floors below. It promises no
// completeness; it finds what is written as a literal.
package sentences

import (
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// Sentence is something the sources say to people. What is filled in is "{}".
type Sentence struct {
	Text string
	File string // from the repository's root
	Line int
}

// rooms are the folders whose sentences people read. Of the lower floors only
// refusals and words count.
var rooms = []struct {
	dir   string
	lower bool
}{{"templates", false}, {"web", false}, {"internal/app", true}, {"internal/domain", true}, {"internal/adapter/store", true}}

// apart are folders that no person reads pages of.
var apart = []string{"templates/gallery", "web/metrics", "web/webhooks", "internal/adapter/store/storetest", "internal/adapter/store/engine"}

// All returns the sentences of the repository at root.
func All(t testing.TB, root string) []Sentence {
	t.Helper()
	var out []Sentence
	for _, room := range rooms {
		err := filepath.WalkDir(filepath.Join(root, room.dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
			if d.IsDir() && slices.Contains(apart, name) {
				return fs.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return nil
			}
			found, err := Read(path, name, nil, room.lower)
			out = append(out, found...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// reader goes through one file.
type reader struct {
	name  string
	set   *token.FileSet
	lower bool
	page  strings.Builder // of a template: what its function writes
	at    int
	found []Sentence
}

// Read returns the sentences of one file, whose text source may give. Of a lower
// floor only refusals and words count.
func Read(path, name string, source any, lower bool) ([]Sentence, error) {
	r := &reader{name: name, set: token.NewFileSet(), lower: lower}
	file, err := parser.ParseFile(r.set, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		r.at = r.set.Position(d.Pos()).Line
		r.declaration(d)
		r.markup()
	}
	return r.found, nil
}

func (r *reader) declaration(d ast.Decl) {
	if f, ok := d.(*ast.FuncDecl); ok && r.lower && speaks(f) {
		ast.Inspect(f, func(n ast.Node) bool { return r.node(n, true) })
		return
	}
	ast.Inspect(d, func(n ast.Node) bool { return r.node(n, !r.lower || words(d)) })
}

// words reports whether a declaration is a table of words.
func words(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return false
	}
	v, ok := g.Specs[0].(*ast.ValueSpec)
	return ok && strings.HasSuffix(v.Names[0].Name, "ords")
}

// speaks reports whether a function of a lower floor answers words.
func speaks(f *ast.FuncDecl) bool {
	return strings.Contains(f.Name.Name, "Word") || strings.Contains(f.Name.Name, "Sentence") || strings.Contains(f.Name.Name, "reason") || strings.Contains(f.Name.Name, "Why")
}

func (r *reader) node(n ast.Node, all bool) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		return r.call(n, all)
	case *ast.IfStmt:
		if !strings.Contains(r.text(n.Cond), "templ_7745") {
			r.page.WriteByte(1)
		}
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt:
		r.page.WriteByte(1)
	case *ast.Field:
		return false // tags
	case *ast.BinaryExpr:
		if n.Op == token.ADD {
			return !r.say(n, all)
		}
		if n.Op == token.EQL || n.Op == token.NEQ {
			return false
		}
	case *ast.CaseClause:
		for _, s := range n.Body {
			ast.Inspect(s, func(n ast.Node) bool { return r.node(n, all) })
		}
		return false
	case *ast.BasicLit:
		r.say(n, all)
	}
	return true
}

func (r *reader) text(e ast.Expr) string {
	if b, ok := e.(*ast.BinaryExpr); ok {
		return r.text(b.X)
	}
	if i, ok := e.(*ast.Ident); ok {
		return i.Name
	}
	return ""
}

// quiet are calls whose texts are no sentences for people.
var quiet = []string{"Error", "Errorf", "LogAttrs", "Info", "Warn", "Debug", "Count", "Observe", "Query", "Path", "Form", "FormMany", "Enum", "Set", "Get", "Raw", "Exec", "Where", "Order", "Header", "Parse", "TrimPrefix", "TrimSuffix", "HasPrefix", "HasSuffix", "Contains", "Split", "Cut", "Gauge", "Value", "Values", "QueryValue", "PathValue", "ReplaceAll", "NewReplacer", "panic", "MustCompile", "New", "Announce", "String", "Format"}

func (r *reader) call(c *ast.CallExpr, all bool) bool {
	name, on := "", ""
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok {
			on = x.Name
		}
	case *ast.Ident:
		name = f.Name
	}
	switch {
	case on == "templruntime" && name == "WriteString":
		if lit, ok := c.Args[2].(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(lit.Value)
			r.page.WriteString(text)
		}
		return false
	case on == "templ_7745c5c3_Buffer" && name == "WriteString":
		r.page.WriteByte(0)
		return true
	case name == "Render" && len(c.Args) == 2:
		r.page.WriteString("<c>")
	case on == "fault" || name == "At" || name == "NoteLine":
		for _, a := range c.Args {
			ast.Inspect(a, func(n ast.Node) bool { return r.node(n, true) })
		}
		return false
	case on == "errors" || slices.Contains(quiet, name):
		return false
	}
	return true
}

// say notes an expression that puts a text together; it reports whether it was
// one.
func (r *reader) say(e ast.Expr, all bool) bool {
	text, literal := fold(e)
	if literal && all && isSentence(text) {
		r.note(text, r.set.Position(e.Pos()).Line)
	}
	return literal
}

func (r *reader) note(text string, line int) {
	r.found = append(r.found, Sentence{strings.TrimSpace(text), r.name, line})
}

var verbs = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

// fold joins what is added up: literals as they are, the rest as places.
func fold(e ast.Expr) (text string, literal bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return strings.ReplaceAll(verbs.ReplaceAllString(text, "{}"), "%%", "%"), err == nil
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "{}", false
		}
		left, a := fold(e.X)
		right, b := fold(e.Y)
		if !a {
			left = "{}"
		}
		if !b {
			right = "{}"
		}
		return left + right, a || b
	case *ast.ParenExpr:
		return fold(e.X)
	}
	return "{}", false
}

var (
	spaced  = regexp.MustCompile(`[A-Za-z]{2}.* |^ .*[A-Za-z]{2}| [A-Za-z]{2}`)
	oneWord = regexp.MustCompile(`^[A-Z][a-z]+(-[a-z]+)?[:.…?]?$`)
	noWord  = regexp.MustCompile(`[<>=_\\]|^[a-z.-]+( [a-z]+-[a-z-]+)+$|^/|^btn|^ btn|^[A-Z][a-z]+-[A-Z]|://|SELECT |https?:|^\{\}[a-z]?$|^(GET|POST) |^[?&;]|^ ?[a-z-]+$|^[a-z]+ \{\}( [a-z]+-\{\}|$)|^every \d+s$|from:body|^\{\} width|^(address|person) \{\} |^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Android|Windows|Linux|Esc|Trueward|True)$|^Trueward \{\}$|^Ctrl K$`)
	letters = regexp.MustCompile(`[a-z]{2}`)
)

// isSentence tells what people read from what machines do: words with a space,
// or one word that begins with a capital.
func isSentence(text string) bool {
	if noWord.MatchString(text) || !letters.MatchString(strings.ReplaceAll(text, "{}", "")) {
		return false
	}
	return spaced.MatchString(text) || oneWord.MatchString(text)
}

var (
	tag       = regexp.MustCompile(`<[^>]*>`)
	data      = regexp.MustCompile(`(?s)<(bdi|code|script|style)[^>]*>.*?</(bdi|code|script|style)>`)
	attribute = regexp.MustCompile(`(?:aria-label|alt|title|placeholder|data-[a-z-]+)="([^"]*)"`)
	newPiece  = regexp.MustCompile("[\x01\n]")
)

// markup notes what the page of a template says between its tags and in the
// attributes that people read.
func (r *reader) markup() {
	page := r.page.String()
	r.page.Reset()
	for _, m := range attribute.FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[0], "data-") || m[1] != "" && unicode.IsUpper(rune(m[1][0])) {
			r.piece(m[1])
		}
	}
	for _, text := range tag.Split(data.ReplaceAllString(page, "<c>"), -1) {
		for _, piece := range newPiece.Split(text, -1) {
			r.piece(piece)
		}
	}
}

func (r *reader) piece(text string) {
	text = html.UnescapeString(strings.ReplaceAll(text, "\x00", "{}"))
	if bare := strings.TrimSpace(text); letters.MatchString(strings.ReplaceAll(bare, "{}", "")) && !noWord.MatchString(bare) {
		r.note(bare, r.at)
	}
}

// HasWords reports whether a text holds more than places and signs.
func HasWords(text string) bool { return letters.MatchString(strings.ReplaceAll(text, "{}", "")) }

// Matcher finds sentences in texts that people see.
type Matcher struct {
	exact    map[string]Sentence
	patterns []pattern
}

type pattern struct {
	is   *regexp.Regexp
	from Sentence
}

// fewest is how many letters a sentence with places needs to be recognised.
const fewest = 8

// NewMatcher prepares the sentences.
func NewMatcher(all []Sentence) *Matcher {
	m := &Matcher{exact: map[string]Sentence{}}
	for _, s := range all {
		parts := strings.Split(s.Text, "{}")
		if len(parts) == 1 {
			m.exact[s.Text] = s
			continue
		}
		if len(strings.Join(parts, "")) < fewest {
			continue
		}
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		m.patterns = append(m.patterns, pattern{regexp.MustCompile("^" + strings.Join(parts, ".+") + "$"), s})
	}
	return m
}

// Find returns the sentence a text is.
func (m *Matcher) Find(text string) (Sentence, bool) {
	if s, ok := m.exact[text]; ok {
		return s, true
	}
	for _, p := range m.patterns {
		if p.is.MatchString(text) {
			return p.from, true
		}
	}
	return Sentence{}, false
}
