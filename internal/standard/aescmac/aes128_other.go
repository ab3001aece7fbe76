//go:build !amd64 || purego

package aescmac

// direct is false: keys are expanded by crypto/aes.
const direct = false

func expand128(*[Size]byte, *[11 * Size]byte) {}

func encrypt128(*[11 * Size]byte, *[Size]byte, *[Size]byte) {}
