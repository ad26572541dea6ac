package capture

import (
	"testing"
	"time"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

// Frames that cannot be measured are no fault of the daemon: they ask for
// another try.
func TestTooFewToMeasure(t *testing.T) {
	base := time.UnixMilli(1_800_000_000_000)
	for _, tt := range []struct {
		tainted bool
		want    string
	}{{true, "aborted stream_gap"}, {false, "aborted no_face"}} {
		now := base
		s, l := coloured(base, &now)
		s.film = newFilm(&eyes{}, engine.Sighting{})
		for i := range 80 {
			s.film.samples = append(s.film.samples, flash.Sample{Tainted: tt.tainted})
			s.film.rtp = append(s.film.rtp, int64(i)*33*90)
		}
		s.looker = newLooker(t.Context(), &eyes{}, 1)
		s.looker.found = []still{{face: engine.Face{Faces: 1}}}
		s.conclude()
		k, ok := s.studio.Keeper.(*keeper)
		if !ok {
			t.Fatal("the studio has another keeper")
		}
		if got := <-k.ended; got != tt.want || s.outcome != "retry" || l.closed {
			t.Errorf("tainted %v: got %q and the outcome %q, want %q and a retry", tt.tainted, got, s.outcome, tt.want)
		}
	}
}

// What cannot be measured says what the customer, or who looks after the
// kiosk, should change.
func TestUnusable(t *testing.T) {
	base := time.UnixMilli(1_800_000_000_000)
	seen, unseen := []still{{face: engine.Face{Faces: 1}}}, []still{{}}
	for _, tt := range []struct {
		what   string
		frames int
		gap    time.Duration // after the tenth frame
		stills []still
		want   string
	}{
		{"as it should be", 80, 33 * time.Millisecond, seen, ""},
		{"a gap that is just borne", 80, mostGap, seen, ""},
		{"a longer one", 80, mostGap + time.Millisecond, seen, "stream_gap"},
		{"few frames", 30, 33 * time.Millisecond, seen, "low_frame_rate"},
		{"nobody in any still", 80, 33 * time.Millisecond, unseen, "no_face"},
		{"no stills", 80, 33 * time.Millisecond, nil, "no_face"},
	} {
		now := base
		s, _ := coloured(base, &now)
		s.film = newFilm(&eyes{}, engine.Sighting{})
		var rtp int64
		for i := range tt.frames {
			s.film.samples, s.film.rtp = append(s.film.samples, flash.Sample{}), append(s.film.rtp, rtp)
			if rtp += 33 * 90; i == 10 {
				rtp += int64(ms(tt.gap)*90) - 33*90
			}
		}
		if got := s.unusable(tt.stills); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
		}
	}
}
