package liveness

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// gates are the reasons why a capture cannot be judged: none for a good one.
func (t Table) gates(c engine.Capture, site engine.Site) []string {
	var reasons []string
	add := func(broken bool, reason string) {
		if broken {
			reasons = append(reasons, reason)
		}
	}
	e, q, g := c.Flash, c.Flash.Quality, t.Gates
	add(q.EyeDistance < g.EyeDistance, ReasonTooFar)
	add(q.Inside < g.Inside, ReasonFraming)
	add(q.Clipped > g.Clipped, ReasonTooBright)
	add(math.Abs(q.Yaw) > g.Yaw, ReasonTurned)
	add(q.Motion > g.Motion, ReasonMotion)
	add(q.Jumps > g.Jumps || q.Cuts > g.Cuts, ReasonTrackLost)
	if c.Profile != engine.ProfileCompat {
		add(e.FPS < g.FPS || float64(e.Frames) < g.Frames*float64(q.Expected) || q.Gap > g.Gap, ReasonFrameRate)
		add(q.BitsPerPixel < g.BitsPerPixel, ReasonBitrate)
		add(!q.DisplayOrder || q.DisplayWorst > g.Display || q.DisplaySaid < len(e.Slots)-1, ReasonDisplay)
		// Of a face that does not answer there is no shape to speak of.
		add(e.Code.T > clearResponse && shapeless(e.Shape, g), ReasonShape)
	}
	add(t.late(e, site), ReasonLag)
	return append(reasons, t.continuity(c)...)
}

// shapeless says whether the shape was measured too badly to be judged.
func shapeless(s engine.FlashShape, g Gates) bool {
	return !s.Measured || s.Valid < g.ValidCells || s.CellError > g.CellError
}

// late says whether the light came back at another time than it should. A
// response that is not there has no lag to speak of.
func (t Table) late(e engine.FlashEvidence, site engine.Site) bool {
	if e.Code.T < t.Positive.Response {
		return false
	}
	if site.Sessions < t.Lag.Sessions {
		return e.Lag > t.Lag.AtMost
	}
	return math.Abs(e.Lag-site.Lag) > max(t.Lag.Off, t.Lag.OffSpreads*site.LagSpread)
}

// continuity is what is wrong with who was seen: the face that was lit must be
// the face that is matched.
func (t Table) continuity(c engine.Capture) []string {
	several, strangers := t.seen(c)
	switch {
	case strangers > 0:
		return []string{ReasonIdentity}
	case several:
		return []string{ReasonSeveral}
	case t.colours(c) < t.Identity.Colours:
		return []string{ReasonTrackLost}
	default:
		return nil
	}
}

// seen says whether there was more than one face at any moment, and at how many
// the face was somebody else's.
func (t Table) seen(c engine.Capture) (several bool, strangers int) {
	several = c.Flash.Quality.Several > 1
	for _, s := range c.Others {
		several = several || s.Faces > 1
		if s.Faces > 0 && !(s.Cosine >= t.Identity.Cosine) {
			strangers++
		}
	}
	return several, strangers
}

// colours is under how many different colours the face was recognised.
func (t Table) colours(c engine.Capture) int {
	seen := map[string]bool{}
	for _, s := range c.Others {
		if s.Slot >= 0 && s.Slot < len(c.Flash.Slots) && s.Faces > 0 && s.Cosine >= t.Identity.Cosine {
			seen[s.Colour] = true
		}
	}
	return len(seen)
}

// unanswered says whether nothing came back where, at this kiosk, a response
// much weaker than the usual one would have been clear.
func (t Table) unanswered(e engine.FlashEvidence, site engine.Site) bool {
	return site.Sessions >= t.Lag.Sessions && e.Code.Error > 0 && e.Code.T < t.Expected.Below &&
		site.Response/t.Expected.Darker > t.Expected.Clear*e.Code.Error
}
