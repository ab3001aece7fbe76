package carrier

import (
	"bytes"
	"errors"
	"io"
	"time"
)

const (
	workers   = 2
	batches   = 3 * workers
	batchSize = 64 << 10
)

// batch is a run of whole lines on their way from reading to writing.
type batch struct {
	in    []byte // whole lines
	out   []byte // their JSON
	valid bool
	done  chan struct{}
}

// InspectLines inspects each line of r and writes one JSON object a line to w,
// in the same order. Lines are worked on as soon as they arrive, by two
// goroutines, in constant memory: at most batches × batchSize and their output.
// A line longer than MaxScan is answered with CodeOversize and its beginning.
//
// allValid says whether every line was valid. err is the first error of r other
// than io.EOF, or of w; what was read before an error of r is still written.
func InspectLines(r io.Reader, w io.Writer, now time.Time) (allValid bool, err error) {
	free := make(chan *batch, batches)
	order := make(chan *batch, batches)
	work := make(chan *batch, batches)
	for range batches {
		free <- &batch{in: make([]byte, 0, batchSize+2*MaxScan), done: make(chan struct{}, 1)}
	}
	for range workers {
		go inspectBatches(work, now)
	}
	written := make(chan error, 1)
	stopped := make(chan struct{})
	allValid = true
	go func() { written <- writeBatches(w, order, free, stopped, &allValid) }()

	readErr := readBatches(r, free, stopped, func(b *batch) {
		work <- b
		order <- b
	})
	close(work)
	close(order)
	if err := <-written; err != nil {
		return false, err
	}
	return allValid, readErr
}

func inspectBatches(work <-chan *batch, now time.Time) {
	var i Inspection
	for b := range work {
		b.out, b.valid = b.out[:0], true
		for rest := b.in; len(rest) > 0; {
			line := rest
			if end := bytes.IndexByte(rest, '\n'); end >= 0 {
				line, rest = rest[:end], rest[end+1:]
			} else {
				rest = nil
			}
			i.fill(string(line), now)
			b.valid = b.valid && i.Valid
			b.out = append(i.AppendJSON(b.out), '\n')
		}
		b.done <- struct{}{}
	}
}

// writeBatches writes in the order of reading. After an error it tells the
// reader to stop and only waits for what is under way.
func writeBatches(w io.Writer, order <-chan *batch, free chan<- *batch, stopped chan<- struct{}, allValid *bool) error {
	var failed error
	for b := range order {
		<-b.done
		*allValid = *allValid && b.valid
		if failed == nil {
			if _, failed = w.Write(b.out); failed != nil {
				close(stopped)
			}
		}
		free <- b
	}
	return failed
}

// readBatches cuts the input into runs of whole lines. The unfinished line at
// the end of each goes to the next.
func readBatches(r io.Reader, free <-chan *batch, stopped <-chan struct{}, send func(*batch)) error {
	held := make([]byte, 0, MaxScan+1)
	for {
		var b *batch
		select {
		case <-stopped:
			return nil
		case b = <-free:
		}
		b.in = append(b.in[:0], held...)
		end, err := readLines(r, b)
		held = append(held[:0], capped(b.in[end:])...)
		b.in = b.in[:end]
		send(b)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLines reads until the batch holds a whole line, and returns the end of
// its last one. At the end of the input all of it is whole.
func readLines(r io.Reader, b *batch) (end int, err error) {
	for {
		from := len(b.in)
		n, err := r.Read(b.in[from : from+batchSize])
		b.in = b.in[:from+n]
		if err != nil {
			return len(b.in), err
		}
		if end := bytes.LastIndexByte(b.in[from:], '\n') + 1; end > 0 {
			return from + end, nil
		}
		b.in = capped(b.in)
	}
}

// capped keeps of an unfinished line no more than shows that it is too long.
func capped(line []byte) []byte {
	return line[:min(len(line), MaxScan+1)]
}
