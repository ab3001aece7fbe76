// Package faults_test breaks the product on purpose and looks at what is left:
// a killed program, a database that fails at any statement, a connection that
// is cut at COMMIT, a row changed behind the product's back.
//
// What it promises stands in CATALOGUE.md, row by row of the security
// specification. A harness that shows that something never happens is run a
// second time with a planted fault that it must find.
package faults_test

import (
	"os"
	"testing"

	"trueward/internal/adapter/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(work(os.Stdin, os.Stdout))
	}
	storetest.Main(m)
}
