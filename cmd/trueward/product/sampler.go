package product

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"sync"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/internal/sample"
	"trueward/web/system"
)

// sampler loads sample data into a running installation, once at a time. Its
// state is this process's own: after a restart nothing of it is left but what
// was loaded.
type sampler struct {
	asked chan string // where taps lead to; room for one
	mu    sync.Mutex
	state system.SampleState
}

func newSampler() *sampler { return &sampler{asked: make(chan string, 1)} }

// Start implements system.Sampler: Run takes the request up.
func (s *sampler) Start(_ context.Context, by access.PersonID, tapHost string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Running {
		return fault.New(fault.Conflict, "Sample data is being loaded already.")
	}
	s.state = system.SampleState{Started: true, Running: true, By: by, Doing: "Waiting for running work to end", Total: 1}
	s.asked <- tapHost // there is room: what ran before has taken its request
	return nil
}

// State implements system.Sampler.
func (s *sampler) State() system.SampleState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Forget implements system.Sampler.
func (s *sampler) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Password = ""
}

func (s *sampler) progress(done, total int, doing string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Done, s.state.Total, s.state.Doing = done, total, doing
}

func (s *sampler) end(password string, failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Running, s.state.Failed = false, failed
	if failed {
		return
	}
	s.state.Password = password
	for _, p := range sample.SignIns() {
		s.state.SignIns = append(s.state.SignIns, system.SignIn{Role: p.Role, Name: p.Name, Organisation: p.Organisation, Email: p.Email})
	}
}

// loadAsked tells the sample's story. The workers stand still meanwhile: they
// live in the present, and would take up the story's work at the wrong time.
func (p *Product) loadAsked(ctx context.Context, tapHost string) {
	password := freshPassword()
	err := p.LoadSample(ctx, password, tapHost, p.sampler.progress)
	if err != nil {
		p.Log.Error("sample data was not loaded completely", slog.String("error", err.Error()))
	} else {
		p.Log.Info("sample data loaded")
	}
	p.sampler.end(password, err != nil)
}

// freshPassword is 80 random bits in groups that can be read out.
func freshPassword() string {
	text := strings.ToLower(rand.Text())[:16]
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}
