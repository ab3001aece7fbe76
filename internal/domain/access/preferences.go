package access

// Preferences are how a person works with pages, beside their colours.
type Preferences struct {
	// KeysOff switches shortcuts of a single key off, for people whose speech
	// control or tremor would press them (WCAG 2.2, 2.1.4).
	KeysOff bool
	// LeftHanded puts what a thumb reaches for to the other side.
	LeftHanded bool
}
