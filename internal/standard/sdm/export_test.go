package sdm

// SealForTest encrypts one chosen block, for mirrors that no tag would write.
func SealForTest(key [16]byte, block []byte) string {
	NewKey(key).mac.Block().Encrypt(block, block)
	return upperHex(block)
}

// IncrementForTest reaches the wrapping counter.
func IncrementForTest(b []byte) { increment(b) }
