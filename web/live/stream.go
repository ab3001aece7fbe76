package live

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/web/route"
)

// Path is where pages listen.
const Path = "/live"

const (
	// heartbeat is how often a quiet stream shows that it lives; pages take
	// 50 s of silence for a lost connection.
	heartbeat = 20 * time.Second
	// lifetime ends a stream, so that a person who was disabled or whose
	// session ran out is found out when the page connects again.
	lifetime = 5 * time.Minute
	// writeTime is how long one event may take to a page.
	writeTime = 10 * time.Second
)

// Stream serves the events of a hub.
type Stream struct {
	Hub *Hub
	// Still reports whether the actor may go on listening; it is asked at
	// every heartbeat, so a disabled person hears nothing more.
	Still func(c echo.Context, actor access.Actor) bool
}

// Routes are the URLs of the live events.
func (s Stream) Routes() []route.Route {
	return []route.Route{{
		Method: http.MethodGet, Path: Path, Name: "live", Needs: route.SignedIn,
		Tenancy: route.Organisation, Rate: route.RateProbe, Stream: true, Handler: s.serve,
	}}
}

func (s Stream) serve(c echo.Context) error {
	actor := route.Actor(c)
	p, open := s.Hub.join(actor)
	if !open {
		return c.NoContent(http.StatusServiceUnavailable)
	}
	defer s.Hub.leave(p)
	w := writer{c.Response(), http.NewResponseController(c.Response())}
	w.start()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	end := time.NewTimer(lifetime)
	defer end.Stop()
	err := w.send("heartbeat", "")
	for err == nil {
		select {
		case e, more := <-p.events:
			if !more {
				return nil
			}
			err = s.pass(w, p, e)
		case <-beat.C:
			if !s.Still(c, actor) {
				return nil
			}
			err = w.send("heartbeat", "")
		case <-end.C:
			return nil
		case <-c.Request().Context().Done():
			return nil
		}
	}
	return nil // the page went away
}

func (s Stream) pass(w writer, p *page, e store.Event) error {
	if s.Hub.takeMissed(p) {
		if err := w.send("everything", ""); err != nil {
			return err
		}
	}
	return w.send(e.Kind, e.Subject)
}

// writer writes server-sent events (WHATWG HTML, 9.2).
type writer struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w writer) start() {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
}

// send writes one event. kind and subject are words and ids of ours and hold
// no line breaks.
func (w writer) send(kind, subject string) error {
	if err := w.control.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", kind, subject); err != nil {
		return err
	}
	return w.control.Flush()
}
