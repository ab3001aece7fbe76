package engine

import (
	"database/sql"
	"errors"
	"testing"

	"gorm.io/gorm"
)

func TestErrorsAreToldApart(t *testing.T) {
	missing := "missing"
	kinds := map[string]func(error) bool{"unique": IsUnique, "foreign key": IsForeignKey, "check": IsCheck}
	cases := []struct {
		name, kind string
		fn         func(tx *gorm.DB) error
	}{
		{"primary key", "unique", func(tx *gorm.DB) error { return tx.Create(&Trial{ID: "a", Code: "other"}).Error }},
		{"unique column", "unique", func(tx *gorm.DB) error { return tx.Create(&Trial{ID: "b", Code: "code a"}).Error }},
		{"unique, raw", "unique", func(tx *gorm.DB) error {
			return tx.Exec("INSERT INTO trials (id, code, n) VALUES (?, ?, 0)", "b", "code a").Error
		}},
		{"unique, connection", "unique", func(tx *gorm.DB) error {
			_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, "INSERT INTO trials (id, code, n) VALUES ('b', 'code a', 0)")
			return err
		}},
		{"unique, swallowed", "unique", func(tx *gorm.DB) error { _ = insert(tx, "a"); return nil }},
		{"unique, in an update", "unique", func(tx *gorm.DB) error {
			return tx.Exec("UPDATE trials SET code = 'code a' WHERE id = 'z'").Error
		}},
		{"foreign key", "foreign key", func(tx *gorm.DB) error {
			return tx.Create(&Trial{ID: "b", Code: "b", Parent: &missing}).Error
		}},
		{"check", "check", func(tx *gorm.DB) error { return tx.Create(&Trial{ID: "b", Code: "b", N: -1}).Error }},
		{"no such column", "", func(tx *gorm.DB) error { return tx.Exec(`UPDATE trials SET n = "nowhere"`).Error }},
		{"not found", "", func(tx *gorm.DB) error { return tx.First(&Trial{}, "id = ?", "b").Error }},
	}
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error { return errors.Join(insert(tx, "a"), insert(tx, "z")) })
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				err := db.Write(t.Context(), c.fn)
				if err == nil {
					t.Fatal("no error")
				}
				for kind, is := range kinds {
					if is(err) != (kind == c.kind) {
						t.Errorf("%s: is %s: %v, wanted kind %q", err, kind, is(err), c.kind)
					}
				}
			})
		}
		wantIDs(t, db, "a z")
	})
}

// TestSwallowedErrorStoresNothing is trap 2: SQLite alone would go on.
func TestSwallowedErrorStoresNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
		err := db.Write(t.Context(), func(tx *gorm.DB) error {
			_ = insert(tx, "b")
			_ = insert(tx, "a")
			if err := insert(tx, "c"); !errors.Is(err, ErrPoisoned) {
				t.Errorf("the statement after the failed one answered %v", err)
			}
			if err := tx.First(&Trial{}, "id = ?", "a").Error; !errors.Is(err, ErrPoisoned) {
				t.Errorf("the query after the failed one answered %v", err)
			}
			return nil
		})
		if !errors.Is(err, ErrSwallowed) || !IsUnique(err) {
			t.Errorf("Write answered %v", err)
		}
		wantIDs(t, db, "a")
	})
}

func TestNestedTransactionAbsorbsADuplicate(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
		write(t, db, func(tx *gorm.DB) error {
			err := tx.Transaction(func(tx *gorm.DB) error {
				return errors.Join(insert(tx, "lost"), insert(tx, "a"))
			})
			if !IsUnique(err) {
				t.Errorf("the nested transaction answered %v", err)
			}
			return insert(tx, "b")
		})
		wantIDs(t, db, "a b")
	})
}

// TestNestedTransactionCannotWashAnError starts the savepoint after the failure:
// restoring it must not make the closure clean again.
func TestNestedTransactionCannotWashAnError(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
		err := db.Write(t.Context(), func(tx *gorm.DB) error {
			_ = insert(tx, "b")
			_ = insert(tx, "a")
			_ = tx.Transaction(func(*gorm.DB) error { return errors.New("undo") })
			_ = insert(tx, "c")
			return nil
		})
		if !errors.Is(err, ErrSwallowed) {
			t.Errorf("Write answered %v", err)
		}
		wantIDs(t, db, "a")
	})
}

