package tlsca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"time"
)

// The server's certificate lives 90 days and is made anew after 60. Its key
// stays in memory: a restart makes another one, and devices trust the
// authority, not the certificate.
const (
	leafLife  = 90 * 24 * time.Hour
	leafRenew = 60 * 24 * time.Hour
)

type leaf struct {
	certificate tls.Certificate
	renewAt     time.Time
}

// Certificate is the GetCertificate of a tls.Config.
func (a *Authority) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.leaf == nil || !a.clock.Now().Before(a.leaf.renewAt) {
		fresh, err := a.issue()
		if err != nil {
			return nil, err
		}
		a.leaf = fresh
	}
	return &a.leaf.certificate, nil
}

func (a *Authority) issue() (*leaf, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.random)
	if err != nil {
		return nil, err
	}
	var serial [16]byte
	if _, err := io.ReadFull(a.random, serial[:]); err != nil {
		return nil, err
	}
	now := a.clock.Now()
	template := &x509.Certificate{
		SerialNumber: serialOf(serial[:]), Subject: pkix.Name{CommonName: "Trueward"},
		NotBefore: now.Add(-backdated), NotAfter: earlier(now.Add(leafLife), a.root.NotAfter),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, name := range a.names {
		if ip := asIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(a.random, template, a.root, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &leaf{
		certificate: tls.Certificate{Certificate: [][]byte{der, a.root.Raw}, PrivateKey: key, Leaf: parsed},
		renewAt:     earlier(now.Add(leafRenew), template.NotAfter),
	}, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
