// Package x12 writes ASC X12 interchanges of version 004010 with transaction
// set 810, invoice, which is a credit memo by its type.
//
// It promises: equal input gives equal bytes; no text can end an element or a
// segment, because delimiters in text are replaced; counts (SE01, CTT01, GE01,
// IEA01) and control numbers agree; what a segment cannot carry – a number that
// is too long, an amount with a third decimal – is an *Error that names the
// element, never cut off. Free text alone is shortened and written in ASCII,
// as most partners can read no more.
//
// It does not choose control numbers: they come from the caller's series. What
// partners agree on (delimiters, identifiers, qualifiers) is a Partner.
package x12
