package capture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rostod/rostod/capture/decode"
	"github.com/rostod/rostod/daemon/bench"
)

// The film: what a browser sends of a 640x480 camera.
const (
	fps      = 30
	length   = 90  // frames, again and again
	grain    = 6.0 // standard deviation of the noise, levels of luma
	decoding = 6   // times that the film is decoded without a pause
)

// shoot encodes a photo as a film of a camera that has noise, at so many
// million bits a second.
func shoot(photo *image.RGBA, mbit float64) (frames [][]byte, err error) {
	size := photo.Rect.Size()
	e, err := decode.NewEncoder(decode.EncoderConfig{Width: size.X, Height: size.Y, BitsPerSecond: int(mbit * 1e6), FPS: fps})
	if err != nil {
		return nil, fmt.Errorf("film the photo: %w", err)
	}
	defer e.Close()
	still, frame := planes(photo), image.NewYCbCr(photo.Rect, image.YCbCrSubsampleRatio420)
	copy(frame.Cb, still.Cb)
	copy(frame.Cr, still.Cr)
	noise := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a camera's grain keeps no secret
	for i := range length {
		for k, v := range still.Y {
			frame.Y[k] = uint8(min(max(float64(v)+grain*noise.NormFloat64(), 16), 235))
		}
		data, err := e.Encode(frame, i == 0)
		if err != nil {
			return nil, fmt.Errorf("film the photo: %w", err)
		}
		if len(data) > 0 {
			frames = append(frames, bytes.Clone(data)) // the encoder writes the next over it
		}
	}
	return frames, nil
}

// planes is a photo in BT.601, limited range.
func planes(m *image.RGBA) *image.YCbCr {
	out := image.NewYCbCr(m.Rect, image.YCbCrSubsampleRatio420)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.RGBAAt(x, y)
			r, g, b := float64(c.R), float64(c.G), float64(c.B)
			out.Y[out.YOffset(x, y)] = uint8(16.5 + 0.2568*r + 0.5041*g + 0.0979*b)
			out.Cb[out.COffset(x, y)] = uint8(128.5 - 0.1482*r - 0.2910*g + 0.4392*b)
			out.Cr[out.COffset(x, y)] = uint8(128.5 + 0.4392*r - 0.3678*g - 0.0714*b)
		}
	}
	return out
}

// alone is the processor time that the bare decoder takes for one frame.
type alone struct {
	paced time.Duration // a frame at a time, as the camera sends them
	hot   time.Duration // one after another without a pause: everything stays in the processor's caches
}

func (a alone) mean(b alone) alone { return alone{(a.paced + b.paced) / 2, (a.hot + b.hot) / 2} }

// bare decodes the film with the daemon's decoder and nothing else.
func bare(ctx context.Context, frames [][]byte) (a alone, err error) {
	d, err := decode.NewDecoder()
	if err != nil {
		return a, err
	}
	defer d.Close()
	pace := time.NewTicker(time.Second / fps)
	defer pace.Stop()
	if a.paced, err = timed(d, frames, func() error {
		select {
		case <-pace.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}); err != nil {
		return a, err
	}
	a.hot, err = timed(d, slices.Repeat(frames, decoding), func() error { return nil })
	return a, err
}

// timed is the processor time of this process for one frame.
func timed(d *decode.Decoder, frames [][]byte, next func() error) (time.Duration, error) {
	before, err := bench.SpentHere()
	if err != nil {
		return 0, err
	}
	for _, f := range frames {
		if err := next(); err != nil {
			return 0, err
		}
		if _, err := d.Decode(f); err != nil {
			return 0, fmt.Errorf("decode the film: %w", err)
		}
	}
	after, err := bench.SpentHere()
	return (after - before) / time.Duration(len(frames)), err
}
