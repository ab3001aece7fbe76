// Package ui holds the components that every screen is composed of. A component
// is a pure function of its props: it fetches nothing, keeps nothing and knows no
// clock. It promises valid, accessible HTML that works without scripts and under
// a policy that forbids inline script and style; it does not decide what a value
// means – the caller brings the tone, the words and the links.
package ui

// Tone is the kind of a message: it sets border, tint and icon together.
type Tone string

// The tones. Good is kept for a server-verified Genuine with May be used, and
// for plain confirmations of what the person just did.
const (
	Good Tone = "good"
	Warn Tone = "warn"
	Stop Tone = "stop"
	Info Tone = "info"
	Calm Tone = "calm"
)

// class returns the style class of a tone; an unknown tone is calm.
func (t Tone) class() string {
	switch t {
	case Good, Warn, Stop, Info:
		return "tone-" + string(t)
	}
	return "tone-calm"
}

// icon returns the icon that goes with a tone, so that it never hangs on colour.
func (t Tone) icon() string {
	switch t {
	case Good:
		return "check"
	case Warn:
		return "warning"
	case Stop:
		return "stop"
	case Info:
		return "info"
	}
	return "dot"
}
