// Package migrations holds the schema of Trueward as numbered SQL files, one
// folder per dialect with the same numbers and names in both. They are applied
// by adapter/store/engine; a file that was released is never changed again.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// Files returns the folders "sqlite" and "postgres".
func Files() fs.FS { return files }
