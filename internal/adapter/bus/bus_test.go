package bus_test

import (
	"fmt"
	"testing"
	"time"

	"trueward/internal/adapter/bus"
)

func start(t *testing.T) *bus.Bus {
	t.Helper()
	b, err := bus.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func TestWakeReachesListenersOfTheTopic(t *testing.T) {
	b := start(t)
	got := make(chan string, 8)
	for _, topic := range []string{"unit", "*"} {
		stop, err := b.Listen(topic, func(topic string, payload []byte) {
			got <- fmt.Sprintf("%s=%s", topic, payload)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	if err := b.Wake("unit", []byte("u1")); err != nil {
		t.Fatal(err)
	}
	if err := b.Wake("invoice", []byte("i1")); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for range 3 {
		select {
		case m := <-got:
			seen[m]++
		case <-time.After(10 * time.Second):
			t.Fatalf("only %v arrived", seen)
		}
	}
	if seen["unit=u1"] != 2 || seen["invoice=i1"] != 1 {
		t.Errorf("got %v", seen)
	}
}

func TestEmbeddedServerHasNoListener(t *testing.T) {
	b := start(t)
	if got := b.Listeners(); len(got) != 0 {
		t.Errorf("the embedded server listens on %v", got)
	}
	if !b.Healthy() {
		t.Error("not healthy after the start")
	}
}

func TestWakeAfterCloseIsAnErrorAndNoPanic(t *testing.T) {
	b, err := bus.Start()
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	if err := b.Wake("unit", nil); err == nil {
		t.Error("a closed bus took a wake-up")
	}
}
