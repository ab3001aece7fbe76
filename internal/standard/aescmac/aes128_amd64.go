//go:build !purego

package aescmac

import "crypto/fips140"

// direct is whether the processor's AES instructions are used without
// crypto/aes. Both are read once: neither changes while a program runs.
var direct = hasAES() && !fips140.Enabled()

// hasAES asks CPUID leaf 1 for AES-NI (ECX bit 25); SSE2 is part of amd64.
//
//go:noescape
func hasAES() bool

// expand128 writes the eleven round keys of FIPS 197 §5.2.
//
//go:noescape
func expand128(key *[Size]byte, schedule *[11 * Size]byte)

// encrypt128 is the cipher of FIPS 197 §5.1.
//
//go:noescape
func encrypt128(schedule *[11 * Size]byte, dst, src *[Size]byte)
