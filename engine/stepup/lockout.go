package stepup

import (
	"math"
	"time"

	"github.com/rostod/rostod/engine"
)

// tally is how a customer or a device has done of late: the failures since the
// last success, and the lock that they earned.
type tally struct {
	Failures int       `json:"failures"`
	Locks    int       `json:"locks"`
	Until    time.Time `json:"until"`
}

// locked is how long the lock still holds; 0 when there is none.
func (t tally) locked(now time.Time) time.Duration {
	if t.Locks == 0 {
		return 0
	}
	return max(0, t.Until.Sub(now))
}

// failed is the tally after one more failure. The failure that reaches the
// policy's number starts the first lock; each one after it, a longer one.
func (t tally) failed(policy engine.Lockout, now time.Time) tally {
	t.Failures++
	if policy.After > 0 && t.Failures >= policy.After {
		t.Locks++
		t.Until = now.Add(lockTime(policy, t.Locks))
	}
	return t
}

// lockTime is how long the n-th lock in a row holds, n from 1.
func lockTime(policy engine.Lockout, n int) time.Duration {
	seconds := policy.First.Seconds() * math.Pow(policy.Factor, float64(n-1))
	if math.IsNaN(seconds) || seconds > policy.Longest.Seconds() {
		return policy.Longest
	}
	return time.Duration(seconds * float64(time.Second))
}
