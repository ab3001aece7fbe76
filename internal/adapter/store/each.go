package store

import (
	"strconv"

	"trueward/internal/domain/access"
	"trueward/internal/fault"
)

// MostAtOnce bounds what one command may be asked to do something with.
const MostAtOnce = 200

// For is the command about one of its objects: asked again it is known by that
// object, whatever became of the others.
func (c Command) For(object string) Command {
	if c.Key != "" {
		c.Key += "/" + object
	}
	return c
}

// Left is an object that a command could not be carried out on, with the
// sentence that says why.
type Left[ID ~string] struct {
	Object ID
	Why    string
}

// Outcome says what became of a command about several objects.
type Outcome[ID ~string] struct {
	Done []ID
	Left []Left[ID]
}

// Each carries out a command on several objects, each by itself and at most
// once: what is refused for one leaves the others as they are. Refusals as a
// whole: Invalid (none chosen, or more than MostAtOnce), and whatever would be
// refused for all of them alike, such as a field that was not entered or the
// question for a fresh proof. What was done until then stays done, and is not
// done again when the command comes again.
func Each[ID ~string](cmd Command, objects []ID, do func(Command, ID) error) (Outcome[ID], error) {
	var out Outcome[ID]
	if err := AtOnce(len(objects)); err != nil {
		return out, err
	}
	seen := make(map[ID]bool, len(objects))
	for _, id := range objects {
		if seen[id] {
			continue
		}
		seen[id] = true
		switch err := do(cmd.For(string(id)), id); {
		case err == nil:
			out.Done = append(out.Done, id)
		case ofOne(err):
			out.Left = append(out.Left, Left[ID]{Object: id, Why: fault.All(err)[0].Sentence})
		default:
			return out, err
		}
	}
	return out, nil
}

// AtOnce refuses to begin with no object, or with too many.
func AtOnce(n int) error {
	if n == 0 || n > MostAtOnce {
		return fault.New(fault.Invalid, "Choose 1 to "+strconv.Itoa(MostAtOnce)+" rows.")
	}
	return nil
}

// ofOne tells a refusal that concerns one object from one that concerns all.
func ofOne(err error) bool {
	all := fault.All(err)
	if len(all) == 0 || all[0].Field == access.ProofField {
		return false
	}
	switch fault.KindOf(err) {
	case fault.Conflict, fault.NotFound, fault.Forbidden:
		return true
	}
	return false
}
