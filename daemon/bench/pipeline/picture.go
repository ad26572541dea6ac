package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"github.com/rostod/rostod/models/picture"
	"image"
	"image/jpeg"
	"image/png"
	"os/exec"
)

// limits are the identity contracts'.
func limits() picture.Limits {
	return picture.Limits{MaxBytes: 800 << 10, MinLong: 640, MinShort: 480}
}

// jpegQuality is what browsers' canvases write by default.
const jpegQuality = 92

// sent is one picture as it is sent.
type sent struct {
	Format string
	Size   image.Point
	Data   []byte
	Note   string
}

// skipped is a picture that was not measured, and why.
type skipped struct {
	Format string `json:"format"`
	Why    string `json:"why"`
}

// pictures are the source in every format and size.
func pictures(ctx context.Context, s source) (all []sent, left []skipped, err error) {
	cwebp, err := exec.LookPath("cwebp")
	if err != nil {
		left = append(left, skipped{"WebP", "there is no cwebp to write one; on Debian: apt-get install webp"})
	}
	for _, size := range []image.Point{{smallWide, smallHigh}, {largeWide, largeHigh}} {
		m := scale(s.pixels, size)
		data, err := asJPEG(m)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, sent{Format: "JPEG", Size: size, Data: data})
		p, err := fitting(m)
		if err != nil {
			return nil, nil, err
		}
		p.Size = size
		all = append(all, p)
		if cwebp == "" {
			continue
		}
		if data, err = asWebP(ctx, cwebp, m); err != nil {
			return nil, nil, err
		}
		all = append(all, sent{Format: "WebP", Size: size, Data: data})
	}
	return all, left, nil
}

func asJPEG(m image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, fmt.Errorf("write a JPEG: %w", err)
	}
	return out.Bytes(), nil
}

func asPNG(m image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		return nil, fmt.Errorf("write a PNG: %w", err)
	}
	return out.Bytes(), nil
}

// asWebP asks libwebp's own program: Go's libraries only read WebP.
func asWebP(ctx context.Context, cwebp string, m image.Image) ([]byte, error) {
	in, err := asPNG(m)
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, cwebp, "-quiet", "-q", "90", "-o", "-", "--", "-")
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("cwebp: %w", err)
	}
	return out, nil
}

// fitting writes a PNG that the contracts take: when a photo makes a larger
// file, its lowest bits are dropped, one after another.
func fitting(m *image.RGBA) (sent, error) {
	for drop := range 5 {
		coarse := image.NewRGBA(m.Rect)
		for i, v := range m.Pix {
			coarse.Pix[i] = v &^ (1<<drop - 1)
			if i%4 == 3 {
				coarse.Pix[i] = 0xFF
			}
		}
		data, err := asPNG(coarse)
		if err != nil {
			return sent{}, err
		}
		if len(data) > limits().MaxBytes {
			continue
		}
		p := sent{Format: "PNG", Data: data}
		if drop > 0 {
			p.Note = fmt.Sprintf("%d bits a colour, to fit 800 KB", 8-drop)
		}
		return p, nil
	}
	return sent{}, errors.New("the picture does not fit into 800 KB as PNG")
}
