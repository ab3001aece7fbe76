package fake

import (
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// form is the flat form of a request: "metadata[invoice]" is a key.
type form map[string]string

// parseForm reads body and query. A key that comes twice is refused.
func parseForm(body, query string) (form, error) {
	f := form{}
	for _, text := range []string{body, query} {
		values, err := url.ParseQuery(text)
		if err != nil {
			return nil, err
		}
		for key, v := range values {
			f[key] = v[len(v)-1]
		}
	}
	return f, nil
}

func (f form) text(key string) string { return f[key] }

func (f form) has(key string) bool { _, there := f[key]; return there }

func (f form) number(key string) (int64, bool) {
	n, err := strconv.ParseInt(f[key], 10, 64)
	return n, err == nil
}

func (f form) bool(key string) bool { return f[key] == "true" }

// under returns what stands under a key: metadata[x] gives x.
func (f form) under(key string) map[string]string {
	out := map[string]string{}
	for k, v := range f {
		if rest, found := strings.CutPrefix(k, key+"["); found {
			if name, end := strings.CutSuffix(rest, "]"); end && !strings.Contains(name, "[") {
				out[name] = v
			}
		}
	}
	return out
}

// items splits an array of objects, lines[0][amount] …, into forms.
func (f form) items(key string) []form {
	byIndex := map[int]form{}
	for k, v := range f {
		rest, found := strings.CutPrefix(k, key+"[")
		if !found {
			continue
		}
		index, rest, found := strings.Cut(rest, "]")
		n, err := strconv.Atoi(index)
		if !found || err != nil {
			continue
		}
		if byIndex[n] == nil {
			byIndex[n] = form{}
		}
		// "[tax_amounts][0][amount]" → "tax_amounts[0][amount]"
		name, tail, _ := strings.Cut(strings.TrimPrefix(rest, "["), "]")
		byIndex[n][name+tail] = v
	}
	indices := make([]int, 0, len(byIndex))
	for n := range byIndex {
		indices = append(indices, n)
	}
	sort.Ints(indices)
	out := make([]form, len(indices))
	for i, n := range indices {
		out[i] = byIndex[n]
	}
	return out
}

// created reports whether an instant lies in the created range asked for.
func (f form) created(at int64) bool {
	if n, given := f.number("created[gte]"); given && at < n {
		return false
	}
	if n, given := f.number("created[lte]"); given && at > n {
		return false
	}
	if n, given := f.number("created[lt]"); given && at >= n {
		return false
	}
	return true
}
