package web

import (
	"testing"
	"time"
)

func TestSpend(t *testing.T) {
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		what  string
		full  time.Time // when the bucket is full again
		limit int
		want  verdict
	}{
		{"never used", time.Time{}, 6, verdict{ok: true, remaining: 5, reset: noon.Unix() + 10}},
		{"used long ago", noon.Add(-time.Hour), 6, verdict{ok: true, remaining: 5, reset: noon.Unix() + 10}},
		{"half empty", noon.Add(30 * time.Second), 6, verdict{ok: true, remaining: 2, reset: noon.Unix() + 40}},
		{"the last one", noon.Add(50 * time.Second), 6, verdict{ok: true, remaining: 0, reset: noon.Unix() + 60}},
		{"one too many", noon.Add(time.Minute), 6, verdict{reset: noon.Unix() + 60, retry: 10 * time.Second}},
		{"a little too early", noon.Add(51 * time.Second), 6, verdict{reset: noon.Unix() + 51, retry: time.Second}},
		{"one a minute", time.Time{}, 1, verdict{ok: true, reset: noon.Unix() + 60}},
		{"a limit that does not divide a minute", noon.Add(500 * time.Millisecond), 7, verdict{ok: true, remaining: 5, reset: noon.Unix() + 10}},
	} {
		t.Run(test.what, func(t *testing.T) {
			full, got := spend(test.full, noon, test.limit, time.Minute)
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if !got.ok && !full.Equal(test.full) {
				t.Error("a refused request was taken from the bucket")
			}
		})
	}
}

// FuzzSpend holds the laws of a rate limit: never more than limit at once nor
// limit a minute on top of a full bucket, and a caller who waits as told is
// let through.
func FuzzSpend(f *testing.F) {
	f.Add(uint16(6), []byte{0, 0, 0, 200, 10})
	f.Fuzz(func(t *testing.T, limit uint16, waits []byte) {
		if limit == 0 {
			return
		}
		start := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
		now, full, passed := start, time.Time{}, 0
		for _, wait := range waits {
			now = now.Add(time.Duration(wait) * 10 * time.Millisecond)
			var v verdict
			full, v = spend(full, now, int(limit), time.Minute)
			if v.ok {
				passed++
			} else if _, again := spend(full, now.Add(v.retry), int(limit), time.Minute); !again.ok {
				t.Fatal("waited as told, and was refused again")
			}
			if v.remaining < 0 || v.remaining >= int(limit) || v.reset < now.Unix() {
				t.Fatalf("got %+v with limit %d", v, limit)
			}
		}
		most := int(limit) + int(now.Sub(start)*time.Duration(limit)/time.Minute) + 1
		if passed > most {
			t.Fatalf("%d passed, want at most %d", passed, most)
		}
	})
}

func TestBucketsThatAreFullAreForgotten(t *testing.T) {
	l := newLimiter(4)
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, who := range []string{"a", "b", "c", "d", "e", "f"} {
		l.take(limitKey{who: who}, 1, time.Minute, now)
	}
	if got := len(l.full); got != 5 { // four and the shared one
		t.Errorf("got %d buckets, want 5", got)
	}
	if v := l.take(limitKey{who: "g"}, 1, time.Minute, now); v.ok {
		t.Error("one who has no bucket: got through, want the shared one to be empty")
	}
	l.take(limitKey{who: "a"}, 1, time.Minute, now.Add(2*time.Minute))
	if got := len(l.full); got != 1 {
		t.Errorf("two minutes later: got %d buckets, want 1", got)
	}
}
