package journey

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // captures of other makers' pages
	"io"
	"math"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
)

// selfieLife is how long after the end the picture can be fetched.
const selfieLife = 8 * time.Hour

func (j *Journeys) selfie(ctx context.Context, p selfiePath) (*web.Stream, error) {
	caller := web.CallerOf(ctx)
	r, err := j.of(ctx, caller.Org, p.ID)
	switch {
	case err != nil:
		return nil, err
	case r.State == created || r.Capture == "" || !j.Now().Before(r.Finished.Add(selfieLife)):
		return nil, ErrNoSelfie
	}
	c, err := j.captured(ctx, r)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, ErrNoSelfie
	}
	marked, err := watermark(c.Picture, string(r.ID)+"  "+r.Finished.Format("2006-01-02 15:04 UTC"))
	if err != nil {
		return nil, err
	}
	if err := j.looked(ctx, caller, r, "journey.selfie", p.Reason); err != nil {
		return nil, err
	}
	if !p.Raw {
		return web.JSON(fileAnswer{marked, "image/jpeg"}), nil
	}
	return &web.Stream{
		ContentType: "image/jpeg", Header: map[string]string{"Cache-Control": "no-store"},
		Write: func(_ context.Context, w io.Writer) error { _, err := w.Write(marked); return err },
	}, nil
}

// captured is the capture of a journey; nil when there is none, or none any
// more.
func (j *Journeys) captured(ctx context.Context, r record) (*engine.Capture, error) {
	if r.Capture == "" {
		return nil, nil //nolint:nilnil // none is an answer
	}
	c, _, err := j.Captures.Capture(ctx, r.Org, r.Capture)
	if f := fault.Of(err); f != nil && (f.Kind == fault.Gone || f.Kind == fault.NotFound) {
		return nil, nil //nolint:nilnil // forgotten, or erased with the person
	}
	if err != nil {
		return nil, fmt.Errorf("read the capture of a journey: %w", err)
	}
	return &c, nil
}

// looked notes who is about to see a customer's picture. On an error it must
// not be shown.
func (j *Journeys) looked(ctx context.Context, by engine.Caller, r record, what, why string) error {
	return j.Views.Note(ctx, engine.Viewing{By: by, Customer: r.Customer, What: what, Record: string(r.ID), Reason: why})
}

// The watermark: lines of text across the picture, rising to the right, light
// with a dark edge so that it stands on any ground.
const (
	markSlope   = math.Pi / 9
	markOpacity = 110 // of 255
)

// watermark writes a text all over a picture and answers a JPEG.
func watermark(picture []byte, text string) ([]byte, error) {
	from, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("read a picture: %w", err)
	}
	b := from.Bounds()
	to := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(to, to.Bounds(), from, b.Min, draw.Src)
	mark, err := lettered(text, max(11, float64(b.Dx())/40))
	if err != nil {
		return nil, err
	}
	sin, cos := math.Sincos(-markSlope)
	long, step := float64(mark.Bounds().Dx()), float64(mark.Bounds().Dy())*4
	for row := range int(float64(b.Dx()+b.Dy())/step) + 2 {
		// Every other line begins half a text further to the left.
		for x := -long * (0.25 + 0.5*float64(row%2)); x < float64(b.Dx()); x += long * 1.1 {
			at := f64.Aff3{cos, -sin, x * cos, sin, cos, float64(row-1)*step + x*sin}
			draw.BiLinear.Transform(to, at, mark, mark.Bounds(), draw.Over, nil)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, to, &jpeg.Options{Quality: 90}); err != nil {
		return nil, fmt.Errorf("write a picture: %w", err)
	}
	return out.Bytes(), nil
}

// lettered is a text on nothing.
func lettered(text string, size float64) (*image.RGBA, error) {
	parsed, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("read a font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("open a font: %w", err)
	}
	wide := font.MeasureString(face, text).Ceil() + 4
	mark := image.NewRGBA(image.Rect(0, 0, wide, int(size*1.4)))
	d := font.Drawer{Dst: mark, Face: face}
	for _, layer := range []struct {
		c    color.Color
		x, y int
	}{{color.NRGBA{0, 0, 0, markOpacity}, 3, 1}, {color.NRGBA{255, 255, 255, markOpacity}, 2, 0}} {
		d.Src, d.Dot = image.NewUniform(layer.c), fixed.P(layer.x, int(size)+layer.y)
		d.DrawString(text)
	}
	return mark, face.Close()
}
