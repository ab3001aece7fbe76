package simtag

// card is what the tag remembers within one field.
type card struct{}
