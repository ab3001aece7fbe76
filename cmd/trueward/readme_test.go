package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

const (
	tableBegins = "<!-- configuration: begin -->\n"
	tableEnds   = "<!-- configuration: end -->\n"
)

// TestConfigurationTable keeps the README's table the command line's own
// model. TRUEWARD_UPDATE=1 writes it anew.
func TestConfigurationTable(t *testing.T) {
	file := filepath.Join("..", "..", "README.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(text), tableBegins)
	got, after, closed := strings.Cut(rest, tableEnds)
	if !opened || !closed {
		t.Fatal("README.md has no place for the configuration table")
	}
	want := configurationTable(t)
	if os.Getenv("TRUEWARD_UPDATE") == "1" {
		if err := os.WriteFile(file, []byte(before+tableBegins+want+tableEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
		got = want
	}
	if got != want {
		t.Errorf("the table is not the command line's any more. Write it anew: TRUEWARD_UPDATE=1 go test ./cmd/trueward -run Configuration\n%s", want)
	}
	for _, flag := range []string{"--data", "--database", "--listen", "--proxy", "--log-level"} {
		if !strings.Contains(want, "| `"+flag) {
			t.Errorf("the table would miss %s", flag)
		}
	}
}

// configurationTable lists the flags of `trueward serve`.
func configurationTable(t *testing.T) string {
	t.Helper()
	parser, err := kong.New(&cli{}, kong.Name("trueward"), kong.Configuration(kong.JSON))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| flag | environment | default | meaning |\n|---|---|---|---|\n")
	for _, command := range parser.Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flags := range command.AllFlags(true) {
			for _, f := range flags {
				if len(f.Envs) == 0 {
					continue
				}
				meaning := f.Help
				if f.Enum != "" {
					meaning = strings.TrimSuffix(meaning, ".") + ": " + strings.ReplaceAll(f.Enum, ",", ", ") + "."
				}
				fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", f.Name, strings.Join(f.Envs, ", "), code(f.Default), meaning)
			}
		}
	}
	return b.String()
}

func code(text string) string {
	if text == "" {
		return "–"
	}
	return "`" + text + "`"
}