func TestEndingTheTransactionIsRefused(t *testing.T) {
	ways := map[string]func(tx *gorm.DB) error{
		"Commit":          func(tx *gorm.DB) error { return tx.Commit().Error },
		"Rollback":        func(tx *gorm.DB) error { return tx.Rollback().Error },
		"COMMIT":          func(tx *gorm.DB) error { return tx.Exec("COMMIT").Error },
		"commit; blanks":  func(tx *gorm.DB) error { return tx.Exec(" \n commit;").Error },
		"END":             func(tx *gorm.DB) error { return tx.Exec("END TRANSACTION").Error },
		"ROLLBACK":        func(tx *gorm.DB) error { return tx.Exec("ROLLBACK").Error },
		"BEGIN":           func(tx *gorm.DB) error { return tx.Exec("BEGIN").Error },
		"RELEASE tw_job":  func(tx *gorm.DB) error { return tx.Exec("RELEASE tw_job").Error },
		"PRAGMA":          func(tx *gorm.DB) error { return tx.Exec("PRAGMA synchronous = off").Error },
		"Prepare":         func(tx *gorm.DB) error { return prepare(tx) },
		"Rows":            func(tx *gorm.DB) error { _, err := tx.Model(&Trial{}).Rows(); return err },
		"Rows of raw SQL": func(tx *gorm.DB) error { _, err := tx.Raw("SELECT 1").Rows(); return err },
		"Row":             func(tx *gorm.DB) error { r := tx.Raw("SELECT 1"); r.Row(); return ErrRefused },
	}
	onBoth(t, func(t *testing.T, db *DB) {
		for name, way := range ways {
			t.Run(name, func(t *testing.T) {
				err := db.Write(t.Context(), func(tx *gorm.DB) error {
					if err := insert(tx, "half"); err != nil {
						return err
					}
					if err := way(tx); !errors.Is(err, ErrRefused) {
						t.Errorf("answered %v", err)
					}
					return nil
				})
				if !errors.Is(err, ErrSwallowed) || !errors.Is(err, ErrRefused) {
					t.Errorf("Write answered %v", err)
				}
			})
		}
		wantIDs(t, db, "")
	})
}

func prepare(tx *gorm.DB) error {
	_, err := tx.Statement.ConnPool.PrepareContext(tx.Statement.Context, "SELECT 1")
	return err
}

// TestScanIsAllowed keeps apart what refuseCursor keeps apart.
func TestScanIsAllowed(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error {
			if err := errors.Join(insert(tx, "a"), insert(tx, "b")); err != nil {
				return err
			}
			var n int64
			var codes []string
			err := errors.Join(
				tx.Raw("SELECT count(*) FROM trials").Scan(&n).Error,
				tx.Raw("SELECT code FROM trials ORDER BY id").Scan(&codes).Error,
				tx.Raw("INSERT INTO trials (id, code, n) VALUES ('c', 'c', 1) RETURNING n").Scan(&n).Error,
			)
			if n != 1 || len(codes) != 2 {
				t.Errorf("scanned %d and %q", n, codes)
			}
			return err
		})
		wantIDs(t, db, "a b c")
	})
}

func TestSessionEndsWithItsClosure(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		var kept *gorm.DB
		write(t, db, func(tx *gorm.DB) error { kept = tx; return nil })
		if err := insert(kept, "late"); !errors.Is(err, ErrEnded) {
			t.Errorf("a kept session answered %v", err)
		}
		wantIDs(t, db, "")
	})
}

func TestReadCannotWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
		read := db.Read(t.Context())
		for name, err := range map[string]error{
			"create":      insert(read, "b"),
			"update":      read.Model(&Trial{}).Where("id = ?", "a").Update("n", 5).Error,
			"delete":      read.Delete(&Trial{}, "id = ?", "a").Error,
			"raw":         read.Exec("DELETE FROM trials").Error,
			"returning":   read.Raw("DELETE FROM trials RETURNING id").Scan(new(string)).Error,
			"transaction": read.Transaction(func(tx *gorm.DB) error { return tx.Exec("DELETE FROM trials").Error }),
			"schema":      read.Exec("DROP TABLE trials").Error,
		} {
			if !errors.Is(err, ErrReadOnly) {
				t.Errorf("%s answered %v", name, err)
			}
		}
		wantIDs(t, db, "a")
	})
}

// TestSnapshot reads twice in one Transaction around a write.
func TestSnapshot(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		err := db.Read(t.Context()).Transaction(func(tx *gorm.DB) error {
			var before, after int64
			err := tx.Model(&Trial{}).Count(&before).Error
			write(t, db, func(tx *gorm.DB) error { return insert(tx, "a") })
			err = errors.Join(err, tx.Model(&Trial{}).Count(&after).Error)
			if before != after {
				t.Errorf("%d rows became %d within one snapshot", before, after)
			}
			return err
		}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
		if err != nil {
			t.Error(err)
		}
		wantIDs(t, db, "a")
	})
}
