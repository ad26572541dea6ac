package flash

import (
	"image"
	"math"

	"github.com/rostod/rostod/engine"
)

// Frame is one decoded picture with the face in it.
type Frame struct {
	Picture   *image.YCbCr    // 4:2:0, BT.601 with limited range, as VP8 from a webcam; read only during the call
	Landmarks [5]engine.Point // pixels: image-left eye, image-right eye, nose, image-left and image-right mouth corner
	Box       engine.Box      // of the face
	Found     bool            // whether box and landmarks are known
	Tainted   bool            // decoded with missing references
}

// Mean is the mean linear light of some pixels, 1 at the picture's white.
type Mean struct {
	Light  [3]float32
	Pixels int32 // of the picture that it stands for
}

// Sample is what is kept of a frame.
type Sample struct {
	At         float64 // milliseconds on the client's clock; whoever keeps the sample sets it
	Found      bool    // whether landmarks of this very frame were known
	Placed     bool    // whether there was a face to measure, be it where the last one was
	Tainted    bool
	IOD        float32    // distance between the eyes, pixels
	Middle     [2]float32 // of the face, in shares of the picture's width and height
	Yaw, Pitch float32    // degrees, roughly
	Inside     float32    // share of the face inside the picture
	Clipped    float32    // share of the skin's pixels that are too bright to tell
	Luma       float32    // mean of the skin, 0 to 255
	Activity   float32    // mean squared change of the background's luma since the last frame
	Change     float32    // share of the picture that changed greatly since the last frame
	Regions    [regionCount]Mean
	Cells      [cellCount]Mean
	Ring       Mean
	Background Mean
}

// What counts as too bright to tell, too dark to see, and a great change.
const (
	tooBright  = 245 // encoded level of any channel
	tooDark    = 20  // encoded luma of a background that says nothing
	greatStep  = 24  // levels of luma
	gridStep   = 8   // pixels between the places where the background is looked at
	bgClear    = 1.9 // face boxes that are not background
	bgUpper    = 0.6 // share of the picture, from the top, in which background is looked for
	denseFace  = 6000
	ringStride = 2 // the ring is looked at this much less densely than the face
)

// Sampler reduces the frames of one session to samples. It keeps where the
// face was and a coarse picture of the frame before.
type Sampler struct {
	atlas  atlas
	linear [2048]int32 // of quarter levels from -512
	sums   [256]sum
	before []uint8 // luma at the grid's places, of the frame before
	width  int
	last   Frame // landmarks and box only
}

// NewSampler makes the sampler of one session.
func NewSampler() *Sampler {
	s := &Sampler{atlas: newAtlas()}
	for i := range s.linear {
		s.linear[i] = int32(math.Round(linearOf(float64(i-512)/4/255) * unit))
	}
	return s
}

// unit is full light in the sampler's sums.
const unit = 1 << 16

// linearOf is the linear light of an encoded value (IEC 61966-2-1). Below
// black, where noise goes, it goes on in a straight line, so that the mean of
// dark noise is not lifted.
func linearOf(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// sum is the light of the pixels of one part.
type sum struct {
	light      [3]int64
	n, clipped int32
}

func (s *sum) plus(o sum) {
	for i := range s.light {
		s.light[i] += o.light[i]
	}
	s.n += o.n
	s.clipped += o.clipped
}

// mean is the part's mean; each of its pixels stands for so many.
func (s sum) mean(pixels int) Mean {
	if s.n == 0 {
		return Mean{}
	}
	m := Mean{Pixels: s.n * int32(pixels)}
	for i, l := range s.light {
		m.Light[i] = float32(float64(l) / float64(s.n) / unit)
	}
	return m
}

// Sample reduces a frame. It takes about 100 microseconds at 640x480, and
// keeps nothing of the picture but a coarse grid of its luma.
func (s *Sampler) Sample(f Frame) Sample {
	out := Sample{Found: f.Found, Tainted: f.Tainted}
	if f.Found {
		s.last = Frame{Landmarks: f.Landmarks, Box: f.Box, Found: true}
	}
	if f.Picture == nil || f.Picture.SubsampleRatio != image.YCbCrSubsampleRatio420 || f.Picture.Rect.Min != (image.Point{}) {
		return out
	}
	if s.last.Found {
		s.face(f.Picture, &out)
	}
	s.surroundings(f.Picture, &out)
	return out
}

// face measures the face and the ring around it.
func (s *Sampler) face(p *image.YCbCr, out *Sample) {
	pose, ok := poseOf(s.last.Landmarks)
	if !ok {
		return
	}
	scale := pose.scale()
	out.Placed = true
	out.IOD = float32(scale * eyeDistance)
	out.Middle = [2]float32{float32(pose.X / float64(p.Rect.Dx())), float32(pose.Y / float64(p.Rect.Dy()))}
	yaw, pitch := pose.turned(s.last.Landmarks)
	out.Yaw, out.Pitch = float32(yaw), float32(pitch)

	out.Inside = float32(insideShare(pose, p.Rect.Dx(), p.Rect.Dy()))

	area := math.Pi * faceWide * faceHigh * scale * scale / 4 // in chroma samples
	stride := max(1, int(math.Ceil(math.Sqrt(area/denseFace))))
	clear(s.sums[:])
	s.sweep(p, pose, 1, stride, false)
	s.sweep(p, pose, ringTo, stride*ringStride, true)
	s.divide(4*stride*stride, out)
}

// divide turns the sums into means. Each place that was looked at stands for
// so many pixels.
func (s *Sampler) divide(pixels int, out *Sample) {
	var cells [cellCount]sum
	var parts [regionCount]sum
	for label := range s.atlas.parts {
		part := &s.sums[label]
		if part.n == 0 && part.clipped == 0 {
			continue
		}
		if c := s.atlas.parts[label].cell; c >= 0 {
			cells[c].plus(*part)
		}
		if r := s.atlas.parts[label].region; r >= 0 {
			parts[r].plus(*part)
		}
	}
	for i := range cells {
		out.Cells[i] = cells[i].mean(pixels)
	}
	for i := range parts {
		out.Regions[i] = parts[i].mean(pixels)
	}
	var all sum
	for _, r := range skin {
		all.plus(parts[r])
	}
	if n := all.n + all.clipped; n > 0 {
		out.Clipped = float32(all.clipped) / float32(n)
	}
	if m := all.mean(pixels); m.Pixels > 0 {
		l := Light{float64(m.Light[0]), float64(m.Light[1]), float64(m.Light[2])}
		out.Luma = float32(255 * encoded(l.Luminance()))
	}
	out.Ring = s.sums[ringLabel].mean(pixels * ringStride * ringStride)
}

// insideShare is the share of the face's cells that lie in a picture.
func insideShare(q pose, width, height int) float64 {
	in, all := 0, 0
	for cell := range cellCount {
		u, v := cellAt(cell)
		if _, ok := cellOf(u, v); !ok {
			continue
		}
		all++
		if x, y := q.at(u, v); x >= 0 && y >= 0 && x < float64(width) && y < float64(height) {
			in++
		}
	}
	return float64(in) / float64(all)
}
