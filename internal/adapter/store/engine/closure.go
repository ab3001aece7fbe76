package engine

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"runtime/debug"

	"gorm.io/gorm"
)

// errGoexit answers a closure whose goroutine was ended inside it (a test's
// FailNow does that).
var errGoexit = errors.New("engine: the closure's goroutine was ended")

// session makes the ORM session whose every statement goes through h. The
// caller's values stay in reach, its deadline does not.
func (db *DB) session(ctx context.Context, h *handle) *gorm.DB {
	tx := db.base.Session(&gorm.Session{NewDB: true, Context: context.WithoutCancel(ctx)})
	tx.Statement.ConnPool = h
	return tx
}

// call runs fn on h and returns its outcome: a panic becomes an error, a failed
// statement that fn passed over becomes one too, and a slow fn is logged.
func (db *DB) call(ctx context.Context, h *handle, fn func(*gorm.DB) error) error {
	started := db.cfg.Clock.Now()
	err := h.outcome(enclose(fn, db.session(ctx, h)))
	h.over.Store(true)
	if took := db.cfg.Clock.Now().Sub(started); took > db.cfg.SlowClosure {
		name := runtime.FuncForPC(reflect.ValueOf(fn).Pointer()).Name()
		db.cfg.Logger.WarnContext(ctx, "slow write closure", "closure", name, "took", took)
	}
	return err
}

// enclose marks the stack for insideClosure and catches panics.
//
//go:noinline
func enclose(fn func(*gorm.DB) error, tx *gorm.DB) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return fn(tx)
}

var encloseEntry = reflect.ValueOf(enclose).Pointer()

// insideClosure reports whether the calling goroutine stands inside a closure
// of Write. It looks at the stack because a closure may have captured an outer
// context, and the price of missing it is a program that never writes again.
func insideClosure() bool {
	var callers [64]uintptr
	for skip := 2; ; skip += len(callers) {
		n := runtime.Callers(skip, callers[:])
		for _, pc := range callers[:n] {
			if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == encloseEntry {
				return true
			}
		}
		if n < len(callers) {
			return false
		}
	}
}
