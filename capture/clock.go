package capture

import (
	"math"
	"time"
)

// clock ties the client's clock to the daemon's: by the ping that came back
// soonest, since its two ways can differ least.
type clock struct {
	offset float64       // client's clock minus the daemon's, milliseconds
	trip   time.Duration // of the ping that says so; 0: none yet
	at     time.Time
}

// Clocks drift. From the age of stale a slower ping replaces a quicker one, if
// it cannot be farther off than the quicker one is by now: a ping is off by half
// its trip at most.
const (
	stale = 30 * time.Second
	drift = 200e-6 // of two quartz clocks against each other, at most
)

// pong takes one answer. sent and now are the daemon's clock, client is the
// client's when it answered, Unix milliseconds.
func (c *clock) pong(sent, now time.Time, client float64) {
	trip := now.Sub(sent)
	age := now.Sub(c.at)
	if trip < 0 || c.trip > 0 && trip > c.trip && (age < stale || ms(trip-c.trip)/2 > drift*ms(age)) {
		return
	}
	c.offset = client - (milliseconds(sent)+milliseconds(now))/2
	c.trip, c.at = max(trip, 1), now
}

// coarse is how coarsely a browser that guards against fingerprinting tells the
// time, in milliseconds.
const coarse = 100.0

// agrees says whether an answer can be of the same clock as the best one: both
// are off by half their trip at most, and clocks drift little.
func (c *clock) agrees(sent, now time.Time, client float64) bool {
	off := client - (milliseconds(sent)+milliseconds(now))/2 - c.offset
	return math.Abs(off) <= ms(now.Sub(sent)+c.trip)/2+drift*ms(now.Sub(c.at))+coarse
}

// set says whether any ping has come back.
func (c *clock) set() bool { return c.trip > 0 }

// client is a moment of the daemon's clock on the client's.
func (c *clock) client(t time.Time) float64 { return milliseconds(t) + c.offset }

// milliseconds is a moment in Unix milliseconds with fractions.
func milliseconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }
