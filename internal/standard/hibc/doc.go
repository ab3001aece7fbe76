// Package hibc reads and writes labels of the Health Industry Bar Code supplier
// standard (ANSI/HIBC 2): primary data, secondary data, both in one symbol, with
// check and link characters and every form of date.
//
// It promises that a [Message] it returns has the right check character and only
// possible dates. No panic, no partial result beside an error, bounded input, no
// value in an error text.
//
// The standard's text was not at hand: the rules are those of public
// descriptions and are confirmed by published examples only. Fields that those
// do not describe are refused, not skipped. The package knows no assignments of
// labeler codes. Two-digit years become dates only with a reference time.
package hibc
