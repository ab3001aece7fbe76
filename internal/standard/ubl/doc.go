// Package ubl writes invoices and credit notes as UBL 2.1 in the way of Peppol
// BIS Billing 3.0, and checks such documents by the rules that receivers
// refuse by.
//
// It promises: equal documents give equal bytes; Write returns bytes only when
// every rule of Rules holds, else an *Error that names each broken rule by the
// id of its authority (EN 16931: "BR-CO-16"; OpenPeppol:
// "PEPPOL-EN16931-R120"). Check answers the same for anybody's document.
//
// It does not promise the rules of every country, and not those code lists
// that this package never writes from (units, reason codes): the judges of the
// test suite hold those. It does not send, sign or read invoices into another
// form, and knows no more than two decimals of an amount, as the standard: an
// amount in a currency of three is written when its last digit is zero and
// refused by BR-DEC otherwise.
package ubl
