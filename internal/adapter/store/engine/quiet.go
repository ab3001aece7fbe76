package engine

import (
	"context"
	"time"

	"gorm.io/gorm/logger"
)

// quiet is the ORM's logger: it says nothing at any level, so that statements
// with their parameters (tag UIDs, patients, secrets) cannot reach a log, not
// even by a forgotten Debug(). Errors are returned to the caller anyway.
type quiet struct{}

func (q quiet) LogMode(logger.LogLevel) logger.Interface { return q }

func (quiet) Info(context.Context, string, ...any)  {}
func (quiet) Warn(context.Context, string, ...any)  {}
func (quiet) Error(context.Context, string, ...any) {}

func (quiet) Trace(context.Context, time.Time, func() (string, int64), error) {}
