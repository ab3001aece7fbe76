//go:build amd64 && !purego

package aescmac

// SetDirectForTest chooses the path, where there is a choice.
func SetDirectForTest(on bool) (restore func()) {
	was := direct
	direct = on && hasAES()
	return func() { direct = was }
}

// DirectForTest is whether the processor's instructions are in use.
func DirectForTest() bool { return direct }
