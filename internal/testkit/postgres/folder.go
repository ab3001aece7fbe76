package postgres

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const folderPattern = "trueward-pg-"

// makeFolder makes the server's private folder and its lock, and returns whom
// the server runs as: PostgreSQL refuses root, so root becomes nobody.
func (s *server) makeFolder() (*syscall.Credential, error) {
	dir, err := os.MkdirTemp("", folderPattern)
	if err != nil {
		return nil, err
	}
	s.dir = dir
	if s.lock, err = lockFolder(dir); err != nil {
		s.remove()
		return nil, err
	}
	if os.Geteuid() != 0 {
		return nil, nil
	}
	who, err := nobody()
	if err == nil {
		err = os.Chown(dir, int(who.Uid), int(who.Gid))
	}
	if err != nil {
		s.remove()
		return nil, err
	}
	return who, nil
}

func nobody() (*syscall.Credential, error) {
	account, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("an account to run the server as: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// remove deletes the server's files.
func (s *server) remove() {
	_ = os.RemoveAll(s.dir)
	if s.lock != nil {
		_ = s.lock.Close()
	}
}

// lockFolder takes the folder's lock without waiting; it is held as long as
// this process lives and is not handed on to children.
func lockFolder(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// sweep removes the folders of test processes that were killed: those whose
// lock nobody holds any more. Young ones may be about to be locked and stay.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPattern+"*"))
	for _, dir := range left {
		info, err := os.Stat(filepath.Join(dir, "lock"))
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		if lock, err := lockFolder(dir); err == nil {
			_ = os.RemoveAll(dir)
			_ = lock.Close()
		}
	}
}
