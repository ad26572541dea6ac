package daemon

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// What is sent to a register: a JPEG, upright, and not larger than it need be.
func TestPicturesThatAreSent(t *testing.T) {
	made := func(w, h int) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				c := color.RGBA{200, 30, 30, 255} // left half red, right half blue
				if x >= w/2 {
					c = color.RGBA{30, 30, 200, 255}
				}
				img.SetRGBA(x, y, c)
			}
		}
		return img
	}
	asJPEG := func(w, h int) []byte {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, made(w, h), nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	// Orientation 6 in EXIF: to be turned by 90 degrees clockwise.
	turned := func(data []byte) []byte {
		exif := []byte("\xFF\xE1\x00\x22Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00")
		return append(append(append([]byte{}, data[:2]...), exif...), data[2:]...)
	}
	var flat bytes.Buffer
	if err := png.Encode(&flat, made(640, 480)); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name          string
		data          []byte
		width, height int // 0: it is refused
		leftRed       bool
	}{
		{"JPEG", asJPEG(640, 480), 640, 480, true},
		{"PNG", flat.Bytes(), 640, 480, true},
		{"a large JPEG", asJPEG(3000, 2000), 1280, 853, true},
		{"a JPEG that lies on its side", turned(asJPEG(640, 480)), 480, 640, false},
		{"a small one is as large as it was", asJPEG(300, 200), 300, 200, true},
		{"no picture", []byte("<svg/>"), 0, 0, false},
		{"half a picture", asJPEG(640, 480)[:2000], 0, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, w, h, err := jpegs{}.JPEG(row.data, 1280)
			if row.width == 0 {
				if err == nil {
					t.Error("got none, want an error")
				}
				return
			}
			if err != nil || w != row.width || h != row.height {
				t.Fatalf("got %d x %d, %v; want %d x %d", w, h, err, row.width, row.height)
			}
			img, format, err := image.Decode(bytes.NewReader(out))
			if err != nil || format != "jpeg" || img.Bounds().Dx() != w || img.Bounds().Dy() != h || bytes.Contains(out, []byte("Exif")) {
				t.Fatalf("got %s of %v, %v; want a JPEG of that size without EXIF", format, img.Bounds(), err)
			}
			r, _, b, _ := img.At(w/4, 3*h/4).RGBA()
			if got := r > b; got != row.leftRed {
				t.Errorf("the lower left is red: got %v, want %v", got, row.leftRed)
			}
		})
	}
}
