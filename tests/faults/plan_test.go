package faults_test

import (
	"log/slog"
	"os"
	"time"

	"trueward/internal/adapter/export"
	"trueward/internal/adapter/store"
	"trueward/internal/adapter/store/storetest"
	"trueward/internal/app/invoicing"
	"trueward/internal/app/pricing"
	"trueward/internal/app/using"
	"trueward/internal/domain/access"
	"trueward/internal/domain/consign"
	"trueward/internal/domain/custody"
	"trueward/internal/domain/usage"
)

// childEnv makes the test program a child that works until it is killed.
const childEnv = "TRUEWARD_FAULTS_CHILD"

// plan is all a child needs to go to work; it reads it from its standard input.
type plan struct {
	SQLitePath, PostgresURL string
	Round                   int
	Plant                   plant
	Nurses                  []access.Actor
	Stocker                 access.Actor
	Agreement               consign.AgreementID
	Room, Cabinet           custody.PlaceID
	Retries                 []intent // sent by earlier children and not answered
}

// intent is a request on its way: a unit to be used on a case, under a key.
type intent struct {
	Key   string
	Nurse int
	Case  usage.CaseID
	Unit  custody.UnitID
}

// answer is what a child tells about an intent. Sent only: it is on its way.
type answer struct {
	Intent  intent
	Usage   usage.ID // set when the use was acknowledged
	Refusal string   // set when it was refused
}

// stepped is a clock that begins each round later than any lease of the round
// before ends, and runs on from there.
type stepped struct {
	start time.Time
	began time.Time
}

const betweenRounds = 3 * time.Minute

func roundClock(round int) stepped {
	return stepped{start: storetest.Start.Add(time.Duration(round) * betweenRounds), began: time.Now()}
}

// Now implements clock.Clock.
func (s stepped) Now() time.Time {
	return s.start.Add(time.Since(s.began)).UTC().Truncate(time.Microsecond)
}

func (p plan) config() store.Config {
	return store.Config{
		SQLitePath: p.SQLitePath, PostgresURL: p.PostgresURL, Clock: roundClock(p.Round),
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
}

func (in intent) command(p plan) store.Command {
	return store.Command{Actor: p.Nurses[in.Nurse], Key: in.Key, BodySHA256: "body of " + in.Key}
}

func (in intent) consumption() using.Consumption {
	return using.Consumption{Case: in.Case, Unit: in.Unit, Outcome: usage.Used}
}

func invoicingDesk(s *store.Store) *invoicing.Desk {
	return &invoicing.Desk{
		Store: s, Provider: invoicing.Local{}, Renderer: export.PDF{},
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
}

func usingDesk(s *store.Store) *using.Desk {
	return &using.Desk{Store: s, Billing: &pricing.Desk{Store: s}}
}
