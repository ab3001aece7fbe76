//go:build unix

package serialport

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Present reports whether there is something at the path. Where ports are no
// files it says yes: only opening tells.
func Present(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// resolve is the device that a name leads to now.
func resolve(path string) (string, error) { return filepath.EvalSymlinks(path) }

// claim is the lock on a port's device file. The system's own exclusive mode
// does not bind root, and services often run as root; a file lock does, and it
// also keeps two parts of one program apart.
type claim struct{ file *os.File }

// take locks a port or fails at once.
func take(path string) (*claim, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &claim{f}, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errTaken
	}
	return nil, errors.Join(err, f.Close())
}

// holds reports whether the path still is what was locked: a device may leave
// and another come between the two.
func (c *claim) holds(path string) bool {
	locked, err := c.file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(path)
	return err == nil && os.SameFile(locked, now)
}

func (c *claim) release() { _ = c.file.Close() }
