package capture

import (
	"image"
	"math"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/engine"
)

// reported is a connection with a sender's report, or without.
type reported struct {
	clock peer.Clock
	ok    bool
}

func (reported) Send([]byte) error              { return nil }
func (reported) Close(error)                    {}
func (reported) Fingerprints() (string, string) { return "", "" }
func (reported) Link() peer.Link                { return peer.Link{} }
func (r reported) Clock() (peer.Clock, bool)    { return r.clock, r.ok }

// The frames of a session are on the client's clock, whatever the pings said
// while they came.
func TestDate(t *testing.T) {
	base := time.UnixMilli(1_800_000_000_000)
	const ahead, transit = 5000.0, 8.0 // the client's clock, the way of a frame; milliseconds
	taken := func(i int) float64 { return milliseconds(base) + 33*float64(i) }
	honest := peer.Clock{RTP: 33 * 90 * 3, Unix: taken(3) + ahead}
	for _, tt := range []struct {
		name  string
		link  reported
		wrong float64 // of the clock until the fifth frame
		want  float64 // how much later than they were taken the frames are dated
	}{
		{"a report", reported{honest, true}, 0, 0},
		{"a report, a slow first ping", reported{honest, true}, -130, 0},
		{"no report", reported{}, 0, transit},
		{"no report, a slow first ping", reported{}, -130, transit},
		{"a report that is far off", reported{peer.Clock{Unix: taken(0) + ahead - 1200}, true}, 0, transit},
	} {
		s := &session{link: tt.link, film: newFilm(&eyes{}, engine.Sighting{})}
		s.clock.offset = ahead + tt.wrong
		for i := range 10 {
			if i == 5 {
				s.clock.offset = ahead
			}
			arrived := base.Add(time.Duration((33*float64(i) + transit + float64(i%3)) * float64(time.Millisecond)))
			if err := s.film.add(t.Context(), peer.Frame{Picture: image.NewYCbCr(image.Rect(0, 0, 64, 64), image.YCbCrSubsampleRatio420), RTP: int64(33 * 90 * i), Arrived: arrived}); err != nil {
				t.Fatal(err)
			}
		}
		s.film.end()
		s.date()
		for i, sample := range s.film.samples {
			if late := sample.At - ahead - taken(i); math.Abs(late-tt.want) > 0.01 {
				t.Errorf("%s: frame %d is dated %.1f ms late, want %.1f", tt.name, i, late, tt.want)
			}
		}
	}
}
