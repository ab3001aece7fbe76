package sdm

// SealForTest encrypts one chosen block, for mirrors that no tag would write.
func SealForTest(key [16]byte, block []byte) string {
	out := [16]byte(block)
	NewKey(key).mac.Encrypt(&out, &out)
	return upperHex(out[:])
}

// IncrementForTest reaches the wrapping counter.
func IncrementForTest(b []byte) { increment(b) }
