package replica

import (
	"context"
	"log/slog"
)

// trouble passes on what Litestream warns of, as one message of ours; its
// everyday lines say nothing that the gauge does not.
type trouble struct{ Log *slog.Logger }

// Enabled implements slog.Handler.
func (trouble) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle implements slog.Handler.
func (t trouble) Handle(_ context.Context, r slog.Record) error {
	cause := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" {
			cause += ": " + a.Value.String()
		}
		return true
	})
	t.Log.Warn("the replica is behind for a while", "cause", cause)
	return nil
}

// WithAttrs implements slog.Handler.
func (t trouble) WithAttrs([]slog.Attr) slog.Handler { return t }

// WithGroup implements slog.Handler.
func (t trouble) WithGroup(string) slog.Handler { return t }
