package storage

import "time"

// clock notices that the machine's clock was set. The order of the journal is that of
// its entries, never of their times; but whoever reads a time must be able to see
// that the clock it came from was moved.
type clock struct {
	last    time.Time     // of the newest entry
	elapsed time.Duration // when it was written, by the clock that nobody sets
	running bool          // elapsed is known: not for an entry of an earlier run
}

// A clock that is disciplined runs up to 500 ppm fast or slow (adjtimex(2)): four
// times that, and two seconds, are no move.
const (
	clockSlack = 2 * time.Second
	clockDrift = 500 // one part in
)

// moved is by how much the clock was set since the newest entry; 0 when it was not.
// Without the clock that nobody sets (has is false) only a move back is seen: what
// looks like a move forward may have been a rest.
func (c clock) moved(now time.Time, elapsed time.Duration, has bool) time.Duration {
	if c.last.IsZero() {
		return 0
	}
	if has && c.running {
		ran := elapsed - c.elapsed
		off := now.Sub(c.last) - ran
		if off.Abs() > clockSlack+ran/clockDrift {
			return off
		}
		return 0
	}
	if back := now.Sub(c.last); back < -clockSlack {
		return back
	}
	return 0
}

// clockMoved is the public part of the entry that says so.
type clockMoved struct {
	Before  time.Time `json:"before"`  // of the entry in front
	Seconds int64     `json:"seconds"` // by how much it was set; a machine that slept looks as if it was set forward
}

// noticeClock adds an entry to the batch when the clock was set since the newest one.
func (s *Store) noticeClock(b *batch) {
	now := s.cfg.Now().UTC()
	var elapsed time.Duration
	if s.cfg.Elapsed != nil {
		elapsed = s.cfg.Elapsed()
	}
	off := s.clock.moved(now.Round(0), elapsed, s.cfg.Elapsed != nil)
	if off != 0 {
		j := &job{done: make(chan struct{}), fn: func(tx *Tx) error {
			_, err := tx.Log(Entry{Kind: "clock.moved", Actor: "system", Public: clockMoved{s.clock.last, int64(off / time.Second)}})
			return err
		}}
		b.add(j, b.run(j))
	}
	s.clock = clock{last: now.Round(0), elapsed: elapsed, running: s.cfg.Elapsed != nil}
}
