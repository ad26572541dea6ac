package webhook

import "time"

// Backoff is how long a delivery waits after a failure: First, then twice as
// long each time, and never longer than Longest.
type Backoff struct {
	First, Longest time.Duration
}

// after is how long to wait after so many failures in a row, from 1. A roll in
// [0, 1) takes up to half of it away, so that what failed together is not tried
// together.
func (b Backoff) after(failures int, roll float64) time.Duration {
	wait := b.First
	for i := 1; i < failures && wait < b.Longest; i++ {
		wait *= 2
	}
	wait = min(wait, b.Longest)
	return wait - time.Duration(roll*float64(wait)/2)
}

// An endpoint that fails so often in a row is asked by one delivery at a time,
// with a rest between that grows to the longest.
const (
	failuresThatSlow = 3
	longestRest      = 5 * time.Minute
)

// rest is how long an endpoint is left alone after so many failures in a row.
func (b Backoff) rest(failures int, roll float64) time.Duration {
	if failures < failuresThatSlow {
		return 0
	}
	return Backoff{b.First, min(b.Longest, longestRest)}.after(failures-failuresThatSlow+1, roll)
}
