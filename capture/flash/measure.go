package flash

import (
	"errors"
	"math"

	"github.com/rostod/rostod/engine"
)

var (
	errTimeline = errors.New("the timeline does not fit its plan")
	// ErrFrames says that there is nothing to measure: another try may bring it.
	ErrFrames = errors.New("too few frames with a face to measure")
)

// The background that is needed to be told from the face.
const (
	leastBackground = 2000 // pixels
	leastRing       = 500
	busyBackground  = 60.0 // mean squared change of luma between frames, from which it moves
	faceShare       = 200  // pixels of a region
)

// Measure makes the evidence of one session. It is a function of its argument:
// the same session gives the same evidence. A session that cannot be measured
// at all is an error; one that measures badly is evidence of that.
func Measure(s Session) (engine.FlashEvidence, error) {
	t := s.Timeline
	if len(t.Slots) == 0 || len(t.Slots) != len(t.Plan.Slots) || !(t.End > t.Slots[len(t.Slots)-1]) || !(t.Slots[0] > t.Start) {
		return engine.FlashEvidence{}, errTimeline
	}
	r := newRecord(t, s.Samples)
	if len(r.at) < fewest {
		return engine.FlashEvidence{}, ErrFrames
	}
	shown := t.display()
	m := measuring{record: r, session: s, list: t.changes(shown), shift: shown.shift}
	m.measureCode()
	e := engine.FlashEvidence{
		Frames: len(r.at), FPS: rate(r.at), Lag: m.lag(),
		Seconds: (t.End + float64(t.Plan.Tail.Milliseconds()) - t.Start) / 1000,
		Quality: m.quality(shown), Code: m.codeEvidence(), Around: m.around(),
	}
	m.shape(&e)
	tidy(&e)
	return e, nil
}

// measuring is one session on its way to evidence.
type measuring struct {
	record
	session    Session
	list       []change
	shift      []float64
	skin       []Light // relative light of the skin
	background []Light // nil when it cannot be used
	by         []Light // what is divided out: nil or the background
	answer     course  // of the skin, by the estimator that was chosen
	code       code
	screen     []glow // at the code's lag
	left       course
}

// measureCode finds how the skin follows the plan, by itself and against the
// background, and keeps the clearer of the two: the first is better when the
// camera's gains are locked, the second when they are not.
func (m *measuring) measureCode() {
	m.skin = m.relative(ofSkin, faceShare)
	if m.quiet() {
		m.background = m.relative(ofBackground, leastBackground)
	}
	if m.skin == nil {
		return
	}
	m.answer = m.chromas(m.skin)
	m.code = m.scan(m.answer, m.list)
	if m.background != nil {
		answer := m.chromas(against(m.skin, m.background))
		if k := m.scan(answer, m.list); k.r2() > m.code.r2() {
			m.answer, m.code, m.by = answer, k, m.background
		}
	}
	m.screen = drive(m.list, m.at, m.code.Lag, nil)
	m.left = m.residue(m.answer, m.code, m.screen)
}

// lag is how late the light is: how late the code fits best, and the time that
// a change takes on its way, which the fit knows of.
func (m *measuring) lag() float64 {
	if m.answer == nil {
		return 0
	}
	return m.code.Lag + blunting
}

// quiet says whether the background stands still.
func (m *measuring) quiet() bool { return m.activity() <= busyBackground }

func (m *measuring) activity() float64 {
	values := make([]float64, len(m.samples))
	for i, s := range m.samples {
		values[i] = float64(s.Activity)
	}
	return median(values)
}

