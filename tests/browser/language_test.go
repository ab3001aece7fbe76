package browser_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"trueward/internal/testkit/browser"
	"trueward/internal/testkit/sentences"
)

// spokenPages are the pages of each person that are looked at in other
// languages: the first ones, the lists, and forms with their hints.
var spokenPages = map[string][]string{
	"":                    {"/sign-in"},
	amy:                   {"/ward", "/scan", "/cases", "/find", "/account", "/notices"},
	"tom@brannoc.example": {"/queue", "/invoices", "/exports", "/reports", "/agreements"},
	officeOf:              {"/vendor", "/vendor/stock", "/vendor/usage", "/products", "/terms/propose"},
}

// plain returns what a page in the accented language says without accents, and
// so in untranslated English: text, and what people hear or read in attributes.
const plain = `(() => {
	const data = "bdi, code, pre, textarea, script, style, kbd, samp, time, data, [translate=no]";
	const out = new Set();
	const note = (text) => { text = (text ?? "").replace(/\s+/g, " ").trim(); if (/[aeiou]/i.test(text)) out.add(text); };
	const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(data)) note(walker.currentNode.data);
	for (const e of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
		if (!e.closest(data)) for (const name of ["aria-label", "title", "placeholder", "alt"]) note(e.getAttribute(name));
	return [...out];
})()`

// english returns those texts of a page that stand in the sources: the rest is
// data.
func english(t *testing.T, p *browser.Page, known *sentences.Matcher) []string {
	t.Helper()
	var out []string
	for _, text := range browser.Eval[[]string](t, p, plain) {
		if s, ok := known.Find(text); ok {
			out = append(out, text+" ("+s.File+")")
		}
	}
	return out
}

// freshOnes is how many sentences of a page may wait for their translation: one
// that was written today is shown in English and stops nobody.
const freshOnes = 2

// TestNoEnglishIsLeft looks at pages in the language that marks every
// translated sentence. A planted sentence of the product is caught.
func TestNoEnglishIsLeft(t *testing.T) {
	known := sentences.NewMatcher(sentences.All(t, "../.."))
	everySpokenPage(t, "en-XA", func(t *testing.T, p *browser.Page, name string) {
		if left := english(t, p, known); len(left) > freshOnes {
			t.Errorf("%s says in English: %s", name, strings.Join(left, "; "))
		}
		if name != "/sign-in" {
			return
		}
		browser.Eval[bool](t, p, `(document.querySelector("main").insertAdjacentHTML("beforeend", "<p>Skip to main content</p><bdi>Menu</bdi>"), true)`)
		found := strings.Join(english(t, p, known), "; ")
		if !strings.Contains(found, "Skip to main content") || strings.Contains(found, "Menu") {
			t.Errorf("of a planted English sentence, and the same as data, %q was found", found)
		}
	})
}

// everyTime are the pages whose width is looked at in every run; the soak looks
// at all.
var everyTime = map[string]bool{"/sign-in": true, "/ward": true, "/scan": true, "/account": true, "/queue": true, "/vendor/stock": true}

// TestRightToLeft holds the same pages, shown from right to left on a phone, to
// the rules of every page.
func TestRightToLeft(t *testing.T) {
	pictures := os.Getenv("TRUEWARD_PICTURES")
	everySpokenPage(t, "ar-XB", func(t *testing.T, p *browser.Page, name string) {
		if os.Getenv("TRUEWARD_SOAK") != "1" && !everyTime[name] {
			return
		}
		if is := browser.Eval[string](t, p, `document.documentElement.dir + " " + getComputedStyle(document.body).direction`); is != "rtl rtl" {
			t.Errorf("%s is shown %s", name, is)
		}
		p.Check(t, name+" from right to left")
		if pictures != "" {
			p.Picture(t, filepath.Join(pictures, "rtl"+strings.ReplaceAll(name, "/", "-")+".png"))
		}
		if name != "/sign-in" {
			return
		}
		browser.Eval[bool](t, p, `(document.querySelector("main").insertAdjacentHTML("beforeend", "<div style='display:none'></div><div id='planted'>.</div>"), document.querySelector("#planted").style.width = "900px", true)`)
		if len(p.Overflow(t)) == 0 {
			t.Error("a planted box wider than the page was not found")
		}
	})
}

// TestGermanFits looks at the same pages with the longest words of our
// languages: nothing reaches beyond a phone.
func TestGermanFits(t *testing.T) {
	pictures := os.Getenv("TRUEWARD_PICTURES")
	everySpokenPage(t, "de", func(t *testing.T, p *browser.Page, name string) {
		if os.Getenv("TRUEWARD_SOAK") != "1" && !everyTime[name] {
			return
		}
		for _, line := range p.Overflow(t) {
			t.Errorf("%s in German: %s", name, line)
		}
		if pictures != "" {
			p.Picture(t, filepath.Join(pictures, "de"+strings.ReplaceAll(name, "/", "-")+".png"))
		}
	})
}

// everySpokenPage shows each person their pages in a language that the browser
// asks for.
func everySpokenPage(t *testing.T, language string, look func(t *testing.T, p *browser.Page, name string)) {
	t.Helper()
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	for person, pages := range spokenPages {
		p := b.Apart(t).Blank(t, phone)
		p.Speak(t, language)
		p.Go(t, h.url+"/sign-in")
		if person != "" {
			p.Fill(t, "#email", person)
			p.Fill(t, "#password", password)
			browser.Eval[bool](t, p, `(document.querySelector("#password").form.requestSubmit(), true)`)
			p.WaitFor(t, `location.pathname !== "/sign-in"`)
		}
		for _, name := range pages {
			if status := p.Go(t, h.url+name); status != http.StatusOK {
				t.Errorf("%s answers %s with %d", name, person, status)
			}
			look(t, p, name)
		}
	}
}

// TestLanguageIsAPersonsOwn chooses German in the account, signs in elsewhere
// in a browser that asks for French, and reads German there.
func TestLanguageIsAPersonsOwn(t *testing.T) {
	h, b, ok := open(t, nil)
	if !ok {
		return
	}
	p := b.Apart(t).Blank(t, phone)
	p.Speak(t, "fr-FR")
	p.Go(t, h.url+"/sign-in")
	if !strings.Contains(p.Text(t), "Mot de passe") {
		t.Error("the sign-in is not in the language the browser asks for")
	}
	p.Fill(t, "#email", kenji)
	p.Fill(t, "#password", password)
	p.Follow(t, "Se connecter")
	p.Go(t, h.url+"/account")
	p.Choose(t, "#language", "Deutsch")
	p.Follow(t, "Enregistrer la langue")
	if text := p.Text(t); !regexp.MustCompile(`Ihre Sprache ist gespeichert`).MatchString(text) {
		t.Errorf("after choosing German the page says %.400s", text)
	}
	p.Choose(t, "#language", "Wie mein Browser es wünscht")
	p.Follow(t, "Sprache speichern")
	if lang := browser.Eval[string](t, p, `document.documentElement.lang`); lang != "fr" {
		t.Errorf("the page that follows the browser again is in %s", lang)
	}
}
