package trust

import (
	"encoding/base64"
	"encoding/xml"
	"image"
	"image/color"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// The drawn path has the modules of the code, no more and no fewer.
func TestCodeIsDrawnCompletely(t *testing.T) {
	const address = "https://ward.example:8443/trust"
	c, err := code(address)
	if err != nil {
		t.Fatal(err)
	}
	want, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	side := want.Bounds().Dx()
	if c.Side != side+8 {
		t.Fatalf("the square has %d modules, want %d", c.Side, side+8)
	}
	got := image.NewGray(want.Bounds())
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`).FindAllStringSubmatch(c.Path, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		run, _ := strconv.Atoi(m[3])
		for i := range run {
			got.Set(x-4+i, y-4, color.White) // white marks what is drawn
		}
	}
	for y := range side {
		for x := range side {
			if drawn := got.GrayAt(x, y).Y > 0; drawn != dark(want.At(x, y).RGBA()) {
				t.Fatalf("module %d,%d is drawn: %v", x, y, drawn)
			}
		}
	}
}

func TestProfileIsAPropertyListWithTheCertificate(t *testing.T) {
	der := []byte("stands for a certificate")
	text, err := profile(der)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := profile(der)
	if string(text) != string(again) {
		t.Error("the ids change from one download to the next")
	}
	decoder := xml.NewDecoder(strings.NewReader(string(text)))
	found := false
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if chars, ok := token.(xml.CharData); ok && string(chars) == base64.StdEncoding.EncodeToString(der) {
			found = true
		}
	}
	if !found || !strings.Contains(string(text), "com.apple.security.root") {
		t.Errorf("no root certificate in\n%s", text)
	}
}
