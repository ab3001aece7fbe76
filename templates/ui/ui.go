// Package ui holds the components that every screen is composed of. A component
// is a pure function of its props: it fetches nothing, keeps nothing and knows no
// clock. It promises valid, accessible HTML that works without scripts and under
// a policy that forbids inline script and style; it does not decide what a value
// means – the caller brings the tone, the words and the links.
package ui

// Tone is the kind of a message: it sets border, tint and icon together.
type Tone string

// The tones a caller may choose. Green is none of them: it belongs to a
// server-verified Genuine that may be used, and only CheckProps gives it. Done
// confirms what a person did, in the colour of the house.
const (
	good Tone = "good"
	Done Tone = "done"
	Warn Tone = "warn"
	Stop Tone = "stop"
	Info Tone = "info"
	Calm Tone = "calm"
)

// class returns the style class of a tone; an unknown tone is calm.
func (t Tone) class() string {
	switch t {
	case good, Done, Warn, Stop, Info:
		return "tone-" + string(t)
	}
	return "tone-calm"
}

// icon returns the icon that goes with a tone, so that it never hangs on colour.
func (t Tone) icon() string {
	switch t {
	case good, Done:
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
