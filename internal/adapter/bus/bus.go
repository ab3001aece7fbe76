// Package bus carries wake-ups: something changed, look at the database. It
// runs a NATS server inside the process, without any listener, or joins a
// cluster by URL so that several instances wake each other.
//
// It promises nothing about delivery. The database is the truth and every
// consumer also looks by itself from time to time, so losing the whole bus
// loses nothing but a little speed.
package bus

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// prefix keeps Trueward's subjects apart from others on a shared cluster.
const prefix = "trueward.wake."

// Bus publishes and receives wake-ups. It is safe for concurrent use.
type Bus struct {
	server *server.Server // nil when joined to a cluster
	conn   *nats.Conn
}

// Start runs an embedded server that only this process can reach.
func Start() (*Bus, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "trueward", DontListen: true, NoSigs: true, NoLog: true,
	})
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(5 * time.Second) {
		s.Shutdown()
		return nil, errors.New("bus: the embedded server did not start in 5 s")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s), nats.Name("trueward"))
	if err != nil {
		s.Shutdown()
		return nil, fmt.Errorf("bus: %w", err)
	}
	return &Bus{server: s, conn: conn}, nil
}

// Join connects to a cluster. It keeps trying to reconnect for ever: while the
// cluster is away, wake-ups are lost and work goes on.
func Join(url string) (*Bus, error) {
	conn, err := nats.Connect(url, nats.Name("trueward"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true))
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	return &Bus{conn: conn}, nil
}

// Wake tells everybody who listens to topic, here and on other instances. An
// error means that nobody was told.
func (b *Bus) Wake(topic string, payload []byte) error {
	return b.conn.Publish(prefix+topic, payload)
}

// Listen calls f for every wake-up of topic ("*" for all) until stop is called.
// f is called one message at a time and must not block.
func (b *Bus) Listen(topic string, f func(topic string, payload []byte)) (stop func(), err error) {
	sub, err := b.conn.Subscribe(prefix+topic, func(m *nats.Msg) {
		f(m.Subject[len(prefix):], m.Data)
	})
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	return func() { _ = sub.Unsubscribe() }, nil
}

// Flush waits until what was published has reached the server.
func (b *Bus) Flush() error { return b.conn.FlushTimeout(5 * time.Second) }

// Healthy reports whether wake-ups flow.
func (b *Bus) Healthy() bool { return b.conn.IsConnected() }

// Listeners returns the addresses the embedded server listens on: none.
func (b *Bus) Listeners() []string {
	if b.server == nil || b.server.Addr() == nil {
		return nil
	}
	return []string{b.server.Addr().String()}
}

// Close ends the connection and the embedded server.
func (b *Bus) Close() {
	b.conn.Close()
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
}
