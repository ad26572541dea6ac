package crash

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/internal/fixture"
)

// TestKill kills the daemon with kill -9 at random moments while clients
// enrol, step up, erase, change settings and make keys, and wants after each
// restart that every answered request is there, and that nothing is there by
// half.
func TestKill(t *testing.T) {
	faces := people(t)
	killRounds(t, setting(t, "ROSTOD_KILL_ROUNDS", 6), faces,
		"ROSTOD_MODELS="+fixture.Models(t), "ROSTOD_ONNXRUNTIME="+fixture.Library(t))
}

// The same with what needs no face, so that it is never left out. It is quick
// work, and leaves many more entries in each round.
func TestKillWithoutModels(t *testing.T) {
	killRounds(t, max(setting(t, "ROSTOD_KILL_ROUNDS", 6)/10, 2), nil, "ROSTOD_MODELS="+t.TempDir())
}

// setting is a number from the environment.
func setting(t *testing.T, name string, usual int) int {
	t.Helper()
	word := os.Getenv(name)
	if word == "" {
		return usual
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 {
		t.Fatalf("%s: got %q, want a number from 1", name, word)
	}
	return n
}

func killRounds(t *testing.T, rounds int, faces []person, env ...string) {
	seed := uint64(setting(t, "ROSTOD_KILL_SEED", int(rand.Uint32())+1))
	t.Logf("seed %d, %d rounds, %d persons with photos", seed, rounds, len(faces))
	s := newSiege(t, 4, seed, faces, env...)
	began, round := time.Now(), 0
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("failed in round %d of seed %d", round, seed)
		}
	})
	for round < rounds {
		round++
		known := maps.Clone(s.books.attempts)
		s.books.audit(t, s.data, s.clerks)
		d := start(t, s.place)
		way := opened(d, s.key)
		s.books.compare(t, way, s.clerks, known)
		s.fire(d, way)
		way.close()
		if s.dice.IntN(3) == 0 {
			s.killEarly(t)
		}
	}
	s.end(t)
	answered, kinds := s.answered()
	t.Logf("%d rounds in %.0f s: %d answered, 0 lost, 0 half; %d without an answer, of which %d were done and are whole; killed %d times while starting and %d times in an epoch roll, %d rolls ended",
		rounds, time.Since(began).Seconds(), answered, s.unanswered(), s.books.byPending, s.early, s.rolls, s.books.rolls)
	t.Logf("answered: %v", kinds)
}

// fire lets the clerks work until the daemon is killed under their hands,
// sometimes while the key of an epoch is being replaced.
func (s *siege) fire(d *process, way *door) {
	var working sync.WaitGroup
	for _, c := range s.clerks {
		working.Go(func() { c.work(context.Background(), way) })
	}
	if s.dice.IntN(3) == 0 && s.awaitRoll(d) {
		s.rolls++
		wait(within(s.dice, 0, 30*time.Millisecond), d)
	} else {
		wait(within(s.dice, 100*time.Millisecond, time.Second), d)
	}
	d.kill()
	working.Wait()
}

// killEarly kills the daemon once or twice while it starts from the wreck.
func (s *siege) killEarly(t *testing.T) {
	for range 1 + s.dice.IntN(2) {
		d := launch(t, s.place)
		wait(within(s.dice, 0, 400*time.Millisecond), d)
		d.kill()
		s.early++
	}
}

// wait waits until it is time to kill, or until there is nothing to kill.
func wait(d time.Duration, p *process) {
	end := time.NewTimer(d)
	defer end.Stop()
	select {
	case <-end.C:
	case <-p.ended:
	}
}

// awaitRoll waits until an epoch begins to roll: a new key lies beside the old
// one.
func (s *siege) awaitRoll(p *process) bool {
	end := time.NewTimer(3 * time.Second)
	defer end.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		if keys, err := filepath.Glob(filepath.Join(s.data, "keys", "epoch-*.key")); err == nil && len(keys) > 1 {
			return true
		}
		select {
		case <-tick.C:
		case <-end.C:
			return false
		case <-p.ended:
			return false
		}
	}
}

// end restarts once more, lets the erasures finish, and compares everything.
func (s *siege) end(t *testing.T) {
	t.Helper()
	s.books.audit(t, s.data, s.clerks)
	d := start(t, s.place)
	way := opened(d, s.key)
	defer way.close()
	s.books.compare(t, way, s.clerks, nil)
	until(t, "no erasure is pending", func() bool {
		var status struct {
			Keys struct {
				ErasuresPending uint64 `json:"erasuresPending"`
			} `json:"keys"`
		}
		way.read(t, "/api/status", &status)
		return status.Keys.ErasuresPending == 0
	})
	d.stop(t)
	s.books.audit(t, s.data, s.clerks)
}
