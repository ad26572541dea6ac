package hub

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
)

func TestEverythingArrives(t *testing.T) {
	hq, s := enrolled(t, 700)
	st := s.sent(t)
	if v := hq.branch(t); !v.Complete || v.Size != st.Accepted || v.Standing != batch.Sound {
		t.Errorf("got %+v, want all of %d", v, st.Accepted)
	}
	s.write(t, 5, "test")
	s.sent(t)
	same(t, hq, s)
}

// A branch that was cut off sends what was written meanwhile, and says so until then.
func TestCutOff(t *testing.T) {
	hq, s := enrolled(t, 10)
	s.sent(t)
	s.way.set(true)
	s.write(t, 300, "test")
	st := s.until(t, "a failure", func(st upstream.Status) bool { return st.Failures > 0 })
	if st.Unsent != 300 || st.Oldest.IsZero() || st.Problem == "" {
		t.Errorf("got %+v, want 300 unsent, since when, and why", st)
	}
	s.way.set(false)
	if st = s.sent(t); st.Failures != 0 || st.Problem != "" {
		t.Errorf("got %+v, want no failures any more", st)
	}
	same(t, hq, s)
}

// After a restart the branch goes on from the last co-signature.
func TestResumes(t *testing.T) {
	hq, s := enrolled(t, 50)
	held := s.sent(t).Accepted
	s.stop()
	s2 := openSite(t, s.dir, hq)
	if st, err := s2.up.Status(t.Context()); err != nil || st.Accepted != held {
		t.Errorf("got %+v and %v, want %d accepted before a word was said", st, err, held)
	}
	s2.write(t, 20, "test")
	s2.sent(t)
	for _, wire := range s2.way.seen {
		v, err := batch.Open(wire, s2.key(t))
		if err != nil || v.From < held {
			t.Errorf("got a batch from %d (%v), want none from before %d", v.From, err, held)
		}
	}
	same(t, hq, s2)
}

// Batches in any order, each of them more than once, leave the same log.
func TestAnyOrder(t *testing.T) {
	hq, s := enrolled(t, 5)
	for range 30 {
		s.write(t, 3, "test")
		s.sent(t)
	}
	all := append(append([][]byte{}, s.way.seen...), s.way.seen...)
	for round := range 10 {
		other := openHub(t, t.TempDir())
		if err := other.Enrol(t.Context(), "branch-17", s.key(t)); err != nil {
			t.Fatal(err)
		}
		// Private values are sealed to the first hub; there are none in these.
		shuffle := rand.New(rand.NewPCG(uint64(round), 1))
		shuffle.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, wire := range all {
			if _, err := other.Take(t.Context(), wire); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if v := other.branch(t); v.Size != s.size(t) || v.Standing != batch.Sound || v.Waiting != 0 {
			t.Errorf("round %d: got %+v, want %d entries, sound, none waiting", round, v, s.size(t))
		}
		same(t, other, s)
	}
	if len(all) < 40 {
		t.Errorf("got %d batches, want enough to shuffle", len(all))
	}
	same(t, hq, s)
}

// A hub that was put back to an older state says how much it has, and gets the rest
// again.
func TestHubPutBack(t *testing.T) {
	hq, s := enrolled(t, 40)
	s.sent(t)
	hq.close()
	older := copyFolder(t, hq.dir)
	hq = openHub(t, hq.dir)
	s.way.mu.Lock()
	s.way.to = hq
	s.way.mu.Unlock()
	s.write(t, 60, "test")
	s.sent(t)
	hq.close()
	hq = openHub(t, older)
	s.way.mu.Lock()
	s.way.to = hq
	s.way.mu.Unlock()
	s.write(t, 1, "test")
	s.sent(t)
	same(t, hq, s)
}

func TestSilent(t *testing.T) {
	hq, s := enrolled(t, 1)
	s.sent(t)
	s.stop()
	if hq.branch(t).Silent {
		t.Error("just heard: got silent")
	}
	hq.move(2 * time.Hour)
	if v := hq.branch(t); !v.Silent || v.Complete {
		t.Errorf("two hours later: got %+v, want silent and not complete", v)
	}
}

// A key that follows another is believed because that one signed for it.
func TestRotatedKeys(t *testing.T) {
	hq, s := enrolled(t, 5)
	s.sent(t)
	for range 3 {
		if err := rotate(t, s); err != nil {
			t.Fatal(err)
		}
	}
	s.write(t, 5, "test")
	s.sent(t)
	same(t, hq, s)
}

// An entry of an alarm's kind is told of before those in front of it, and confirmed
// when its place comes.
func TestAlarmsFirst(t *testing.T) {
	closed := func(c *upstream.Config) {
		now := time.Now()
		at := (now.Hour()*60 + now.Minute() + 120) % (24 * 60)
		c.Window, c.Alarms = upstream.Window{From: at, To: (at + 1) % (24 * 60)}, []string{"alarm"}
	}
	hq, s := enrolled(t, 100, closed)
	s.write(t, 1, "alarm")
	s.write(t, 30, "test")
	s.until(t, "the alarm to be told", func(upstream.Status) bool { return len(hq.branch(t).Alarms) == 1 })
	v := hq.branch(t)
	if v.Size != 0 || v.Alarms[0].Kind != "alarm" || v.Alarms[0].Entry != s.size(t)-31 {
		t.Errorf("got %+v, want the alarm and no entry", v)
	}
	s.stop()
	s2 := openSite(t, s.dir, hq)
	s2.sent(t)
	if v := hq.branch(t); len(v.Alarms) != 0 || v.Standing != batch.Sound {
		t.Errorf("got %+v, want the alarm confirmed", v)
	}
	same(t, hq, s2)
}

func TestUnknownBranch(t *testing.T) {
	hq := openHub(t, t.TempDir())
	s := openSite(t, t.TempDir(), hq)
	select {
	case err := <-s.way.answered:
		if !errors.Is(err, ErrUnknownBranch) {
			t.Errorf("got %v, want that the branch is not enrolled", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was sent")
	}
	if err := hq.Enrol(t.Context(), "branch-17", s.key(t)); err != nil {
		t.Fatal(err)
	}
	s.sent(t)
	if err := hq.Enrol(t.Context(), "branch-17", s.key(t)); !errors.Is(err, ErrEnrolled) {
		t.Errorf("again: got %v, want that it is", err)
	}
	if err := hq.Enrol(t.Context(), "b", "rubbish"); !errors.Is(err, ErrKey) {
		t.Errorf("rubbish: got %v, want that it is no key", err)
	}
}
