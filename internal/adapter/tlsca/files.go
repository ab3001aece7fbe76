package tlsca

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"

	"trueward/internal/clock"
	"trueward/internal/fault"
)

// lookEvery is how often files are looked at for a renewed certificate.
const lookEvery = time.Minute

// Files serves a certificate from two PEM files, and a renewed one without a
// restart. It is safe for concurrent use.
type Files struct {
	cert, key string
	clock     clock.Clock
	log       *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	looked time.Time
	stamp  [2]time.Time // when the files of pair were written
}

// Read opens the files; both must be there and belong together.
func Read(cert, key string, c clock.Clock, log *slog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, clock: c, log: log}
	if err := f.load(); err != nil {
		return nil, fault.Wrap(fault.Invalid, "The certificate or its key cannot be read. Both are PEM files that belong together.", err)
	}
	f.looked = c.Now()
	return f, nil
}

// Certificate is the GetCertificate of a tls.Config. A pair that does not load
// is not taken over: the one in use goes on.
func (f *Files) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.clock.Now(); now.Sub(f.looked) >= lookEvery {
		f.looked = now
		if stamp := f.written(); stamp != f.stamp {
			if err := f.load(); err != nil {
				f.log.Warn("the renewed certificate cannot be read; the former one stays in use", slog.String("error", err.Error()))
			}
		}
	}
	return f.pair, nil
}

func (f *Files) load() error {
	stamp := f.written()
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.pair, f.stamp = &pair, stamp
	return nil
}

// written tells when each file was written; zero for one that is away.
func (f *Files) written() (out [2]time.Time) {
	for i, path := range []string{f.cert, f.key} {
		if info, err := os.Stat(path); err == nil {
			out[i] = info.ModTime()
		}
	}
	return out
}
