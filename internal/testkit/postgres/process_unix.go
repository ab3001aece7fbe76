//go:build unix && !linux

package postgres

import "syscall"

// dieWithParent cannot bind the server's life to ours here: Stop has to be
// called.
func dieWithParent(who *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: who, Setpgid: true}
}

func lockThread() {}
