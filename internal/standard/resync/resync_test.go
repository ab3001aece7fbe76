package resync_test

import (
	"bytes"
	"slices"
	"testing"

	"trueward/internal/standard/resync"
)

// split knows frames "<n..." where n is a digit that counts the bytes behind it.
func split(b []byte) int {
	switch {
	case b[0] != '<':
		return resync.Bad
	case len(b) < 2:
		return 0
	case b[1] < '0' || b[1] > '9':
		return resync.Bad
	case len(b) < 2+int(b[1]-'0'):
		return 0
	}
	return 2 + int(b[1]-'0')
}

func feed(chunks ...string) ([]string, *resync.Buffer) {
	b := resync.New(11, split)
	var frames []string
	for _, c := range chunks {
		b.Feed([]byte(c), func(f []byte) { frames = append(frames, string(f)) })
	}
	return frames, b
}

func TestFramesAmongNoise(t *testing.T) {
	frames, b := feed("noise<3abc<x<0<9long<1z.")
	if want := []string{"<3abc", "<0"}; !slices.Equal(frames, want) {
		t.Errorf("got %q, want %q", frames, want)
	}
	if b.Dropped() != 7 || b.Pending() != 10 {
		t.Errorf("dropped %d, pending %d", b.Dropped(), b.Pending())
	}
	// The begun frame of nine never ends; the one inside it was whole.
	b.Idle(func(f []byte) { frames = append(frames, string(f)) })
	if got := frames[len(frames)-1]; got != "<1z" || b.Pending() != 0 {
		t.Errorf("after idling: %q, pending %d", got, b.Pending())
	}
	if b.Frames() != 3 {
		t.Errorf("%d frames counted", b.Frames())
	}
}

func TestSameFramesForEverySplit(t *testing.T) {
	const text = "..<3a<c<2<0<<1x<9123456789 <"
	whole, _ := feed(text)
	if len(whole) != 4 {
		t.Fatalf("%q", whole)
	}
	for i := range text {
		for j := i; j < len(text); j++ {
			if got, _ := feed(text[:i], text[i:j], text[j:]); !slices.Equal(got, whole) {
				t.Fatalf("cut at %d and %d: %q", i, j, got)
			}
		}
	}
}

// TestUndecidedSplitIsBounded: a split that always asks for more must not grow
// the buffer nor stop the line.
func TestUndecidedSplitIsBounded(t *testing.T) {
	b := resync.New(8, func([]byte) int { return 0 })
	b.Feed(bytes.Repeat([]byte{1}, 1000), func([]byte) { t.Error("no frame was there") })
	if b.Pending() >= 8 || b.Dropped() < 990 {
		t.Errorf("pending %d, dropped %d", b.Pending(), b.Dropped())
	}
}
