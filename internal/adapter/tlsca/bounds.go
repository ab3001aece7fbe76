package tlsca

import (
	"crypto/x509"
	"net"
	"slices"
	"strings"

	"trueward/internal/fault"
)

// localNames are the ends of names that exist on local networks alone:
// RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa) and the one
// ICANN keeps for private use (internal).
var localNames = []string{"localhost", "local", "home.arpa", "internal"}

// localNetworks are addresses no site on the internet has: RFC 1918, RFC 6598,
// loopback, link-local, RFC 4193.
var localNetworks = []string{
	"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
	"::1/128", "fc00::/7", "fe80::/10",
}

// bind limits what an authority can vouch for.
func bind(template *x509.Certificate, names []string) {
	template.PermittedDNSDomainsCritical = true
	template.PermittedDNSDomains = slices.Clone(localNames)
	for _, text := range localNetworks {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			panic("tlsca: " + err.Error()) // the list above is wrong
		}
		template.PermittedIPRanges = append(template.PermittedIPRanges, network)
	}
	for _, name := range names {
		if ip := asIP(name); ip == nil {
			template.PermittedDNSDomains = append(template.PermittedDNSDomains, normal(name))
		} else if !permitsIP(template, ip) {
			template.PermittedIPRanges = append(template.PermittedIPRanges, only(ip))
		}
	}
}

// only is the network of one address.
func only(ip net.IP) *net.IPNet {
	if four := ip.To4(); four != nil {
		return &net.IPNet{IP: four, Mask: net.CIDRMask(32, 32)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)}
}

// vouched returns the names the server's certificate is made for.
func (a *Authority) vouched(cfg Config) ([]string, error) {
	var out []string
	for i, name := range append(append([]string{}, cfg.Names...), cfg.Guesses...) {
		name = normal(name)
		switch {
		case slices.Contains(out, name):
		case a.permits(name):
			out = append(out, name)
		case i < len(cfg.Names):
			return nil, fault.Newf(fault.Conflict, "The installation's certificate authority is not for %s: it was made for other names. Use one of those, or remove its folder to make a new one, which every device must then trust anew.", name)
		}
	}
	return out, nil
}

func (a *Authority) permits(name string) bool {
	if ip := asIP(name); ip != nil {
		return permitsIP(a.root, ip)
	}
	return slices.ContainsFunc(a.root.PermittedDNSDomains, func(domain string) bool {
		return name == domain || strings.HasSuffix(name, "."+domain)
	})
}

func permitsIP(c *x509.Certificate, ip net.IP) bool {
	return slices.ContainsFunc(c.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip) })
}

func normal(name string) string {
	return strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
}
