package web

import (
	"sync"
	"time"
)

// limitKey is who is counted, and in which bucket.
type limitKey struct{ who, bucket string }

// exceeded is what a caller over its limit is told.
type exceeded struct {
	bucket string
	limit  int
}

// verdict is what a bucket says to one request.
type verdict struct {
	ok        bool
	remaining int           // requests that are left now
	reset     int64         // Unix second at which the bucket is full again
	retry     time.Duration // until the next request is let through; 0 when ok
}

// spend takes one request from a bucket that holds limit requests and fills
// evenly, limit in a period. full is when the bucket will be full again and is
// all that is remembered of it (GCRA, ITU-T I.371). It returns the new full.
func spend(full, now time.Time, limit int, period time.Duration) (time.Time, verdict) {
	each := period / time.Duration(limit)
	if full.Before(now) {
		full = now
	}
	if wait := full.Add(each).Sub(now) - period; wait > 0 {
		return full, verdict{reset: ceilUnix(full), retry: wait}
	}
	full = full.Add(each)
	left := int((period - full.Sub(now)) / each)
	return full, verdict{ok: true, remaining: left, reset: ceilUnix(full)}
}

func ceilUnix(t time.Time) int64 {
	s := t.Unix()
	if t.Nanosecond() > 0 {
		s++
	}
	return s
}

// limiter keeps the buckets that are not full. A full bucket is one that is
// not there, so dropping those loses nothing.
type limiter struct {
	mu    sync.Mutex
	most  int
	full  map[limitKey]time.Time
	swept time.Time
}

func newLimiter(most int) *limiter {
	return &limiter{most: most, full: map[limitKey]time.Time{}}
}

// take spends one request of k. When there is no room for another bucket,
// those who have none share one.
func (l *limiter) take(k limitKey, limit int, period time.Duration, now time.Time) verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swept) > time.Minute {
		l.sweep(now)
	}
	if _, known := l.full[k]; !known && len(l.full) >= l.most {
		k.who = ""
	}
	full, v := spend(l.full[k], now, limit, period)
	l.full[k] = full
	return v
}

// sweep forgets buckets that are full again: all of them within a minute of
// their last request.
func (l *limiter) sweep(now time.Time) {
	l.swept = now
	for k, full := range l.full {
		if !full.After(now) {
			delete(l.full, k)
		}
	}
}
