package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// badgerOptions are those that were measured: every commit synced, small
// buffers, all values beside their keys (Badger swallows fsync errors of its
// value log), checksums verified, no compression of what is sealed.
func badgerOptions(c Config, sec *secrets) badger.Options {
	mem := c.memTableSize()
	opts := badger.DefaultOptions(c.path("db")).
		WithSyncWrites(true).
		WithMemTableSize(mem).
		WithNumMemtables(2).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(4).
		WithNumCompactors(2).
		WithBaseTableSize(mem / 4).
		WithBaseLevelSize(mem).
		WithValueThreshold(min(1<<20, mem*15/100-1)).
		WithValueLogFileSize(1 << 20). // nothing is ever in it
		WithBlockCacheSize(16 << 20).
		WithIndexCacheSize(16 << 20).
		WithNumGoroutines(2).
		WithNumVersionsToKeep(1).
		// Closing must be possible with little room.
		WithCompactL0OnClose(false).
		WithCompression(options.None).
		// Whole tables are verified before Badger opens them.
		WithChecksumVerificationMode(options.OnBlockRead).
		WithVerifyValueChecksum(true).
		WithDetectConflicts(false).
		WithMetricsEnabled(false).
		WithEncryptionKey(sec.badger).
		WithExternalMagic(formatMagic).
		WithLogger(badgerLog{c.Log})
	// Tables do not grow with their level: a compaction takes one and the ten
	// below it, and its size must be known.
	opts.TableSizeMultiplier = 1
	return opts
}

// formatMagic is the generation of our key layout, in Badger's manifest.
const formatMagic = 1

// openBadger opens the database, to write or for reading only. A damaged file
// can make Badger panic; a caller's process should not die of it.
func openBadger(c Config, sec *secrets, readOnly bool) (db *badger.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", damaged("A file in db was altered"), p)
		}
	}()
	db, err = badger.Open(badgerOptions(c, sec).WithReadOnly(readOnly))
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, badger.ErrEncryptionKeyMismatch):
		return nil, fmt.Errorf("%w: %w", damaged("db/"+registryName+" was altered"), err)
	case strings.Contains(err.Error(), "Cannot acquire directory lock"):
		return nil, fmt.Errorf("%w: %w", Locked, err)
	}
	return nil, fmt.Errorf("%w: open badger: %w", damaged("The database in db does not open"), err)
}

// badgerLog hands Badger's lines to slog: warnings and errors as they are,
// the rest as debug. Badger prints no values, and keys only at its own debug
// level, which is left out.
type badgerLog struct{ log *slog.Logger }

func (l badgerLog) Errorf(f string, args ...any)   { l.print(slog.LevelError, f, args) }
func (l badgerLog) Warningf(f string, args ...any) { l.print(slog.LevelWarn, f, args) }
func (l badgerLog) Infof(f string, args ...any)    { l.print(slog.LevelDebug, f, args) }
func (l badgerLog) Debugf(string, ...any)          {}

func (l badgerLog) print(level slog.Level, f string, args []any) {
	if l.log.Enabled(context.Background(), level) {
		l.log.Log(context.Background(), level, "badger", "line", strings.TrimSpace(fmt.Sprintf(f, args...)))
	}
}
