package main

import (
	"fmt"
	"runtime/debug"
)

// version is set by release builds (-ldflags "-X main.version=…").
var version = ""

type versionCmd struct{}

// Run prints the version and what it was built with.
func (versionCmd) Run(io streams) error {
	fmt.Fprintln(io.out, "trueward "+versionText())
	return nil
}

func versionText() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	text, revision := version, ""
	if text == "" {
		text = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			revision = " " + s.Value[:12]
		}
	}
	return text + revision + " " + info.GoVersion
}
