package tlsca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"net"
	"time"
)

// PlainKey is what must not stand in any file.
func PlainKey(a *Authority) []byte {
	raw, err := a.key.Bytes()
	if err != nil {
		panic(err)
	}
	return append(make([]byte, 8), raw...)
}

// Forge signs as a thief of the authority's key would.
func Forge(a *Authority, name string, ip net.IP) *x509.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), NotBefore: a.clock.Now().Add(-time.Hour), NotAfter: a.clock.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if name != "" {
		template.DNSNames = []string{name}
	} else {
		template.IPAddresses = []net.IP{ip}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.root, &key.PublicKey, a.key)
	if err != nil {
		panic(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return c
}
