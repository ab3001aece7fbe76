package wording

import (
	"strings"
	"testing"
)

// speaker returns a speaker that knows a table of its own.
func speaker(t *testing.T, tag Tag, table string) *Speaker {
	t.Helper()
	entries, err := parseTable("words/test.tsv", table)
	if err != nil {
		t.Fatal(err)
	}
	s := &Speaker{tag: tag, figures: figuresOf(tag), exact: map[string]string{},
		index: index{byFirst: map[string][]*message{}, bySecond: map[string][]*message{}, byLast: map[string][]*message{}}}
	s.rules = rulesOf(tag)
	for _, e := range entries {
		s.learn(e)
	}
	return s
}

const small = `Scan	Scannen	Escanear	Scanner
Use	Verwenden	Usar	Utiliser
Genuine	Echt	Auténtica	Authentique
Case	Fall	Caso	Cas
Case {x}	Fall {x}	Caso {x}	Cas {x}
Case {x}, {y}. Confirm.	Fall {x}, {y}. Bestätigen.	Caso {x}, {y}. Confirme.	Cas {x}, {y}. Confirmez.
{n} unit	{n} Einheit	{n} unidad	{n} unité
{n} units	{n} Einheiten	{n} unidades	{n} unité|{n} unités
Use {t} on {x} as {y}	{t} in {x} verwenden, als {y}	Usar {t} en {x} como {y}	Utiliser {t} sur {x} en tant que {y}
{x} used it	{x} hat es verwendet	{x} lo usó	{x} l’a utilisé
Expired on {x}.	Abgelaufen am {x}.	Caducó el {x}.	Périmé le {x}.
owner {x}	Eigentümer {x}	propietario {x}	propriétaire {x}
Nothing waits.	Nichts wartet.	No hay nada en espera.	Rien n’attend.
{t} – Trueward	{t} – Trueward	{t} – Trueward	{t} – Trueward
`

func TestSentencesAreSaid(t *testing.T) {
	for _, row := range []struct {
		tag       Tag
		text, say string
		known     bool
	}{
		{German, "Scan", "Scannen", true},
		{German, "Case C-7Q4M", "Fall C-7Q4M", true},
		{German, "Case C-7Q4M, OR 3. Confirm.", "Fall C-7Q4M, OR 3. Bestätigen.", true},
		{German, "3 units", "3 Einheiten", true},
		{German, "1,234 units", "1.234 Einheiten", true},
		{French, "0 units", "0 unité", true},
		{French, "2 units", "2 unités", true},
		{French, "12,345 units", "12\u202f345 unités", true},
		{German, "Use 3 units on C-7Q4M as Amy O.", "3 Einheiten in C-7Q4M verwenden, als Amy O.", true},
		{German, "Expired on 31 Dec 2027.", "Abgelaufen am 31. Dez. 2027.", true},
		{Spanish, "Expired on 1 Sep 2027.", "Caducó el 1 sept 2027.", true},
		{German, "Shelf 3 · owner Norvane", "Shelf 3 · Eigentümer Norvane", true},
		{French, "Case: 12 of them", "Cas\u00a0: 12 of them", true},
		{German, "Something else. Nothing waits.", "Something else. Nichts wartet.", true},
		{German, "Nothing waits", "Nothing waits", false},
		{German, "Owner Norvane.", "Eigentümer Norvane.", true},
		{German, "Something else", "Something else", false},
		{German, "Amy, Scan", "Amy, Scan", false},
		{German, "Paid €1,234.50 on 3 Mar 2026", "Paid 1.234,50\u00a0€ on 3. März 2026", false},
		{Spanish, "€1,234.50", "1234,50\u00a0€", false},
		{French, "CHF\u00a01,234.50 and 2.5 %", "1\u202f234,50\u00a0CHF and 2,5\u202f%", false},
		{Accented, "Nothing waits.", "Ñóthíñg wáíts.", true},
		{Mirrored, "3 units", "3\u202e units\u202c", true},
	} {
		said, known := speaker(t, row.tag, small).Say(row.text)
		if said != row.say || known != row.known {
			t.Errorf("%s: %q is said %q (%v), want %q (%v)", row.tag, row.text, said, known, row.say, row.known)
		}
	}
}

