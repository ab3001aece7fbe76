// Package trust lets devices trust the certificate authority of the
// installation itself: a page with the steps per system, and the certificate
// in the forms that systems take.
package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"text/template"

	"github.com/boombuler/barcode/qr"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"trueward/internal/fault"
	view "trueward/templates/trust"
	"trueward/web/frame"
	"trueward/web/route"
)

// Addresses of the pages.
const (
	Path        = "/trust"
	certPath    = "/trust/authority.crt"
	profilePath = "/trust/authority.mobileconfig"
)

// Room holds what the pages show.
type Room struct {
	// Authority is the certificate (DER) to be trusted; nil when the server's
	// certificate comes from elsewhere.
	Authority []byte
	// Fingerprint is its SHA-256 as devices show it.
	Fingerprint string
}

// Routes are the URLs of the room. Nobody need be signed in: a device must
// trust the server before anybody can.
func (r Room) Routes() []route.Route {
	open := func(path, name string, handler echo.HandlerFunc) route.Route {
		return route.Route{
			Method: http.MethodGet, Path: path, Name: name, Needs: route.Anonymous, Tenancy: route.None, Handler: handler,
		}
	}
	return []route.Route{
		open(Path, "trust", r.show), open(certPath, "trust.certificate", r.certificate), open(profilePath, "trust.profile", r.profile),
	}
}

func (r Room) show(c echo.Context) error {
	p := view.Props{Frame: frame.Bare(c, "Trust this installation")}
	if r.Authority == nil {
		return route.Render(c, http.StatusOK, view.Trust(p))
	}
	root, err := x509.ParseCertificate(r.Authority)
	if err != nil {
		return err
	}
	scheme := "http://"
	if route.Secure(c) {
		scheme = "https://"
	}
	p.Fingerprint, p.CommonName = r.Fingerprint, root.Subject.CommonName
	p.CertHref, p.ProfileHref, p.Address = certPath, profilePath, scheme+c.Request().Host+Path
	if p.Code, err = code(p.Address); err != nil {
		return err
	}
	return route.Render(c, http.StatusOK, view.Trust(p))
}

// quiet is the light margin around a QR code, in modules (ISO/IEC 18004, 9.1).
const quiet = 4

// code draws a QR code: each dark run of a row is one stroke of the path.
func code(text string) (view.Code, error) {
	drawn, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return view.Code{}, err
	}
	side := drawn.Bounds().Dx()
	var path strings.Builder
	for y := range side {
		for x := 0; x < side; {
			run := 0
			for x+run < side && dark(drawn.At(x+run, y).RGBA()) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			}
			x += max(run, 1)
		}
	}
	return view.Code{Path: path.String(), Side: side + 2*quiet}, nil
}

func dark(r, _, _, _ uint32) bool { return r < 0x8000 }

// absent answers where there is nothing to be trusted.
func absent() error { return fault.New(fault.NotFound, "There is no such page.") }

func (r Room) certificate(c echo.Context) error {
	if r.Authority == nil {
		return absent()
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="trueward-authority.crt"`)
	return c.Blob(http.StatusOK, "application/x-x509-ca-cert", r.Authority)
}

func (r Room) profile(c echo.Context) error {
	if r.Authority == nil {
		return absent()
	}
	text, err := profile(r.Authority)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="trueward-authority.mobileconfig"`)
	return c.Blob(http.StatusOK, "application/x-apple-aspen-config", text)
}

// profile is a configuration profile with one root certificate (Apple,
// Configuration Profile Reference, payload com.apple.security.root). Its ids
// follow from the certificate, so that installing it again replaces it.
func profile(der []byte) ([]byte, error) {
	id := func(part string) string {
		return strings.ToUpper(uuid.NewSHA1(uuid.NameSpaceOID, append([]byte(part), der...)).String())
	}
	var out bytes.Buffer
	err := profileText.Execute(&out, map[string]string{
		"Certificate": base64.StdEncoding.EncodeToString(der), "Mark": hex.EncodeToString(der[len(der)-4:]),
		"Inner": id("certificate"), "Outer": id("profile"),
	})
	return out.Bytes(), err
}

var profileText = template.Must(template.New("").Parse(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadContent</key>
	<array>
		<dict>
			<key>PayloadCertificateFileName</key><string>trueward-authority.crt</string>
			<key>PayloadContent</key><data>{{.Certificate}}</data>
			<key>PayloadDescription</key><string>Lets this device trust the Trueward installation.</string>
			<key>PayloadDisplayName</key><string>Trueward certificate authority</string>
			<key>PayloadIdentifier</key><string>trueward.authority.{{.Mark}}</string>
			<key>PayloadType</key><string>com.apple.security.root</string>
			<key>PayloadUUID</key><string>{{.Inner}}</string>
			<key>PayloadVersion</key><integer>1</integer>
		</dict>
	</array>
	<key>PayloadDescription</key><string>Lets this device trust the Trueward installation. It gives nobody control over the device.</string>
	<key>PayloadDisplayName</key><string>Trueward</string>
	<key>PayloadIdentifier</key><string>trueward.trust.{{.Mark}}</string>
	<key>PayloadType</key><string>Configuration</string>
	<key>PayloadUUID</key><string>{{.Outer}}</string>
	<key>PayloadVersion</key><integer>1</integer>
</dict>
</plist>
`))