// codeEvidence is what the code says in numbers.
func (m *measuring) codeEvidence() engine.FlashCode {
	if m.answer == nil {
		return engine.FlashCode{}
	}
	k := m.code
	phi := m.left.alike()
	e := engine.FlashCode{
		Estimator: "raw", Beta: k.B, Response: k.response() / 2, R2: k.r2(), Rho: k.rho(),
		Phi: phi, Tilt: [2]float64{k.Side, k.Height}, AtTheEdge: k.Lag <= leastLag || k.Lag >= mostLag,
	}
	if m.by != nil {
		e.Estimator = "background"
	}
	e.Error = k.errorOf(len(m.at), phi) / 2
	if e.Error > 0 {
		e.T = e.Response / e.Error
	}
	for i := range e.Noise {
		e.Noise[i] = math.Sqrt(max(0, k.Left[i][i]) / float64(len(m.at)))
	}
	n := m.wrong(m.answer, m.session.Timeline, m.list)
	e.P, e.NullMean, e.NullMost, e.Wrong = n.P, n.Mean, n.Most, n.Tried
	e.R2Slots = m.anySlots(m.answer, m.list, k.Lag)
	e.Steps, e.Foreign, e.ForeignT = m.steps(m.answer, m.list, k.Lag)
	return e
}

// around is how background and ring follow, at the code's lag.
func (m *measuring) around() engine.FlashAround {
	e := engine.FlashAround{Activity: m.activity()}
	for _, s := range m.samples {
		e.Pixels = max(e.Pixels, int(s.Background.Pixels))
	}
	if m.skin == nil {
		return e
	}
	raw := m.fitAt(m.chromas(m.skin), m.list, m.code.Lag)
	e.Raw = raw.response() / 2
	if m.background == nil {
		return e
	}
	e.Background = true
	alone := m.chromas(m.background)
	follows := m.fitAt(alone, m.list, m.code.Lag)
	e.Against = m.fitAt(m.chromas(against(m.skin, m.background)), m.list, m.code.Lag).response() / 2
	e.Kappa, e.KappaError = m.share(follows, alone, e.Raw)
	if ring := m.relative(ofRing, leastRing); ring != nil {
		e.Ring = true
		k := m.fitAt(m.chromas(against(ring, m.background)), m.list, m.code.Lag)
		if math.Abs(e.Against) > 1e-6 {
			e.KappaRing = max(-3, min(3, k.response()/2/e.Against))
		}
	}
	return e
}

// share is how much of the face's response something else has, and its error.
func (m *measuring) share(k code, c course, face float64) (kappa, spread float64) {
	if !(math.Abs(face) > 1e-6) {
		return 0, 0
	}
	left := m.residue(c, k, m.screen)
	kappa = k.response() / 2 / face
	spread = k.errorOf(len(m.at), left.alike()) / 2 / math.Abs(face)
	return max(-3, min(3, kappa)), min(3, spread)
}

// shape measures slots and cells.
func (m *measuring) shape(e *engine.FlashEvidence) {
	width, height := m.session.Screen.size()
	away := m.session.distance(e.Quality.EyeDistance)
	h := newHead(panel{wide: width, high: height, away: away, up: eyeShare * height})
	if m.answer == nil {
		return
	}
	light := func(region int) []Light {
		l := m.relative(ofRegion(region), faceShare/4)
		if l == nil {
			return nil
		}
		return against(l, m.by)
	}
	e.Slots = m.readSlots(m.session.Timeline, m.shift, m.list, m.code, m.zones(light, m.code, m.screen, h))
	e.Code.Accuracy, e.Code.Margin = asPlanned(e.Slots)
	e.Shape, e.Cells = shapeOf(m.cells(m.by, m.code, m.screen), h, m.code.response()/2, m.session.Screen.known())
	e.Shape.Distance, e.Shape.Screen = away, [2]float64{width, height}
	e.Trace = m.trace()
}

// eyeShare is how far above a screen's middle a face usually is, in shares of
// the screen's height: cameras stand on top.
const eyeShare = 0.15

// trace is the frames for the reviewer's drawing.
func (m *measuring) trace() []engine.FlashTrace {
	around := m.chromas(m.background)
	list := make([]engine.FlashTrace, len(m.at))
	for i := range list {
		list[i] = engine.FlashTrace{
			At: m.at[i] - m.session.Timeline.Start, Face: m.answer[i], Plan: m.answer[i].minus(m.left[i]),
		}
		if around != nil {
			list[i].Background = around[i]
		}
	}
	return list
}
