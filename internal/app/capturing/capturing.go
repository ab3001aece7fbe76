// Package capturing makes of each usage what the hospital charges by itself:
// the second projection of a usage, beside the vendor's line and never derived
// from it.
//
// It promises that a usage has exactly one charge line or a reason why it is
// not chargeable, that handing lines over marks them in the same transaction,
// and that a daily check counts usages which lack one of their two lines. The
// patient's price is not here, and no vendor sees any of this.
package capturing

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"trueward/internal/adapter/store"
	"trueward/internal/domain/access"
	"trueward/internal/domain/audit"
	"trueward/internal/fault"
)

// Desk captures charges.
type Desk struct{ Store *store.Store }

var worker = access.System("capturing")

const (
	batch = 2000
	// look is how far back the frequent run looks; the daily one looks at all.
	look = 72 * time.Hour
	// settled is how old a usage is before the daily check expects its lines.
	settled = 24 * time.Hour
)

// Run makes the charge lines that are due, of usages recorded since an instant,
// and returns how many.
func (d *Desk) Run(ctx context.Context, since time.Time) (int64, error) {
	var all int64
	for {
		var made, ended int64
		err := d.Store.Write(ctx, worker, func(tx *store.Tx) (err error) {
			if made, err = tx.ProjectCharges(since, batch); err != nil {
				return err
			}
			if ended, err = tx.EndCorrectedCharges(); err != nil || made+ended == 0 {
				return err
			}
			tx.Audit(audit.Change{
				Chain: audit.SystemChain, Action: "charges.captured", Kind: "charge", Object: "batch",
				New: map[string]string{"made": strconv.FormatInt(made, 10), "taken_back": strconv.FormatInt(ended, 10)},
			})
			return nil
		})
		all += made
		if err != nil || made < batch {
			return all, err
		}
	}
}

// Check counts usages that lack one of their two lines.
func (d *Desk) Check(ctx context.Context) (store.Unprojected, error) {
	return d.Store.Read(ctx, access.Everything()).CheckProjections(d.Store.Now().Add(-settled))
}

// Work captures every few minutes and checks once a day until ctx ends.
func (d *Desk) Work(ctx context.Context, log *slog.Logger) {
	var checked time.Time
	store.Worker{
		Run: func(ctx context.Context) error {
			now := d.Store.Now()
			daily, since := now.Sub(checked) >= 24*time.Hour, now.Add(-look)
			if daily {
				since = time.Time{}
			}
			_, err := d.Run(ctx, since)
			if err == nil && daily && d.report(ctx, log) == nil {
				checked = d.Store.Now()
			}
			return err
		},
		Most:   5 * time.Minute,
		Failed: func(err error) { log.Error("charges stopped for a while", slog.String("error", err.Error())) },
	}.Work(ctx, nil)
}

func (d *Desk) report(ctx context.Context, log *slog.Logger) error {
	found, err := d.Check(ctx)
	if err == nil && found.FirstUsage != "" {
		log.Error("usages lack a line", slog.Int64("vendor_lines", found.WithoutVendorLine), slog.Int64("charge_lines", found.WithoutChargeLine), slog.String("usage", found.FirstUsage))
	}
	return err
}

func mayCharge(actor access.Actor) error {
	if actor.Kind == access.Hospital && actor.May(access.HoldLines) {
		return nil
	}
	return fault.New(fault.Forbidden, "Charges are the hospital's finance's.")
}

