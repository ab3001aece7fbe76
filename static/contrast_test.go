package static

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// luminance and contrast follow WCAG 2.2, "relative luminance" and "contrast
// ratio".
func luminance(hex string) float64 {
	n, _ := strconv.ParseUint(hex[1:], 16, 32)
	linear := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}

func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

var (
	themeBlock = regexp.MustCompile(`(?s)@plugin "daisyui/theme" \{(.*?)\n\}`)
	themeName  = regexp.MustCompile(`name: "([^"]+)"`)
	colour     = regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`)
)

// pairs are what stands on what, with the ratio it must reach.
func pairs() map[[2]string]float64 {
	all := map[[2]string]float64{
		{"ward-frame-text", "ward-frame"}: 7, {"ward-frame-muted", "ward-frame"}: 4.5, {"ward-frame-muted", "ward-frame-raised"}: 4.5,
		{"color-primary-content", "color-primary"}: 4.5, {"color-primary-content", "ward-pressed"}: 4.5,
	}
	for _, paper := range []string{"color-base-100", "color-base-200"} {
		all[[2]string{"color-base-content", paper}] = 7
		all[[2]string{"ward-muted", paper}] = 4.5
		all[[2]string{"ward-link", paper}] = 4.5
		all[[2]string{"stop-edge", paper}] = 4.5
		all[[2]string{"ward-edge", paper}] = 3
	}
	for _, tone := range []string{"good", "done", "warn", "stop", "info", "calm"} {
		all[[2]string{tone + "-text", tone + "-tint"}] = 7
		all[[2]string{tone + "-on", tone + "-solid"}] = 4.5
		all[[2]string{tone + "-edge", "color-base-100"}] = 3
	}
	return all
}

func TestContrast(t *testing.T) {
	source, err := os.ReadFile("src/themes.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := themeBlock.FindAllStringSubmatch(string(source), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d themes, want 2", len(blocks))
	}
	for _, block := range blocks {
		name := themeName.FindStringSubmatch(block[1])[1]
		colours := map[string]string{}
		for _, c := range colour.FindAllStringSubmatch(block[1], -1) {
			colours[c[1]] = c[2]
		}
		for pair, want := range pairs() {
			text, paper := colours[pair[0]], colours[pair[1]]
			if text == "" || paper == "" {
				t.Errorf("%s: %v is not set", name, pair)
				continue
			}
			if got := contrast(text, paper); got < want {
				t.Errorf("%s: %s on %s is %.2f:1, want %.1f:1", name, pair[0], pair[1], got, want)
			}
		}
	}
}

func TestContrastIsMeasuredRight(t *testing.T) {
	// Known values of WCAG's formula: black on white is 21:1, and #767676 is the
	// lightest grey that reaches 4.5:1 on white.
	if got := contrast("#000000", "#ffffff"); math.Abs(got-21) > 0.01 {
		t.Errorf("black on white %.3f", got)
	}
	if contrast("#767676", "#ffffff") < 4.5 || contrast("#777777", "#ffffff") >= 4.5 {
		t.Error("the 4.5:1 border lies elsewhere")
	}
}
