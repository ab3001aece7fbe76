package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// row is one line of the dictionary: one AI or a range of AIs.
type row struct {
	lo, hi     int
	width      int
	predefined bool
	attribute  bool
	parts      []part
	requires   [][]string // any of: all of
	excludes   []string
	key        bool
	qualifiers [][]string // alternatives of ordered qualifiers
	title      string
}

// part is one component of an AI's value.
type part struct {
	kind     byte
	min, max int
	optional bool
	lints    []string
}

var (
	aiPattern   = regexp.MustCompile(`^(\d{2,4})(?:-(\d{2,4}))?$`)
	partPattern = regexp.MustCompile(`^(\[?)([NXYZ])(\.\.)?(\d+)(\]?)((?:,[a-z0-9]+)*)$`)
	listPattern = regexp.MustCompile(`^[0-9n,+]+$`)
)

func parseDictionary(text string) ([]row, error) {
	var rows []row
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		r, err := parseRow(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("the dictionary has no entries")
	}
	return rows, nil
}

func parseRow(line string) (row, error) {
	body, title, _ := strings.Cut(line, "#")
	r := row{title: strings.TrimSpace(title)}
	fields := strings.Fields(body)
	if len(fields) < 2 {
		return row{}, fmt.Errorf("an entry needs an AI and a specification")
	}
	if err := r.setAI(fields[0]); err != nil {
		return row{}, err
	}
	fields = fields[1:]
	if !strings.ContainsAny(fields[0], "NXYZ") {
		r.setFlags(fields[0])
		fields = fields[1:]
	}
	for _, f := range fields {
		if err := r.add(f); err != nil {
			return row{}, err
		}
	}
	if len(r.parts) == 0 {
		return row{}, fmt.Errorf("no components")
	}
	return r, nil
}

func (r *row) setAI(text string) error {
	m := aiPattern.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("bad AI %q", text)
	}
	r.width = len(m[1])
	r.lo, _ = strconv.Atoi(m[1])
	r.hi = r.lo
	if m[2] != "" {
		r.hi, _ = strconv.Atoi(m[2])
	}
	if r.hi < r.lo || (m[2] != "" && len(m[2]) != r.width) {
		return fmt.Errorf("bad AI range %q", text)
	}
	return nil
}

// setFlags keeps the two flags that mean something here; the dictionary
// reserves others.
func (r *row) setFlags(text string) {
	r.predefined = strings.Contains(text, "*")
	r.attribute = strings.Contains(text, "?")
}

func (r *row) add(field string) error {
	name, value, _ := strings.Cut(field, "=")
	switch name {
	case "req":
		return r.addRequires(value)
	case "ex":
		if !listPattern.MatchString(value) {
			return fmt.Errorf("bad list %q", field)
		}
		r.excludes = append(r.excludes, prefixes(strings.Split(value, ","))...)
		return nil
	case "dlpkey":
		r.addKey(value)
		return nil
	}
	return r.addPart(field)
}

func (r *row) addRequires(value string) error {
	if !listPattern.MatchString(value) || r.requires != nil {
		return fmt.Errorf("bad or second list of requirements %q", value)
	}
	for _, group := range strings.Split(value, ",") {
		r.requires = append(r.requires, prefixes(strings.Split(group, "+")))
	}
	return nil
}

func (r *row) addKey(value string) {
	r.key = true
	if value == "" {
		return
	}
	for _, alternative := range strings.Split(value, "|") {
		r.qualifiers = append(r.qualifiers, strings.Split(alternative, ","))
	}
}

func (r *row) addPart(field string) error {
	m := partPattern.FindStringSubmatch(field)
	if m == nil || (m[1] == "[") != (m[5] == "]") {
		return fmt.Errorf("bad component %q", field)
	}
	p := part{kind: m[2][0], optional: m[1] == "["}
	p.max, _ = strconv.Atoi(m[4])
	p.min = p.max
	if m[3] != "" {
		p.min = 1
	}
	if m[6] != "" {
		p.lints = strings.Split(m[6][1:], ",")
	}
	r.parts = append(r.parts, p)
	return nil
}

// prefixes turns patterns such as 31nn into the digits before the wildcard. AIs
// form a prefix code, so the digits alone decide.
func prefixes(patterns []string) []string {
	out := make([]string, len(patterns))
	for i, p := range patterns {
		out[i] = strings.TrimRight(p, "n")
	}
	return out
}