// SetCodes gives products their charge codes by CSV with the columns di and
// code, and returns how many usages could go on. Refusals: Forbidden, Invalid
// at the field "file".
func (d *Desk) SetCodes(ctx context.Context, cmd store.Command, file io.Reader) (int64, error) {
	if err := mayCharge(cmd.Actor); err != nil {
		return 0, err
	}
	rows, err := readCodes(file)
	if err != nil {
		return 0, err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (int64, error) {
		var freed int64
		for i, row := range rows {
			product, err := tx.ProductOfDI(row[0])
			if fault.Is(err, fault.NotFound) {
				return 0, fault.At("file", "Row "+strconv.Itoa(i+1)+": no item of GTIN "+row[0]+" is known.")
			}
			if err != nil {
				return 0, err
			}
			n, err := tx.SetChargeCode(cmd.Actor.Organisation, product, row[1])
			if err != nil {
				return 0, err
			}
			freed += n
		}
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "charge_codes.set", Kind: "charge_code", Object: strconv.Itoa(len(rows)),
			New: map[string]string{"freed": strconv.FormatInt(freed, 10)},
		})
		return freed, nil
	})
}

func readCodes(file io.Reader) ([][2]string, error) {
	raw, err := io.ReadAll(io.LimitReader(file, 1<<20))
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 || len(rows[0]) < 2 || !strings.EqualFold(strings.TrimSpace(rows[0][0]), "di") {
		return nil, fault.At("file", "Paste CSV with the columns di, code; the first line names them.")
	}
	var out [][2]string
	for i, row := range rows[1:] {
		di, code := strings.TrimSpace(row[0]), strings.TrimSpace(row[1])
		if di = strings.Repeat("0", max(14-len(di), 0)) + di; len(di) != 14 || code == "" || len(code) > 40 || len(out) >= 2000 {
			return nil, fault.At("file", "Row "+strconv.Itoa(i+1)+" has no GTIN, or no code of up to 40 characters. At most 2,000 rows.")
		}
		out = append(out, [2]string{di, code})
	}
	return out, nil
}

// most bounds one handing over.
const most = 10_000

// HandOver writes the pending charge lines as a file that can be taken again,
// and marks them sent. It returns the export's id; empty when nothing waits.
func (d *Desk) HandOver(ctx context.Context, cmd store.Command) (string, error) {
	if err := mayCharge(cmd.Actor); err != nil {
		return "", err
	}
	return store.Once(ctx, d.Store, cmd, func(tx *store.Tx) (string, error) {
		lines, err := tx.ChargeLines("pending", most)
		if err != nil || len(lines) == 0 {
			return "", err
		}
		ids := make([]string, len(lines))
		for i, l := range lines {
			ids[i] = string(l.Usage)
		}
		sent, err := tx.MarkChargesSent(ids)
		if err != nil {
			return "", err
		}
		if !sent {
			return "", fault.New(fault.Conflict, "Somebody else handed charges over at the same moment. Reload and look again.")
		}
		run, err := tx.AddExport(store.ExportRun{
			Organisation: cmd.Actor.Organisation, Actor: cmd.Actor.Person, Format: "charges", Filter: "pending", AsOf: tx.Now(),
			Name: "charges-" + tx.Now().UTC().Format("20060102-150405") + ".csv", Bytes: chargeFile(lines),
		})
		tx.Audit(audit.Change{
			Chain: audit.OrganisationChain(string(cmd.Actor.Organisation)), Action: "charges.sent", Kind: "export", Object: run.ID,
			New: map[string]string{"lines": strconv.Itoa(len(lines))},
		})
		return run.ID, err
	})
}

// chargeFile writes charge lines as CSV (RFC 4180): no price, no patient.
func chargeFile(lines []store.ChargeLine) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write([]string{"usage", "case", "charge_code", "quantity", "time", "di", "lot", "serial"}) // a buffer takes all
	for _, l := range lines {
		_ = w.Write([]string{
			string(l.Usage), neutral(l.Pseudonym), neutral(l.Code), strconv.FormatInt(l.Quantity, 10), siteTime(l), l.DI, neutral(l.Lot), neutral(l.Serial),
		})
	}
	w.Flush()
	return b.Bytes()
}

func siteTime(l store.ChargeLine) string {
	zone, err := time.LoadLocation(l.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return l.EffectiveAt.In(zone).Format(time.RFC3339)
}

// neutral keeps a spreadsheet from taking a text for a formula.
func neutral(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
