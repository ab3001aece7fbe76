package frame

import (
	"trueward/internal/domain/access"
	"trueward/internal/fault"
	"trueward/templates/ui"
)

// Shown reports whether an error is a refusal to be worded on the page the
// person is on, rather than on a page of its own.
func Shown(err error) bool {
	return err != nil && !asksProof(err) && fault.KindOf(err) != fault.Internal && len(fault.All(err)) > 0
}

// AtFields reports whether an error is a refusal that names fields of a form:
// the form is shown again with what was entered.
func AtFields(err error) bool {
	if asksProof(err) {
		return false
	}
	for _, f := range fault.All(err) {
		if f.Kind == fault.Invalid && f.Field != "" {
			return true
		}
	}
	return false
}

// asksProof reports whether a refusal is the question for a fresh proof, which
// the server answers by a page of its own and no form can.
func asksProof(err error) bool {
	for _, f := range fault.All(err) {
		if f.Field == access.ProofField {
			return true
		}
	}
	return false
}

// Fields returns the sentences of a refusal by field, and the summary that
// stands above the form.
func Fields(err error) (map[string]string, []ui.FieldError) {
	at := map[string]string{}
	var summary []ui.FieldError
	for _, f := range fault.All(err) {
		if f.Field != "" {
			at[f.Field] = f.Sentence
		}
		summary = append(summary, ui.FieldError{FieldID: f.Field, Text: f.Sentence})
	}
	return at, summary
}