func TestPagesKeepTheirMarkupAndData(t *testing.T) {
	s := speaker(t, German, small)
	for name, row := range map[string][2]string{
		"text and tags":    {`<p class="lead">Nothing waits.</p>`, `<p class="lead">Nichts wartet.</p>`},
		"white space":      {"<b>\n  Scan </b>", "<b>\n  Scannen </b>"},
		"heard":            {`<nav aria-label="Scan" class="Scan">`, `<nav aria-label="Scannen" class="Scan">`},
		"read by scripts":  {`<i data-word="Scan" data-kind="scan" data-x='Scan'>`, `<i data-word="Scannen" data-kind="scan" data-x='Scan'>`},
		"value":            {`<input value="Scan"/>Scan`, `<input value="Scan"/>Scannen`},
		"data":             {`<bdi>Scan</bdi> Scan`, `<bdi>Scan</bdi> Scannen`},
		"data within data": {`<bdi><bdi>Scan</bdi>Scan</bdi>Scan`, `<bdi><bdi>Scan</bdi>Scan</bdi>Scannen`},
		"asked not to":     {`<td translate="no"><td>Scan</td></td>Scan`, `<td translate="no"><td>Scan</td></td>Scannen`},
		"a row's link":     {`<a class="row-link" href="/"><bdi>Case A&amp;B</bdi></a>`, `<a class="row-link" href="/"><bdi>Fall A&amp;B</bdi></a>`},
		"scripts":          {`<script type="module">Scan</script>`, `<script type="module">Scan</script>`},
		"declaration":      {`<!doctype html><script defer></script><p>Scan</p>`, `<!doctype html><script defer></script><p>Scannen</p>`},
		"comment":          {`<!-- Scan <b> -->Scan`, `<!-- Scan <b> -->Scannen`},
		"escaped":          {`<p>Case &lt;b&gt;</p>`, `<p>Fall &lt;b&gt;</p>`},
		"date":             {`<time datetime="2027-12-31">31 Dec 2027</time>`, `<time datetime="2027-12-31">31. Dez. 2027</time>`},
		"root":             {`<!DOCTYPE html><html lang="en" dir="ltr"><title>Scan – Trueward</title>`, `<!DOCTYPE html><html lang="de" dir="ltr"><title>Scannen – Trueward</title>`},
		"broken off":       {`<p>Scan</p><a href="x`, `<p>Scannen</p><a href="x`},
	} {
		if got := string(s.Page([]byte(row[0]))); got != row[1] {
			t.Errorf("%s: %s became %s, want %s", name, row[0], got, row[1])
		}
	}
	mirrored := speaker(t, Mirrored, small)
	if got := string(mirrored.Page([]byte(`<html lang="en" dir="ltr">`))); got != `<html lang="ar-XB" dir="rtl">` {
		t.Errorf("the mirrored page begins with %s", got)
	}
}

func FuzzPage(f *testing.F) {
	for _, seed := range []string{`<p a="b" c>Scan</p>`, `<`, `<!--`, `</`, `<a b="`, `<a b=c>Scan`, `a<b>c</b>`, `<bdi><bdi>`} {
		f.Add(seed)
	}
	s := speaker(&testing.T{}, Spanish, "nothing here\tx\ty\tz\n")
	f.Fuzz(func(t *testing.T, page string) {
		if strings.ContainsAny(page, "0123456789") {
			return // figures are rewritten
		}
		if got := string(s.Page([]byte(page))); got != page {
			t.Errorf("a page without known sentences changed from %q to %q", page, got)
		}
	})
}

func TestMatch(t *testing.T) {
	for accept, want := range map[string]Tag{
		"": Source, "en-GB,de;q=0.5": Source, "de-CH, en;q=0.5": German, "fr": French, "es-419,es;q=0.9": Spanish,
		"it, fr;q=0.5": French, "ja": Source, "ar": Source, "ar-XB": Mirrored, "en-XA": Accented, "en-XA,en;q=0.9": Accented, "de,en-XA": German, "**;;": Source,
		strings.Repeat("de,", 100): Source,
	} {
		if got := Match(accept); got != want {
			t.Errorf("%.20q asks for %s, want %s", accept, got, want)
		}
	}
	if Speak(Source) != nil || Speak("xx") != nil || Speak(German).Tag() != German {
		t.Error("the wrong languages speak")
	}
}
