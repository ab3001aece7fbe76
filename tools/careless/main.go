// Command careless runs gosec's rules over packages and prints what they find;
// it ends with exit code 1 then.
//
//	careless [-exclude G115,G304] PATTERN…
//
// gosec's own command loads each package with the sources of all its
// dependencies, the embedded database's among them, once for each package: for
// this repository that takes longer than half an hour. Here all packages are
// loaded once, and of their dependencies only the types. Tests and generated
// files are left out, and what is of low severity or confidence.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/securego/gosec/v2"
	"github.com/securego/gosec/v2/issue"
	"github.com/securego/gosec/v2/rules"
	"golang.org/x/tools/go/packages"
)

func main() {
	exclude := flag.String("exclude", "", "rules to leave out, with commas between")
	flag.Parse()
	found, err := look(strings.Split(*exclude, ","), flag.Args())
	for _, i := range found {
		fmt.Printf("%s:%s: %s: %s (severity %s, confidence %s)\n", i.File, i.Line, i.RuleID, i.What, i.Severity, i.Confidence)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "careless:", err)
	}
	if err != nil || len(found) > 0 {
		os.Exit(1)
	}
}

// look returns what the rules find in packages, each of which must compile.
func look(exclude, patterns []string) ([]*issue.Issue, error) {
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedTypesSizes | packages.NeedTypesInfo | packages.NeedSyntax | packages.NeedModule,
	}, patterns...)
	if err != nil {
		return nil, err
	}
	if len(loaded) == 0 || packages.PrintErrors(loaded) > 0 {
		return nil, errors.New("not all packages could be read")
	}
	const tests, generated, suppressed = false, true, false
	analyzer := gosec.NewAnalyzer(gosec.NewConfig(), tests, generated, suppressed, 1, log.New(io.Discard, "", 0))
	analyzer.LoadRules(rules.Generate(suppressed, rules.NewRuleFilter(true, exclude...)).RulesInfo())
	for _, p := range loaded {
		analyzer.CheckRules(p)
		analyzer.CheckAnalyzers(p)
	}
	all, metrics, failed := analyzer.Report()
	if len(failed) > 0 {
		return nil, fmt.Errorf("%d files could not be looked at", len(failed))
	}
	fmt.Fprintf(os.Stderr, "careless: %d packages, %d files\n", len(loaded), metrics.NumFiles)
	left := map[string]bool{}
	for _, id := range exclude { // the analyzers know no filter
		left[id] = true
	}
	var found []*issue.Issue
	for _, i := range all {
		if i.Severity >= issue.Medium && i.Confidence >= issue.Medium && !left[i.RuleID] {
			found = append(found, i)
		}
	}
	return found, nil
}
