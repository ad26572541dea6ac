package evidence

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// mostLooks is at how many frames of a compatible bundle the networks look.
const mostLooks = 5

// seen looks at some of the frames and measures the light in all of them.
func (e *Evidence) seen(ctx context.Context, ch Challenge, frames []engine.Still) (engine.Capture, error) {
	looked := spread(len(frames), mostLooks)
	for _, i := range looked {
		face, err := e.Eyes.Look(ctx, frames[i].Data)
		if f := fault.Of(err); f != nil && f.Kind != fault.Unavailable {
			return engine.Capture{}, f.Field(fmt.Sprintf("bundle.frames[%d]", i), f.Title)
		}
		if err != nil {
			return engine.Capture{}, fmt.Errorf("look at a frame: %w", err)
		}
		frames[i].Face = &face
	}
	light, err := e.Flash.Compat(ch.Colours, ch.HoldMs, frames)
	if err != nil {
		return engine.Capture{}, fmt.Errorf("measure the light in the frames: %w", err)
	}
	best := bestOf(frames, looked)
	c := engine.Capture{
		Challenge: ch.ID, Org: ch.Org, Customer: ch.Customer, Device: ch.Device, Profile: ch.Profile,
		Flash: light, Best: *frames[best].Face, Picture: frames[best].Data,
	}
	for _, i := range looked {
		if i != best {
			c.Others = append(c.Others, sight(frames[i], *frames[best].Face, ch))
		}
	}
	return e.named(c)
}

// spread picks at most so many of n, first and last among them, evenly.
func spread(n, most int) []int {
	if n <= most {
		most = n
	}
	var picked []int
	for i := range most {
		at := 0
		if most > 1 {
			at = i * (n - 1) / (most - 1)
		}
		picked = append(picked, at)
	}
	return picked
}

// bestOf is the frame that is matched: the one with the fewest issues, and
// among those the sharpest.
func bestOf(frames []engine.Still, looked []int) int {
	return slices.MinFunc(looked, func(a, b int) int {
		x, y := frames[a].Face, frames[b].Face
		return cmp.Or(len(x.Issues)-len(y.Issues), cmp.Compare(y.Measures.Sharpness, x.Measures.Sharpness))
	})
}

// sight is a frame held against the best one.
func sight(s engine.Still, best engine.Face, ch Challenge) engine.Sight {
	slot, end, colour := 0, 0.0, ""
	for slot < len(ch.HoldMs) {
		if end += float64(ch.HoldMs[slot]); s.At < end {
			colour = ch.Colours[slot]
			break
		}
		slot++
	}
	return engine.Sight{
		Slot: slot, Colour: colour, Faces: s.Face.Faces, Cosine: engine.Cosine(s.Face.Template, best.Template), Passive: s.Face.Passive,
	}
}
