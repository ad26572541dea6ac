package hub

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
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

// What a branch said long ago is no sign of life when somebody says it again.
func TestSilentWhileOldBatchesArePlayed(t *testing.T) {
	hq, s := enrolled(t, 1)
	held := s.sent(t).Accepted
	said := [][]byte{s.says(t, held, held)}
	s.way.mu.Lock()
	said = append(said, s.way.seen...)
	s.way.mu.Unlock()
	hq.move(time.Until(hq.Now()) * -1) // co-signatures have the machine's clock
	hq.move(2 * time.Hour)
	for _, wire := range said {
		if _, err := hq.Take(t.Context(), wire); err != nil {
			t.Fatal(err)
		}
	}
	if v := hq.branch(t); !v.Silent {
		t.Errorf("got %+v, want it silent", v)
	}
	s.write(t, 1, "test")
	s.sent(t)
	if v := hq.branch(t); v.Silent {
		t.Errorf("got %+v, want it heard", v)
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

// What was told of and what stands at its place cannot differ, whichever came first;
// the signed alarm is kept. A branch that begins anew has told of nothing yet.
func TestAlarmsThatContradict(t *testing.T) {
	for _, tt := range []struct {
		name string
		tell func(hq *headquarters, s *site) (index uint64, alarms [][]byte)
		kept string // of the evidence
	}{
		{"the place comes with another entry", func(_ *headquarters, s *site) (uint64, [][]byte) {
			return s.size(t), [][]byte{s.alarm(t, s.size(t), "another")}
		}, "*.alarm"},
		{"the place had come with another entry", func(*headquarters, *site) (uint64, [][]byte) { return 2, nil }, "contradiction-*.alarm"},
		{"the same place told of twice", func(_ *headquarters, s *site) (uint64, [][]byte) {
			at := s.size(t) + 100
			return at, [][]byte{s.alarm(t, at, "one"), s.alarm(t, at, "one")}
		}, "contradiction-*.alarm"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hq, s := enrolled(t, 5)
			s.sent(t)
			at, alarms := tt.tell(hq, s)
			for _, wire := range alarms {
				if _, err := hq.Take(t.Context(), wire); err != nil {
					t.Fatal(err)
				}
			}
			if v := hq.branch(t); v.Standing != batch.Sound || len(v.Alarms) != min(len(alarms), 1) {
				t.Fatalf("told of: got %+v, want it sound, and each alarm once", v)
			}
			if tt.kept == "*.alarm" {
				s.write(t, 1, "test")
			} else if _, err := hq.Take(t.Context(), s.alarm(t, at, "another")); err != nil {
				t.Fatal(err)
			}
			s.until(t, "the hub to know", func(upstream.Status) bool { return hq.branch(t).Standing == batch.Forked })
			if v := hq.branch(t); v.Why == "" || v.Complete {
				t.Errorf("got %+v, want why", v)
			}
			if files, err := filepath.Glob(filepath.Join(hq.dir, "archive", "*", tt.kept)); err != nil || len(files) != 1 {
				t.Errorf("got %v and %v, want the signed alarm", files, err)
			}
			s.stop()
			if _, err := hq.Restart(t.Context(), "branch-17", "the disk was changed"); err != nil {
				t.Fatal(err)
			}
			s = openSite(t, s.dir, hq)
			s.sent(t)
			same(t, hq, s)
		})
	}
}

// alarm is an alarm as the branch signs it, of whatever it says.
func (s *site) alarm(t *testing.T, index uint64, what string) []byte {
	t.Helper()
	a := batch.Alarm{Index: index, Entry: fmt.Appendf(nil, `{"index":%d,"kind":%q}`, index, what)}
	wire, err := a.Bytes(func(kind string, lines ...string) ([]byte, error) { return s.log.State(t.Context(), kind, lines...) })
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// A branch that has said that it has more does not become complete by having less.
func TestClaimed(t *testing.T) {
	hq, s := enrolled(t, 5)
	held := s.sent(t).Accepted
	s.way.set(true)
	s.write(t, 3, "test")
	s.until(t, "a failure", func(st upstream.Status) bool { return st.Failures > 0 })
	var said [][]byte
	for _, more := range []uint64{3, 0} {
		said = append(said, s.says(t, held, held+more))
	}
	for _, wire := range said {
		if _, err := hq.Take(t.Context(), wire); err != nil {
			t.Fatal(err)
		}
	}
	if v := hq.branch(t); v.Claimed != held+3 || v.Complete {
		t.Errorf("got %+v, want three entries missing", v)
	}
	s.way.set(false)
	s.sent(t)
	if v := hq.branch(t); !v.Complete {
		t.Errorf("got %+v, want all of it there", v)
	}
}

// says is an empty batch behind what is held, that says how many entries there are.
func (s *site) says(t *testing.T, held, size uint64) (wire []byte) {
	t.Helper()
	b := batch.Batch{From: held, To: held, Size: size, Seen: held}
	err := s.store.View(t.Context(), func(v *storage.View) (err error) {
		if b.Edge, err = transparency.EdgeAt(held, v.Hashes()); err != nil {
			return err
		}
		_, b.Checkpoint, err = s.log.At(v, held)
		return err
	})
	if err == nil {
		wire, err = b.Bytes(func(kind string, lines ...string) ([]byte, error) { return s.log.State(t.Context(), kind, lines...) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return wire
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
	for _, log := range []string{"rostod/", "rostod/../../etc", "rostod/3f9c.1", "other/3f9c"} {
		key, err := transparency.VerifierKey(log, bytes.Repeat([]byte{3}, 32))
		if err != nil {
			t.Fatal(err)
		}
		if err := hq.Enrol(t.Context(), "b", key); !errors.Is(err, ErrKey) {
			t.Errorf("a log of the name %s: got %v, want %s", log, err, ErrKey.Code)
		}
	}
	if err := hq.Enrol(t.Context(), "b", "rubbish"); !errors.Is(err, ErrKey) {
		t.Errorf("rubbish: got %v, want that it is no key", err)
	}
}
