//go:build !amd64 || purego

package aescmac

// SetDirectForTest has nothing to choose here.
func SetDirectForTest(bool) (restore func()) { return func() {} }

// DirectForTest is false here.
func DirectForTest() bool { return direct }
