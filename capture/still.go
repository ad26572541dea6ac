package capture

import (
	"context"
	"fmt"
	"image"
	"sync"

	"github.com/rostod/rostod/engine"
)

// copyOf is a frame that outlives the call that brought it. into is used again
// when it has the size.
func copyOf(into, p *image.YCbCr) *image.YCbCr {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	if into == nil || into.Rect.Dx() != w || into.Rect.Dy() != h {
		into = image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	}
	for y := range h {
		copy(into.Y[y*into.YStride:y*into.YStride+w], p.Y[p.YOffset(p.Rect.Min.X, p.Rect.Min.Y+y):])
	}
	cw := (w + 1) / 2
	for y := range (h + 1) / 2 {
		at := p.COffset(p.Rect.Min.X, p.Rect.Min.Y+2*y)
		copy(into.Cb[y*into.CStride:y*into.CStride+cw], p.Cb[at:])
		copy(into.Cr[y*into.CStride:y*into.CStride+cw], p.Cr[at:])
	}
	return into
}

// still is one moment that the matcher has seen.
type still struct {
	wish
	picture []byte // JPEG
	face    engine.Face
}

// looker looks at stills while the colours go on, one after another in a
// goroutine of its own: a look takes longer than a frame.
type looker struct {
	tasks chan task
	done  sync.WaitGroup
	found []still
	err   error
}

type task struct {
	wish
	frame *image.YCbCr // the looker's own
}

// newLooker starts one for at most so many stills. end must be called.
func newLooker(ctx context.Context, eyes Eyes, most int) *looker {
	l := &looker{tasks: make(chan task, most)}
	l.done.Go(func() {
		for t := range l.tasks {
			if l.err == nil {
				l.err = l.look(ctx, eyes, t)
			}
		}
	})
	return l
}

func (l *looker) look(ctx context.Context, eyes Eyes, t task) error {
	picture, err := eyes.Still(t.frame)
	if err != nil {
		return err
	}
	face, err := eyes.Look(ctx, picture)
	if err != nil {
		return fmt.Errorf("look at a still: %w", err)
	}
	l.found = append(l.found, still{t.wish, picture, face})
	return nil
}

// end waits for what is under way and returns the stills in their order.
func (l *looker) end() ([]still, error) {
	close(l.tasks)
	l.done.Wait()
	return l.found, l.err
}

// best is the still that is matched: the one with the fewest issues, neutral
// light before colours, early before late. ok is false when none has a face.
func best(all []still) (b still, ok bool) {
	cost := func(s still) int {
		c := 4 * len(s.face.Issues)
		if s.colour != 'K' {
			c += 2
		}
		if s.slot > 0 {
			c++
		}
		return c
	}
	for _, s := range all {
		if s.face.Faces > 0 && (!ok || cost(s) < cost(b)) {
			b, ok = s, true
		}
	}
	return b, ok
}

// sights are all stills against the best.
func sights(all []still, b still) []engine.Sight {
	list := make([]engine.Sight, 0, len(all))
	for _, s := range all {
		list = append(list, engine.Sight{
			Slot: s.slot, Colour: s.colour.String(), Faces: s.face.Faces,
			Cosine: engine.Cosine(s.face.Template, b.face.Template), Passive: s.face.Passive,
		})
	}
	return list
}
