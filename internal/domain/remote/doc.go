// Package remote holds what a payment service is asked for and what it holds,
// in our words: connections, operations and their journal, documents,
// payments, and what to do after each kind of answer.
//
// It promises that every function is pure (time is an argument), that nothing
// that is sent tells of a patient, and that amounts are the service's own
// smallest units, made from ours in one place. It does not talk to anybody.
package remote
