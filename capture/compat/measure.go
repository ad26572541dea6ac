package compat

import (
	"fmt"
	"slices"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// ErrFrames says that pictures cannot be measured.
var ErrFrames = &fault.Fault{
	Kind: fault.Unprocessable, Code: "bundle/frames",
	Title: "The frames of the bundle cannot be read.",
	Hint:  "Send 1 to 60 JPEG or PNG frames of the same size, each at most 400 KB.",
}

// Meter measures compatible bundles.
type Meter struct{}

// Compat measures the light in frames, in the order of their times, while
// colours were to be shown, each for its holdMs. The faces of some frames must
// be known; between them a face is taken to move evenly. Frames that cannot be
// measured are left out: of too few, nothing is found.
func (Meter) Compat(colours []string, holdMs []int, frames []engine.Still) (engine.FlashEvidence, error) {
	plan, err := planOf(colours, holdMs)
	if err != nil {
		return engine.FlashEvidence{}, err
	}
	seen, err := sampled(frames)
	if err != nil {
		return engine.FlashEvidence{}, err
	}
	s := sequence{slots: plan}
	e := engine.FlashEvidence{Frames: len(seen), Seconds: s.length() / 1000, Slots: s.evidence()}
	e.Quality = qualityOf(frames, seen)
	if n := len(seen); n > 1 && seen[n-1].at > seen[0].at {
		e.FPS = float64(n-1) / (seen[n-1].at - seen[0].at) * 1000
	}
	s.measure(chromas(seen), &e)
	return e, nil
}

// planOf reads the colours of a challenge of ours.
func planOf(colours []string, holdMs []int) ([]slot, error) {
	palette := []flash.Colour{flash.Neutral, flash.Magenta, flash.Green, flash.Cyan, flash.Amber}
	if len(colours) == 0 || len(colours) != len(holdMs) {
		return nil, fmt.Errorf("compat: %d colours and %d times", len(colours), len(holdMs))
	}
	plan := make([]slot, len(colours))
	start := 0.0
	for i, hex := range colours {
		n := slices.IndexFunc(palette, func(c flash.Colour) bool { return c.Hex() == hex })
		if n < 0 || holdMs[i] <= 0 {
			return nil, fmt.Errorf("compat: colour %d is not of the palette, or not shown", i)
		}
		plan[i] = slot{colour: palette[n], start: start, ms: float64(holdMs[i])}
		start += plan[i].ms
	}
	return plan, nil
}

// sample is the face of one frame.
type sample struct {
	at    float64
	light [3]float64 // mean linear light of the face
}

// sampled reduces every frame whose face is known or can be interpolated.
func sampled(frames []engine.Still) ([]sample, error) {
	sampler := flash.NewSampler()
	var list []sample
	var size [2]int
	for i, f := range frames {
		picture, err := decode(f.Data)
		if err != nil {
			return nil, ErrFrames.Field(fmt.Sprintf("bundle.frames[%d]", i), err.Error())
		}
		now := [2]int{picture.Rect.Dx(), picture.Rect.Dy()}
		if i > 0 && now != size {
			return nil, ErrFrames.Field(fmt.Sprintf("bundle.frames[%d]", i), "is not as large as the first one")
		}
		size = now
		face, ok := faceAt(frames, i)
		if !ok {
			continue
		}
		s := sampler.Sample(flash.Frame{Picture: picture, Landmarks: face.Landmarks, Box: face.Box, Found: true})
		if light, ok := skinOf(s); ok {
			list = append(list, sample{at: f.At, light: light})
		}
	}
	return list, nil
}

// leastInside is the share of the face that must be in the picture, and
// leastPixels of how many pixels its light must be the mean.
const (
	leastInside = 0.9
	leastPixels = 800
)

// skinOf is the mean light of all regions of the face.
func skinOf(s flash.Sample) (light [3]float64, ok bool) {
	var pixels float64
	for _, r := range s.Regions {
		for c, l := range r.Light {
			light[c] += float64(l) * float64(r.Pixels)
		}
		pixels += float64(r.Pixels)
	}
	if !s.Placed || s.Inside < leastInside || pixels < leastPixels {
		return light, false
	}
	for c := range light {
		light[c] /= pixels
	}
	return light, true
}

// faceAt is the face in frame i: as it was seen, or between those that were.
// Frames that were turned to find a face have it elsewhere than it is seen.
func faceAt(frames []engine.Still, i int) (engine.Face, bool) {
	known := func(j int) bool {
		f := frames[j].Face
		return f != nil && f.Faces > 0 && f.Turned == 0
	}
	before, after := i, i
	for before >= 0 && !known(before) {
		before--
	}
	for after < len(frames) && !known(after) {
		after++
	}
	switch {
	case before < 0 && after == len(frames):
		return engine.Face{}, false
	case before < 0:
		return *frames[after].Face, true
	case after == len(frames):
		return *frames[before].Face, true
	}
	a, b, share := *frames[before].Face, *frames[after].Face, 0.0
	if span := frames[after].At - frames[before].At; span > 0 {
		share = (frames[i].At - frames[before].At) / span
	}
	mix := func(x, y float64) float64 { return x + share*(y-x) }
	for k := range a.Landmarks {
		a.Landmarks[k] = engine.Point{X: mix(a.Landmarks[k].X, b.Landmarks[k].X), Y: mix(a.Landmarks[k].Y, b.Landmarks[k].Y)}
	}
	a.Box = engine.Box{X: mix(a.Box.X, b.Box.X), Y: mix(a.Box.Y, b.Box.Y), W: mix(a.Box.W, b.Box.W), H: mix(a.Box.H, b.Box.H)}
	return a, true
}

// qualityOf is what is known of the frames besides their light.
func qualityOf(frames []engine.Still, seen []sample) engine.FlashQuality {
	q := engine.FlashQuality{Expected: len(frames), Inside: float64(len(seen)) / float64(max(1, len(frames)))}
	for _, f := range frames {
		if f.Face != nil {
			q.EyeDistance = max(q.EyeDistance, f.Face.Measures.EyeDistance)
			if f.Face.Faces > 1 {
				q.Several++
			}
		}
	}
	return q
}
