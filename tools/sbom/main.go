// Command sbom writes the bill of materials of a built program as CycloneDX 1.6
// JSON, from what the Go linker put into it, and of the browser libraries that
// are embedded in it. With -check it holds a bill against a program instead and
// names what is missing or too much.
//
//	sbom PROGRAM >sbom.cdx.json
//	sbom -check sbom.cdx.json PROGRAM
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// bill is the part of CycloneDX 1.6 that is filled here
// (https://cyclonedx.org/docs/1.6/json/).
type bill struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Ref        string     `json:"bom-ref,omitempty"`
	Name       string     `json:"name"`
	Version    string     `json:"version,omitempty"`
	PURL       string     `json:"purl,omitempty"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func main() {
	check := flag.String("check", "", "bill of materials to hold against the program")
	packages := flag.String("npm", "package.json", "package.json with the browser libraries")
	flag.Parse()
	if err := run(flag.Arg(0), *packages, *check, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(program, packages, check string, out io.Writer) error {
	made, err := describe(program, packages)
	if err != nil {
		return err
	}
	if check != "" {
		return compare(check, made)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(made)
}

func describe(program, packages string) (bill, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return bill{}, err
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return bill{}, err
	}
	sum := sha256.Sum256(content)
	b := bill{Format: "CycloneDX", Spec: "1.6", Version: 1}
	b.Metadata.Component = component{
		Type: "application", Ref: "program", Name: info.Main.Path, Version: info.Main.Version,
		Hashes: []hash{{"SHA-256", hex.EncodeToString(sum[:])}},
	}
	b.Components = append(b.Components, library("golang", "std", info.GoVersion, ""))
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		b.Components = append(b.Components, library("golang", module.Path, module.Version, module.Sum))
	}
	embedded, err := browserLibraries(packages)
	b.Components = append(b.Components, embedded...)
	return b, err
}

func library(ecosystem, name, version, sum string) component {
	c := component{Type: "library", Name: name, Version: version, PURL: "pkg:" + ecosystem + "/" + name + "@" + version}
	c.Ref = c.PURL
	if sum != "" {
		c.Properties = []property{{"go:sum", sum}}
	}
	return c
}

// browserLibraries are the pinned dependencies that static/vendor holds.
func browserLibraries(path string) ([]component, error) {
	content, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	var file struct {
		Dependencies map[string]string `json:"dependencies"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, err
	}
	var out []component
	for name, version := range file.Dependencies {
		out = append(out, library("npm", name, version, ""))
	}
	slices.SortFunc(out, func(a, b component) int { return strings.Compare(a.PURL, b.PURL) })
	return out, nil
}

// compare names every component that one of the two bills has alone.
func compare(path string, made bill) error {
	content, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return err
	}
	var told bill
	if err := json.Unmarshal(content, &told); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	var differences []error
	in := func(all []component, c component) bool {
		return slices.ContainsFunc(all, func(o component) bool { return o.PURL == c.PURL })
	}
	for _, c := range made.Components {
		if !in(told.Components, c) {
			differences = append(differences, fmt.Errorf("not in the bill: %s", c.PURL))
		}
	}
	for _, c := range told.Components {
		if !in(made.Components, c) {
			differences = append(differences, fmt.Errorf("not in the program: %s", c.PURL))
		}
	}
	return errors.Join(differences...)
}
