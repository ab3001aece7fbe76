package main

import (
	"net/netip"
	"os"

	"trueward/cmd/trueward/product"
	"trueward/internal/app/outside"
	"trueward/internal/fault"
)

// oidcFlags name the house's own sign-in (OpenID Connect).
type oidcFlags struct {
	OIDCIssuer string   `name:"oidc-issuer" help:"Address of the house's own sign-in (OpenID Connect)." env:"TRUEWARD_OIDC_ISSUER" placeholder:"URL"`
	OIDCClient string   `name:"oidc-client" help:"The name under which it knows this installation." env:"TRUEWARD_OIDC_CLIENT" placeholder:"ID"`
	OIDCSecret string   `name:"oidc-secret" help:"The secret that goes with the name; better in a file." env:"TRUEWARD_OIDC_SECRET" placeholder:"SECRET"`
	OIDCMap    string   `name:"oidc-map" help:"File that says which of its groups get which roles here." env:"TRUEWARD_OIDC_MAP" placeholder:"FILE"`
	Reach      []string `name:"reach" help:"Private networks that the server may call, such as the one of the house's sign-in; public addresses alone without." env:"TRUEWARD_REACH" placeholder:"CIDR"`
}

// house reads the flags and the mapping file.
func (f oidcFlags) house() (house product.OutsideConfig, reach []netip.Prefix, err error) {
	if reach, err = networks("reach", f.Reach); err != nil || f.OIDCIssuer == "" {
		return house, reach, err
	}
	if f.OIDCMap == "" {
		return house, nil, fault.At("oidc-map", "--oidc-issuer needs --oidc-map, the file that says which groups get which roles.")
	}
	content, err := os.ReadFile(f.OIDCMap)
	if err != nil {
		return house, nil, fault.Wrap(fault.Invalid, "The file of --oidc-map cannot be read.", err)
	}
	mapping, err := outside.ReadMapping(content)
	return product.OutsideConfig{Issuer: f.OIDCIssuer, ClientID: f.OIDCClient, Secret: f.OIDCSecret, Mapping: mapping}, reach, err
}
