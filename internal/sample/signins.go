package sample

import (
	"strings"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
)

// SignIn is a sample person as the greeting names them.
type SignIn struct {
	Role, Email, Name, Organisation string
}

// SignIns lists the sample's people, one line each.
func SignIns() []SignIn {
	out := make([]SignIn, len(people))
	for i, p := range people {
		words := make([]string, len(p.roles))
		for j, r := range p.roles {
			words[j] = r.Word()
		}
		out[i] = SignIn{strings.Join(words, ", "), p.email, p.name, organisationName(p.organisation)}
	}
	return out
}

func organisationName(key string) string {
	for _, list := range [][]organisation{hospitals, vendors} {
		for _, o := range list {
			if o.key == key {
				return o.name
			}
		}
	}
	return key
}

// Only reports whether every hospital and vendor of an installation is one of
// the sample's.
func Only(q store.Queries) (bool, error) {
	for _, kind := range []access.OrganisationKind{access.Hospital, access.Vendor} {
		list, err := q.Organisations(kind)
		if err != nil {
			return false, err
		}
		for _, o := range list {
			if !o.Sample {
				return false, nil
			}
		}
	}
	return true, nil
}
