package flash

import (
	"math"
	"slices"

	"github.com/rostod/rostod/engine"
)

// What counts as a jump of the face and a cut of the picture between two
// neighbouring frames.
const (
	jump       = 0.35 // eye distances
	cut        = 0.5  // share of the picture that changed greatly
	neighbours = 120.0
)

// quality is whether the capture could be measured at all.
func (m *measuring) quality(shown display) engine.FlashQuality {
	t := m.session.Timeline
	q := engine.FlashQuality{
		Gap: m.gap(), BitsPerPixel: m.session.BitsPerPixel, Several: m.session.Continuity.Several,
		DisplayWorst: shown.worst, DisplayOrder: shown.order, DisplaySaid: len(t.Slots) - shown.silent, DisplayMiss: shown.missed,
	}
	if usual := interval(m.at); usual > 0 {
		q.Expected = int(math.Round((t.End + float64(t.Plan.Tail.Milliseconds()) - t.Start - settling) / usual))
	}
	column := func(of func(*Sample) float64) []float64 {
		list := make([]float64, len(m.samples))
		for i, s := range m.samples {
			list[i] = of(s)
		}
		return list
	}
	q.EyeDistance = median(column(func(s *Sample) float64 { return float64(s.IOD) }))
	q.Luma = median(column(func(s *Sample) float64 { return float64(s.Luma) }))
	q.Yaw = median(column(func(s *Sample) float64 { return float64(s.Yaw) }))
	q.Pitch = median(column(func(s *Sample) float64 { return float64(s.Pitch) }))
	q.Clipped = quantile(column(func(s *Sample) float64 { return float64(s.Clipped) }), 0.9)
	q.Motion, q.Jumps, q.Cuts = m.motion()
	q.Inside = m.inside()
	return q
}

// inside is the share of the frames of the session in which there was a face,
// whole, in the picture.
func (m *measuring) inside() float64 {
	t := m.session.Timeline
	all := 0
	for _, s := range m.session.Samples {
		if s.At >= t.Start+settling && s.At <= t.End+float64(t.Plan.Tail.Milliseconds()) && !s.Tainted {
			all++
		}
	}
	if all == 0 {
		return 0
	}
	return min(1, float64(len(m.at))/float64(all))
}

// motion is how fast the face moved, in eye distances a second, smoothed over
// some frames because landmarks tremble; and how often it jumped and the
// picture was cut.
func (m *measuring) motion() (fast float64, jumps, cuts int) {
	const reach = 5 // frames
	var speeds []float64
	away := func(a, b *Sample) float64 {
		dx := float64(a.Middle[0]-b.Middle[0]) * float64(m.session.Width)
		dy := float64(a.Middle[1]-b.Middle[1]) * float64(m.session.Height)
		return math.Hypot(dx, dy) / max(1, float64(b.IOD))
	}
	for i := 1; i < len(m.samples); i++ {
		a, b := m.samples[i], m.samples[i-1]
		if m.at[i]-m.at[i-1] < neighbours {
			if away(a, b) > jump {
				jumps++
			}
			if a.Change > cut {
				cuts++
			}
		}
		if i >= reach {
			speeds = append(speeds, away(a, m.samples[i-reach])/(m.at[i]-m.at[i-reach])*1000)
		}
	}
	return quantile(speeds, 0.9), jumps, cuts
}

// gap is the longest time without a frame that could be measured, from the end
// of the settling to the end of the plan.
func (m *measuring) gap() float64 {
	last := m.session.Timeline.Start + settling
	var longest float64
	for _, at := range m.at {
		longest, last = max(longest, at-last), at
	}
	return max(longest, m.session.Timeline.End-last)
}

// interval is the median time between frames, milliseconds.
func interval(at []float64) float64 {
	if len(at) < 2 {
		return 0
	}
	steps := make([]float64, len(at)-1)
	for i := range steps {
		steps[i] = at[i+1] - at[i]
	}
	return median(steps)
}

// rate is frames a second, from the first frame to the last.
func rate(at []float64) float64 {
	if len(at) < 2 || !(at[len(at)-1] > at[0]) {
		return 0
	}
	return float64(len(at)-1) / (at[len(at)-1] - at[0]) * 1000
}

// quantile is the value below which a share of them lies; 0 of none. It sorts
// them.
func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[min(len(values)-1, int(share*float64(len(values))))]
}
