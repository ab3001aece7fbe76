package product

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trueward/internal/app/signin"
	"trueward/web/route"
)

// TestRoutesArePutDown keeps docs/routes.md the registry in words.
// TRUEWARD_UPDATE=1 writes it anew.
func TestRoutesArePutDown(t *testing.T) {
	cfg := In(t.TempDir())
	cfg.Log, cfg.Strength = slog.New(slog.DiscardHandler), signin.Strength{MemoryKiB: 64, Iterations: 1, Lanes: 1, AtOnce: 1, Waiting: 1}
	p, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	want, file := routesPage(p.Web.Routes()), filepath.Join("..", "..", "..", "docs", "routes.md")
	if os.Getenv("TRUEWARD_UPDATE") == "1" {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("docs/routes.md is not the registry any more (%v). Write it anew: TRUEWARD_UPDATE=1 go test ./cmd/trueward/product -run Routes", err)
	}
	if strings.Count(want, "\n| GET `/system`") != 1 {
		t.Error("the list has no line for /system: it would miss others too")
	}
}

func routesPage(routes []route.Route) string {
	var b strings.Builder
	b.WriteString("# Routes\n\nEvery URL of the product, as the registry (`web/routes.go`) declares it; a test keeps this page so. *Who* is the verb that a caller's roles must give (`internal/domain/access`), *whose* the rows that may be shown or changed. What is not declared here, parameters included, is refused before anything is read.\n\n")
	b.WriteString("| route | who | whose | changes | parameters |\n|---|---|---|---|---|\n")
	for _, r := range routes {
		changes := ""
		if r.ChangesState {
			changes = "yes"
		}
		params := make([]string, len(r.Params))
		for i, p := range r.Params {
			params[i] = fmt.Sprintf("%s %s %s", p.In, p.Name, strings.ReplaceAll(p.Type.String(), "|", "\\|"))
			if p.Many {
				params[i] += " (many)"
			}
		}
		fmt.Fprintf(&b, "| %s `%s` | %s | %s | %s | %s |\n", r.Method, r.Path, r.Needs, r.Tenancy, changes, strings.Join(params, "; "))
	}
	return b.String()
}
