package postgres

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// port is only a part of the socket's file name: every server has a folder of
// its own, so nothing can clash.
const port = "5432"

// startWithin bounds the wait for the first connection.
const startWithin = 30 * time.Second

// server is a running PostgreSQL.
type server struct {
	dir     string // socket, data and lock file
	lock    *os.File
	process *os.Process
	exited  chan struct{}
	output  bytes.Buffer // read after exited is closed
}

// programs returns the folder with initdb and postgres, or nothing.
func programs() string {
	var folders []string
	if found, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(found))
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(installed, func(a, b string) int { // the newest first: 9 before 15 as text
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(b, a))
	})
	for _, folder := range append(folders, installed...) {
		if isProgram(folder, "initdb") && isProgram(folder, "postgres") {
			return folder
		}
	}
	return ""
}

func isProgram(folder, name string) bool {
	info, err := os.Stat(filepath.Join(folder, name))
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// launch makes a database cluster in a temporary folder and starts it.
func launch(bin string) (*server, error) {
	if bin == "" {
		return nil, fmt.Errorf("its programs were not found")
	}
	sweep()
	s := &server{exited: make(chan struct{})}
	who, err := s.makeFolder()
	if err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", s.data(), "-U", "postgres",
		"--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync") // the folder is private, so trust is enough
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	initdb.Dir = s.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		s.remove()
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := s.start(filepath.Join(bin, "postgres"), who); err != nil {
		s.remove()
		return nil, err
	}
	if err := s.await(); err != nil {
		s.stop()
		return nil, fmt.Errorf("%w: %s", err, s.output.String())
	}
	return s, nil
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

// start runs the server on a thread that stays with it, because the signal on
// the parent's death is tied to the thread that made the child.
func (s *server) start(program string, who *syscall.Credential) error {
	cmd := exec.Command(program, "-D", s.data(), "-k", s.dir, "-p", port,
		"-c", "listen_addresses=", "-c", "fsync=on", "-c", "max_connections=200",
		"-c", "shared_buffers=32MB", "-c", "deadlock_timeout=50ms", "-c", "log_min_messages=fatal")
	cmd.SysProcAttr = dieWithParent(who)
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = &s.output, &s.output
	started := make(chan error)
	go func() {
		defer close(s.exited)
		lockThread()
		err := cmd.Start()
		s.process = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	return <-started
}

// await connects until the server answers.
func (s *server) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server ended at once")
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer: %w", err)
		case <-ticker.C:
		}
	}
}

// stop ends the server by its own process id and removes its files.
func (s *server) stop() {
	_ = s.process.Signal(syscall.SIGQUIT) // at once; the files go anyway
	<-s.exited
	s.remove()
}
