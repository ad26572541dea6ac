package storage

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// Limits of the configuration.
const (
	// DefaultMinFree is what Config.MinFree means when it is zero, in bytes.
	DefaultMinFree = 256 << 20
	// LeastMinFree is the smallest MinFree that still leaves Badger room to
	// finish what it has begun, in bytes.
	LeastMinFree = 32 << 20

	maxOrigin = 64 // bytes: the seal must fit into one sector of 512
	maxValue  = 64 << 10
	maxKey    = 255
)

// Config says where the store lives and what it is made with.
type Config struct {
	// Dir is the data directory; the store uses db, keys, seal, ballast and
	// lock in it, and nothing else.
	Dir string
	// Root is the root key, 32 random bytes. Every other key follows from it.
	Root []byte
	// Origin names this log in its signed head, "rostod/<installation>"; at
	// most 64 bytes without spaces or plus signs.
	Origin string
	// Now is the clock of journal entries; nil: time.Now.
	Now func() time.Time
	// Random is the source of keys, nonces and salts; nil: crypto/rand.
	Random io.Reader
	// Log gets the store's own lines and Badger's; nil: none.
	Log *slog.Logger
	// MinFree is the free space in bytes below which writes are refused, until
	// at least an eighth more is free (State.Needs); 0: 256 MiB. Badger's
	// buffers are sized to fit into it.
	MinFree int64
	// Ballast is the size in bytes of a file that is given up when the store
	// could not be closed without it; 0: none.
	Ballast int64
	// Migrations bring older data to the newest form, by number from 1.
	Migrations []Migration
	// EraseDelay is how long forgotten keys are gathered before the epoch
	// rolls, so that a hundred erasures cost one roll; 0: one second.
	EraseDelay time.Duration
}

// filled is c with defaults, or everything that is wrong with it.
func (c Config) filled() (Config, error) {
	var wrong []error
	if c.Dir == "" {
		wrong = append(wrong, errors.New("no data directory"))
	}
	if len(c.Root) != rootSize {
		wrong = append(wrong, fmt.Errorf("the root key has %d bytes, want %d", len(c.Root), rootSize))
	}
	if c.Origin == "" || len(c.Origin) > maxOrigin || strings.Contains(c.Origin, "+") ||
		strings.IndexFunc(c.Origin, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) >= 0 {
		wrong = append(wrong, errors.New("the origin must be 1 to 64 printable bytes without spaces or plus signs"))
	}
	if c.MinFree == 0 {
		c.MinFree = DefaultMinFree
	}
	if c.MinFree < LeastMinFree {
		wrong = append(wrong, fmt.Errorf("MinFree is %d bytes, least %d", c.MinFree, int64(LeastMinFree)))
	}
	if c.Ballast < 0 {
		wrong = append(wrong, errors.New("the ballast has a negative size"))
	}
	for i, m := range c.Migrations {
		if m.Version != uint32(i+1) || m.Step == nil || m.Name == "" {
			wrong = append(wrong, fmt.Errorf("migration %d needs number %d, a name and a step", m.Version, i+1))
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.EraseDelay == 0 {
		c.EraseDelay = time.Second
	}
	return c, errors.Join(wrong...)
}

func (c Config) path(parts ...string) string {
	return filepath.Join(append([]string{c.Dir}, parts...)...)
}

// memTableSize is the size of one of Badger's write buffers in bytes, from 1 to
// 16 MiB. All other sizes follow from it (badger.go), so that MinFree, which is
// 32 buffers, holds what Badger may still have to write when the gate closes:
//
//	the rest of the present log                                   1
//	three buffers on their way to level 0, with their indexes     4
//	level 0 (up to 5 tables) into its base level (1, at worst 2)  8
//	two compactions of a table (1/4) with the ten below it        7
//
// Files that are replaced are only removed when the new ones are there.
func (c Config) memTableSize() int64 {
	size := c.MinFree / 32 &^ (1<<20 - 1)
	return min(max(size, 1<<20), 16<<20)
}

// openingNeeds is the room for the compaction that Badger may begin as soon as
// it is open to write; closingNeeds the room to write its buffers out.
func (c Config) openingNeeds() int64 { return 16 * c.memTableSize() }
func (c Config) closingNeeds() int64 { return 6 * c.memTableSize() }

// restingNeeds is how much must be left to close the database while it works:
// more than that takes, because who has taken the rest may be taking on.
func (c Config) restingNeeds() int64 { return c.MinFree / 4 * 3 }
