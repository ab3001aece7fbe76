package postgres

import (
	"runtime"
	"syscall"
)

// dieWithParent makes the kernel end the server when the test process is gone,
// also after SIGKILL.
func dieWithParent(who *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
}

// lockThread keeps the calling goroutine's thread alive until it ends.
func lockThread() { runtime.LockOSThread() }
