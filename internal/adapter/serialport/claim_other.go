//go:build !unix

package serialport

// claim is empty where the system itself opens a port for one program only.
type claim struct{}

func take(string) (*claim, error) { return &claim{}, nil }

func (*claim) holds(string) bool { return true }

func (*claim) release() {}
