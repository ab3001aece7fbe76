package crawl_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"trueward/web/route"
)

const listFile = "../../docs/routes.md"

// docs/routes.md is the registry in words. TRUEWARD_UPDATE=1 writes it anew.
func TestRoutesAreListed(t *testing.T) {
	want := listed(open(t, nil).routes)
	if os.Getenv("TRUEWARD_UPDATE") == "1" {
		check(t, os.WriteFile(listFile, []byte(want), 0o644))
	}
	got, err := os.ReadFile(listFile)
	check(t, err)
	if string(got) != want {
		t.Error("docs/routes.md does not list the routes as they are; run this test with TRUEWARD_UPDATE=1")
	}
}

func listed(routes []route.Route) string {
	var b strings.Builder
	b.WriteString(`# Every URL of the product

Made from the registry by tests/crawl; the mux is built from the same list, so what is not here does not exist.
"Needs" is the verb a caller's roles must include, "whose rows" the tenancy (web/route). A changing route takes an
idempotency_key besides its parameters, unless it is marked "no key".

| method | path | name | needs | whose rows | changes | parameters |
|---|---|---|---|---|---|---|
`)
	for _, r := range routes {
		changes := ""
		switch {
		case r.ChangesState && r.Keyless:
			changes = "yes, no key"
		case r.ChangesState:
			changes = "yes"
		}
		var params []string
		for _, p := range r.Params {
			params = append(params, fmt.Sprintf("%s %s: %s", p.In, p.Name, strings.ReplaceAll(p.Type.String(), "|", " / ")))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", r.Method, r.Path, r.Name, r.Needs, r.Tenancy, changes, strings.Join(params, "; "))
	}
	return b.String()
}
