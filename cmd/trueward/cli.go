package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"trueward/internal/fault"
)

// streams are the standard streams, handed in so that tests can hold them.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// cli is the whole command line. Every flag can also be set in the environment
// (TRUEWARD_…), secrets by a file named in TRUEWARD_…_FILE, and everything in a
// JSON file given by --config.
type cli struct {
	Config kong.ConfigFlag `help:"Read settings from this JSON file." placeholder:"FILE" env:"TRUEWARD_CONFIG"`

	Serve       serveCmd       `cmd:"" help:"Run the server."`
	Demo        demoCmd        `cmd:"" help:"Run the server with sample data."`
	Migrate     migrateCmd     `cmd:"" help:"Show or apply schema migrations."`
	Inspect     inspectCmd     `cmd:"" help:"Say what scanned carriers are, one JSON object a line."`
	Tag         tagCmd         `cmd:"" help:"Work with tags."`
	Verify      verifyCmd      `cmd:"" help:"Check stock, ledger, invoices and audit chains; name the first bad row."`
	Explain     explainCmd     `cmd:"" help:"Say why an amount is what it is."`
	Period      periodCmd      `cmd:"" help:"Close months of the books."`
	Export      exportCmd      `cmd:"" help:"Write documents and tables as files."`
	Reconcile   reconcileCmd   `cmd:"" help:"Compare the books with a payment service."`
	Simulate    simulateCmd    `cmd:"" help:"Run a simulated payment service for training."`
	Backup      backupCmd      `cmd:"" help:"Write an encrypted copy of the data while the server runs."`
	Restore     restoreCmd     `cmd:"" help:"Put the data of a backup into an empty data folder."`
	Move        moveCmd        `cmd:"" help:"Move the embedded database into an empty PostgreSQL database."`
	User        userCmd        `cmd:"" help:"Invite, reset or disable people."`
	Healthcheck healthcheckCmd `cmd:"" help:"Exit 0 when the server on this machine answers." hidden:""`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// errFailed ends a command with exit code 1 after it has said why by itself.
var errFailed = errors.New("failed")

// run parses the arguments and runs the command. It returns the exit code: 0
// done, 1 failed, 2 not understood.
func run(ctx context.Context, args []string, io streams) (code int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("trueward"),
		kong.Description("Follows tagged consumables on consignment from ship notice to paid invoice."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(io.out, io.err),
		kong.Configuration(kong.JSON),
		kong.Resolvers(secretFiles{}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(io),
		kong.Exit(func(code int) { exited = code }),
	)
	if err != nil {
		fmt.Fprintln(io.err, "trueward:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help has been printed
		return exited
	}
	if err != nil {
		fmt.Fprintln(io.err, "trueward:", err)
		fmt.Fprintln(io.err, "Try: trueward --help")
		return 2
	}
	return report(io.err, command.Run())
}

// report says an error once, in words, and returns the exit code.
func report(w io.Writer, err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFailed):
	case len(fault.All(err)) > 0:
		for _, f := range fault.All(err) {
			fmt.Fprintln(w, "trueward:", strings.TrimSpace(f.Sentence))
		}
	default:
		fmt.Fprintln(w, "trueward:", err)
	}
	return 1
}
