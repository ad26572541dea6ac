package capture

import (
	"image"
	"math"
	"time"

	"github.com/rostod/rostod/engine"
)

// Hints are what a customer can do. A page has a sentence for each.
const (
	hintNoFace     = "no_face"
	hintSeveral    = "several_faces"
	hintCloser     = "closer"
	hintBack       = "back"
	hintCenter     = "center"
	hintMoreLight  = "more_light"
	hintLessLight  = "less_light"
	hintStill      = "hold_still"
	hintForward    = "face_forward"
	hintBitrate    = "low_bitrate"
	hintFrameRate  = "low_frame_rate"
	hintTryAgain   = "try_again"
	hintCameraLost = "camera_lost"
	hintGap        = "stream_gap"
	hintNetwork    = "slow_network"
)

// The limits of a good position. They are a little narrower than the gates of
// the verdict, so that what is let through here is not refused there.
const (
	leastEyes   = 56.0 // pixels between the eyes
	mostHeight  = 0.85 // of the picture, that a face may take
	offCentre   = 0.2  // of the picture, that a face may be off its middle
	darkest     = 45.0 // mean luma of the face, 0..255
	brightest   = 200.0
	mostClipped = 0.1  // share of the face that is white
	mostMoved   = 0.2  // eye distances between two looks
	mostTurned  = 0.45 // of the way from the middle to an eye, that the nose is off
	leastFPS    = 13.0 // a camera of 15 that loses some
	leastBits   = 0.1  // per pixel

	// A browser begins with coarse video and sends finer each second, as long as
	// the link takes it. While it does, and below this, the colours wait.
	plentyOfBits = 0.35
	mostSteady   = 1.1 // times the rate of half a second before, that is no rise
)

// view is what one look of the guide has to go by.
type view struct {
	Sighting engine.Sighting
	Before   engine.Sighting // of the look before
	Width    int
	Height   int
	Luma     float64 // mean of the face, 0..255
	Clipped  float64 // share of the face that is white
	FPS      float64 // 0: not known yet
	Bits     float64 // per pixel; 0: not known yet
	Rising   bool    // the video still becomes finer
}

// hint is the one thing that would help most; empty when all is well.
func (v view) hint() string {
	s := v.Sighting
	eyes := distance(s.Landmarks[0], s.Landmarks[1])
	cx, cy := s.Box.X+s.Box.W/2, s.Box.Y+s.Box.H/2
	switch {
	case s.Faces == 0:
		return hintNoFace
	case s.Faces > 1:
		return hintSeveral
	case s.Box.H > mostHeight*float64(v.Height):
		return hintBack
	case eyes < leastEyes:
		return hintCloser
	case math.Abs(cx-float64(v.Width)/2) > offCentre*float64(v.Width), math.Abs(cy-float64(v.Height)/2) > offCentre*float64(v.Height):
		return hintCenter
	case v.Luma < darkest:
		return hintMoreLight
	case v.Luma > brightest, v.Clipped > mostClipped:
		return hintLessLight
	case turned(s.Landmarks) > mostTurned:
		return hintForward
	case v.Before.Faces == 0 || distance(middle(s.Landmarks), middle(v.Before.Landmarks)) > mostMoved*eyes:
		return hintStill
	case v.FPS > 0 && v.FPS < leastFPS:
		return hintFrameRate
	case v.Bits > 0 && v.Bits < leastBits, v.Rising && v.Bits < plentyOfBits:
		return hintBitrate
	default:
		return ""
	}
}

func distance(a, b engine.Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

// middle is the mean of the landmarks.
func middle(l [5]engine.Point) (m engine.Point) {
	for _, p := range l {
		m.X += p.X / 5
		m.Y += p.Y / 5
	}
	return m
}

// turned is how far the nose is off the middle of the eyes, as a share of the
// way to an eye.
func turned(l [5]engine.Point) float64 {
	dx, dy := l[1].X-l[0].X, l[1].Y-l[0].Y
	n := dx*dx + dy*dy
	if n < 1 {
		return 1
	}
	mx, my := (l[0].X+l[1].X)/2, (l[0].Y+l[1].Y)/2
	return math.Abs(2 * ((l[2].X-mx)*dx + (l[2].Y-my)*dy) / n)
}

// white is the luma from which a pixel counts as clipped.
const white = 233

// light is the mean luma of a face, on the scale 0 to 255, and the share of it
// that is white. Every fourth pixel of every fourth row is read.
func light(p *image.YCbCr, b engine.Box) (mean, clipped float64) {
	r := image.Rect(int(b.X+b.W*0.15), int(b.Y+b.H*0.15), int(b.X+b.W*0.85), int(b.Y+b.H*0.85)).Intersect(p.Rect)
	var n, sum, over int
	for y := r.Min.Y; y < r.Max.Y; y += 4 {
		row := p.Y[p.YOffset(r.Min.X, y):]
		for x := 0; x < r.Dx(); x += 4 {
			n++
			sum += int(row[x])
			if row[x] >= white {
				over++
			}
		}
	}
	if n == 0 {
		return 0, 0
	}
	return (float64(sum)/float64(n) - 16) * 255 / 219, float64(over) / float64(n)
}

// guide is where the customer stands before the colours begin.
type guide struct {
	looked   time.Time
	last     engine.Sighting
	searched int    // looks since the last one at the whole frame
	good     int    // looks without a hint, one after another
	told     string // what was said last
	bits     float64
	rising   bool
}

// follows says whether the next look may be at the customer's face alone, which
// takes a third of a search. A face beside it is seen by every third look, and
// so before the customer is ready.
func (g *guide) follows() bool { return g.last.Faces == 1 && g.searched < settled-1 }

// settled is how many good looks in a row make ready: some six tenths of a
// second.
const settled = 3

// look takes one view and returns what is to be said, if anything new.
func (g *guide) look(v view) (guideMessage, bool) {
	v.Before, g.last = g.last, v.Sighting
	if v.Bits != g.bits { // the link's figures are renewed every half second
		g.rising, g.bits = g.bits > 0 && v.Bits > mostSteady*g.bits, v.Bits
	}
	v.Rising = g.rising
	m := guideMessage{Type: "guide", State: "position", Hint: v.hint()}
	if m.Hint == "" {
		g.good++
	} else {
		g.good = 0
	}
	if g.ready() {
		m.State = "ready"
	}
	if m.Hint == "" && m.State == "position" {
		m.Hint = hintStill
	}
	told := m.State + " " + m.Hint
	if told == g.told {
		return m, false
	}
	g.told = told
	return m, true
}

func (g *guide) ready() bool { return g.good >= settled }
