// Package gs1 reads and writes GS1 application identifier data: element strings
// (raw with FNC1, bracketed, behind a symbology identifier) and GS1 Digital
// Link URIs, after the GS1 General Specifications and the GS1 Digital Link
// standard. Which AIs exist and what they demand comes from the GS1 Barcode
// Syntax Dictionary (see NOTICE).
//
// It promises that every [Message] it returns is valid as a whole: known AIs,
// formats, check digits, code lists, required and excluded companions. It
// never guesses: text that lost its separators is refused, and [Splits] lists
// what it may have been. No panic, no partial result beside an error, bounded
// input ([MaxScan], [MaxQuery]), no value in an error text.
//
// It does not look up company prefixes, does not fetch or trust the host of a
// link, and cannot know whether a product exists. Where a century must be
// chosen, the reference time is an argument.
package gs1

//go:generate go run ./gen -dictionary gs1-syntax-dictionary.txt -out aitable.go
