// Package fault is the product's one error vocabulary: a kind that a program
// may switch on, and a sentence that a person may read.
//
// A refusal is made where it is understood, worded once, and translated to a
// transport (HTTP status, exit code) at the edge alone. An error without a
// fault in its chain is unclassified: the edge shows a reference number for it
// and nothing else, because its text may hold SQL, paths or secrets.
package fault

import (
	"errors"
	"fmt"
)

// Kind names the class of a refusal. The set is closed.
type Kind string

// The kinds of refusal.
const (
	// Internal is the kind of every error that carries no fault.
	Internal Kind = "internal"
	// Invalid means the input cannot be understood or breaks a rule of form.
	Invalid Kind = "invalid"
	// Unauthenticated means nobody is signed in, or the proof was wrong.
	Unauthenticated Kind = "unauthenticated"
	// Forbidden means the person is known and may not do this.
	Forbidden Kind = "forbidden"
	// NotFound means absent or foreign: the two are never told apart.
	NotFound Kind = "not_found"
	// Conflict means the state of the thing does not allow it (any more).
	Conflict Kind = "conflict"
	// Mismatch means an idempotency key came back with another body.
	Mismatch Kind = "mismatch"
	// TooLarge means the input is over its declared bound.
	TooLarge Kind = "too_large"
	// RateLimited means too many tries in too short a time.
	RateLimited Kind = "rate_limited"
	// Unavailable means a needed part is busy, full or away; trying later helps.
	Unavailable Kind = "unavailable"
)

// Error is a refusal: its kind, the field it concerns (empty for none) and a
// sentence for the person. The cause, if any, is for the log only.
type Error struct {
	Kind     Kind
	Field    string
	Sentence string
	Cause    error
}

// Error returns kind and sentence; the cause is left out on purpose, so that
// printing a fault never prints what is under it.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Sentence }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a refusal. The sentence says what happened and what to do.
func New(kind Kind, sentence string) *Error {
	return &Error{Kind: kind, Sentence: sentence}
}

// Newf is New with a formatted sentence.
func Newf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Sentence: fmt.Sprintf(format, args...)}
}

// At makes an Invalid refusal that concerns one input field.
func At(field, sentence string) *Error {
	return &Error{Kind: Invalid, Field: field, Sentence: sentence}
}

// Wrap makes a refusal that keeps its cause for the log.
func Wrap(kind Kind, sentence string, cause error) *Error {
	return &Error{Kind: kind, Sentence: sentence, Cause: cause}
}

// KindOf returns the kind of the first fault in err's chain: Internal when
// there is none, and the empty kind for a nil error.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Kind
	}
	return Internal
}

// Is reports whether err's fault is of the kind.
func Is(err error, kind Kind) bool { return KindOf(err) == kind }

// Refusals collects refusals of several fields, so that a person sees all of
// them at once. Its zero value is ready.
type Refusals []*Error

// At adds a refusal for a field.
func (r *Refusals) At(field, sentence string) { *r = append(*r, At(field, sentence)) }

// Err returns nil when nothing was refused, else an error whose chain holds
// every refusal; the first decides KindOf.
func (r Refusals) Err() error {
	if len(r) == 0 {
		return nil
	}
	errs := make([]error, len(r))
	for i, e := range r {
		errs[i] = e
	}
	return errors.Join(errs...)
}

// Sentence returns what people read about a failure: the sentence of its
// refusal, and otherwise for any other error, whose inside is not theirs.
func Sentence(err error, otherwise string) string {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Sentence
	}
	return otherwise
}

// All returns every fault in err's chain, in order.
func All(err error) []*Error {
	switch e := err.(type) {
	case nil:
		return nil
	case *Error:
		return []*Error{e}
	case interface{ Unwrap() []error }:
		var out []*Error
		for _, inner := range e.Unwrap() {
			out = append(out, All(inner)...)
		}
		return out
	case interface{ Unwrap() error }:
		return All(e.Unwrap())
	}
	return nil
}
