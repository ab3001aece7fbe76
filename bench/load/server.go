package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// profileEnv names a file for the processor profile of our server's last cell.
const profileEnv = "TRUEWARD_BENCH_PROFILE"

// serve runs the product until it is told to stop: the child of a cell.
func serve(folder, address string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if path := os.Getenv(profileEnv); path != "" {
		file, err := os.Create(path)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	p, err := open(ctx, folder, "")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return errors.Join(err, p.Close())
	}
	worked := make(chan struct{})
	go func() { defer close(worked); p.Run(ctx) }()
	server := p.Web.HTTP()
	go func() {
		<-ctx.Done()
		p.EndStreams()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-worked
	return p.Close()
}

// process is a server under measurement.
type process struct {
	cmd     *exec.Cmd
	address string
	folder  string // its copy of the data, removed when it stops
	// startedIn is the time from the start of the program to its first 200.
	startedIn time.Duration
}

// launch copies the data, if any is named, and starts a program on the copy;
// args may hold DIR and ADDRESS.
func launch(data, health, program string, args ...string) (*process, error) {
	beside := ""
	if data != "" {
		beside = filepath.Dir(data)
	}
	folder, err := os.MkdirTemp(beside, "cell-")
	if err != nil {
		return nil, err
	}
	p := &process{folder: folder}
	if data != "" {
		if err := copyFiles(data, filepath.Join(folder, "data")); err != nil {
			return nil, errors.Join(err, p.stop())
		}
	}
	if p.address, err = freeAddress(); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	replace := strings.NewReplacer("DIR", filepath.Join(folder, "data"), "ADDRESS", p.address)
	for i := range args {
		args[i] = replace.Replace(args[i])
	}
	p.cmd = exec.Command(program, args...)
	p.cmd.Stderr = os.Stderr
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	if err := p.await(health); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	p.startedIn = time.Since(began)
	return p, nil
}

// copyFiles copies a folder's files for their owner alone, as the product keeps
// its own.
func copyFiles(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	for _, e := range entries {
		source, target := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		if e.IsDir() {
			err = copyFiles(source, target)
		} else {
			err = copyFile(source, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// await asks until the server answers 200.
func (p *process) await(path string) error {
	client := http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		response, err := client.Get("http://" + p.address + path)
		if err != nil {
			continue
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("%s does not answer", filepath.Base(p.cmd.Path))
}

func (p *process) stop() error {
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		_ = p.cmd.Wait()
	}
	return os.RemoveAll(p.folder)
}

// cpu is the processor time the server has used (proc_pid_stat(5), fields 14
// and 15, in hundredths of a second).
func (p *process) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory is a figure of proc_pid_status(5) in MB: VmRSS, or VmHWM for the peak.
func (p *process) memory(what string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), what+":")
	kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kb / 1024
}
