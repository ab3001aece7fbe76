package oidc

import "errors"

// What an answer gets wrong beside its signature and times.
var (
	errState   = errors.New("the answer is to another question")
	errIssuer  = errors.New("the answer is another issuer's")
	errNonce   = errors.New("the token is an answer to another question")
	errSubject = errors.New("the answer speaks of nobody, or of two")
	errKind    = errors.New("the token is of another kind")
	errStale   = errors.New("nothing says that they proved themself anew")
	errEnd     = errors.New("the notice ends nothing, or is not of now")
	errParty   = errors.New("the token is for another client")
)
