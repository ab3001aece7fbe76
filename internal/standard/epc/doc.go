// Package epc reads and writes Electronic Product Codes as the GS1 EPC Tag
// Data Standard (TDS) 2.3 lays them out in the EPC bank of a UHF tag, from bit
// 20h on.
//
// It promises: every classic binary scheme (header 2Ch to 41h), every "+"
// scheme of TDS 2.0 and every "++" scheme of TDS 2.3, in both directions
// between hexadecimal digits, EPC Tag URI, EPC pure identity URI, GS1 element
// string and GS1 Digital Link, as far as a scheme has these forms. A Tag that
// this package returned without an error can be written in each of its forms
// again. Nothing is guessed: a value out of range, a reserved bit that is set,
// a partition 7 or a character outside the alphabet is an Error with a code,
// a field and an offset, and never comes with half a Tag.
//
// It does not promise that a tag is what it says: anybody can write an EPC.
// It does not know the length of a company prefix that is not in the input
// (element strings, Digital Links and "+" schemes do not carry it), does not
// decode the AIDC data that may follow a "+" scheme but reports that it is
// there, and never fetches or trusts a host name.
package epc
