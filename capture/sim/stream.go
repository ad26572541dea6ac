package sim

import (
	"image"
	"math"

	"github.com/rostod/rostod/capture/decode"
)

// stream is a VP8 encoder. What arrives at the other end is read from it: it
// decodes what it sends, as a decoder would.
type stream struct {
	encoder *decode.Encoder
	begun   bool
}

func (s *Scene) newStream(v view) (*stream, error) {
	if s.Wish.NoCodec || s.Wish.Pure {
		return &stream{}, nil
	}
	e, err := decode.NewEncoder(decode.EncoderConfig{
		Width: v.width, Height: v.height, FPS: int(math.Round(s.Link.FPS)), Denoise: true, Drop: true,
		BitsPerSecond: int(s.Link.Bits * s.Link.FPS * float64(v.width*v.height)),
	})
	if err != nil {
		return nil, err
	}
	return &stream{encoder: e}, nil
}

// send gives back what arrives; nothing when the encoder left the picture out.
func (l *stream) send(p *image.YCbCr) (*image.YCbCr, int, error) {
	data, err := l.encoder.Encode(p, !l.begun)
	if err != nil || len(data) == 0 {
		return nil, 0, err
	}
	l.begun = true
	out, err := l.encoder.Last()
	return out, len(data), err
}

func (l *stream) close() {
	if l.encoder != nil {
		l.encoder.Close()
	}
}
