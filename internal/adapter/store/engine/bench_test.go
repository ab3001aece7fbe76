package engine

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"trueward/internal/testkit/postgres"
)

// BenchmarkWrite measures durable closures of eight statements (2 SELECT,
// 3 INSERT, 3 UPDATE) at 1, 16 and 64 clients, by the ORM's builder and by
// hand-written SQL, and reports closures per second and the 99th percentile.
func BenchmarkWrite(b *testing.B) {
	ways := map[string]func(tx *gorm.DB, n int64) error{"builder": useByBuilder, "raw": useByHand}
	for _, dialect := range []Dialect{SQLite, PostgreSQL} {
		if dialect == PostgreSQL && !postgres.Wanted(b) {
			continue
		}
		for _, way := range []string{"builder", "raw"} {
			for _, clients := range []int{1, 16, 64} {
				b.Run(fmt.Sprintf("%s/%s/%d", dialect, way, clients), func(b *testing.B) {
					cfg := sqliteConfig(b)
					if dialect == PostgreSQL {
						cfg = Config{PostgresURL: postgresURL(b)}
					}
					measure(b, open(b, cfg), clients, ways[way])
				})
			}
		}
	}
}

const sites = 8

func measure(b *testing.B, db *DB, clients int, use func(tx *gorm.DB, n int64) error) {
	write(b, db, func(tx *gorm.DB) error {
		for site := range sites {
			if err := insert(tx, fmt.Sprintf("site %d", site)); err != nil {
				return err
			}
		}
		return nil
	})
	var next atomic.Int64
	took := make([][]time.Duration, clients)
	var all sync.WaitGroup
	b.ResetTimer()
	for client := range clients {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				started := time.Now()
				if err := db.Write(b.Context(), func(tx *gorm.DB) error { return use(tx, n) }); err != nil {
					b.Error(err)
					return
				}
				took[client] = append(took[client], time.Since(started))
			}
		})
	}
	all.Wait()
	b.StopTimer()
	sorted := slices.Sorted(slices.Values(slices.Concat(took...)))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
	b.ReportMetric(float64(sorted[len(sorted)*99/100].Microseconds())/1000, "p99-ms")
}

func useByBuilder(tx *gorm.DB, n int64) error {
	site := fmt.Sprintf("site %d", n%sites)
	var trial Trial
	var count int64
	if err := tx.Where("id = ?", site).Take(&trial).Error; err != nil {
		return err
	}
	if err := tx.Model(&Trial{}).Where("id = ?", fmt.Sprint(n)).Count(&count).Error; err != nil {
		return err
	}
	for part := range 3 {
		id := fmt.Sprintf("%d-%d", n, part)
		if err := tx.Create(&Trial{ID: id, Code: id}).Error; err != nil {
			return err
		}
		target := id
		if part == 2 {
			target = site // the hot row last
		}
		if err := tx.Model(&Trial{}).Where("id = ?", target).Update("n", gorm.Expr("n + 1")).Error; err != nil {
			return err
		}
	}
	return nil
}

func useByHand(tx *gorm.DB, n int64) error {
	site := fmt.Sprintf("site %d", n%sites)
	var trial Trial
	var count int64
	if err := tx.Raw("SELECT id, code, n, parent FROM trials WHERE id = ?", site).Scan(&trial).Error; err != nil {
		return err
	}
	if err := tx.Raw("SELECT count(*) FROM trials WHERE id = ?", fmt.Sprint(n)).Scan(&count).Error; err != nil {
		return err
	}
	for part := range 3 {
		id := fmt.Sprintf("%d-%d", n, part)
		if err := tx.Exec("INSERT INTO trials (id, code, n) VALUES (?, ?, 0)", id, id).Error; err != nil {
			return err
		}
		target := id
		if part == 2 {
			target = site
		}
		if err := tx.Exec("UPDATE trials SET n = n + 1 WHERE id = ?", target).Error; err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkInsideClosure is the price of finding a Write inside a Write, from
// as deep a stack as an HTTP request has.
func BenchmarkInsideClosure(b *testing.B) {
	var deep func(n int) bool
	deep = func(n int) bool {
		if n > 0 {
			return deep(n - 1)
		}
		return insideClosure()
	}
	for b.Loop() {
		if deep(30) {
			b.Fatal("no closure is here")
		}
	}
}
