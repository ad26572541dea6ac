package daemon

import (
	"encoding/base64"
	"image"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

const (
	enrolPath    = "/api/identity/face/enroll"
	stepUpPath   = "/api/identity/auth/step-up"
	matchPath    = "/api/identity/face/match"
	livenessPath = "/api/identity/face/liveness"
)

// pictures are those that are in order, and of which the others are made.
type pictures struct {
	face, other     []byte // of two people
	portrait, spoof []byte
	large           *image.RGBA // of the first
}

func goodPictures(t *testing.T, faces, spoof string) pictures {
	t.Helper()
	first := pixels(t, photo(t, faces, "img20.jpg")) // 900x900, the face in its middle
	second := pixels(t, photo(t, faces, "img18.jpg"))
	return pictures{
		face: asJPEG(t, scaled(first, 720, 720)), other: asJPEG(t, scaled(second, 720, 720)),
		portrait: asJPEG(t, scaled(cropped(first, image.Rect(100, 0, 775, 900)), 480, 640)),
		spoof:    photo(t, filepath.Join(spoof, "image_F1.jpg")), large: first,
	}
}

func (tg *target) enrol(t *testing.T, customer string, picture []byte, header ...string) {
	t.Helper()
	a := enrolling(picture)
	a.body = strings.ReplaceAll(a.body, "cus_"+marker, customer)
	for i := 0; i+1 < len(header); i += 2 {
		a.header = map[string]string{header[i]: header[i+1]}
	}
	if r := tg.send(t, a); r.status != http.StatusCreated {
		t.Fatalf("enrol %s: got %d %s, want 201", customer, r.status, r.body)
	}
}

// enrolling sends a picture as the first of a new customer.
func enrolling(picture []byte) asked {
	return asked{path: enrolPath, body: object("customerId", "cus_"+marker, "image", base64.StdEncoding.EncodeToString(picture))}
}

// pictureCases are files that are not a picture that is read.
func pictureCases(t *testing.T, good pictures) []badCase {
	t.Helper()
	photo := good.face
	wall := asPNG(t, plain(640, 480))
	const (
		broken  = "picture/broken"
		format  = "picture/format-not-read"
		unknown = "picture/unknown-format"
		pixels  = "picture/too-many-pixels"
		small   = "picture/too-small"
	)
	var all []badCase
	add := func(name string, data []byte, status int, code, says string) {
		all = append(all, badCase{name, enrolling(data), status, code, says})
	}
	add("JPEG of three bytes", photo[:3], 400, broken, "cut off")
	add("JPEG cut in its headers", photo[:100], 400, broken, "cut off")
	add("JPEG cut before its pixels", photo[:frameOf(t, photo)+20], 400, broken, "cut off")
	add("JPEG cut in the middle", photo[:len(photo)/2], 400, broken, "cut off")
	add("JPEG without its end", photo[:len(photo)-2], 400, broken, "cut off")
	add("JPEG cut in the middle and ended", append(photo[:len(photo)/2:len(photo)/2], 0xFF, 0xD9), 400, broken, "cut off")
	add("JPEG that says it is larger", sizedJPEG(t, photo, 1280, 960), 400, broken, "")
	add("JPEG of 40,000 x 40,000", sizedJPEG(t, photo, 40000, 40000), 413, pixels, "smaller")
	add("JPEG of no height", sizedJPEG(t, photo, 640, 0), 400, broken, "")
	add("JPEG in CMYK", patched(photo, frameOf(t, photo)+5, 4), 415, "picture/colours-not-read", "RGB")
	add("JPEG of 12 bits", patched(photo, frameOf(t, photo), 12), 415, "picture/jpeg-not-read", "ordinary")
	add("JPEG in arithmetic coding", patched(photo, frameOf(t, photo)-3, 0xC9), 415, "picture/jpeg-not-read", "ordinary")
	add("JPEG without loss", patched(photo, frameOf(t, photo)-3, 0xC3), 415, "picture/jpeg-not-read", "ordinary")
	add("JPEG of a thousand scans", scans(640, 480, 1000), 415, "picture/jpeg-not-read", "scans")
	add("JPEG of headers only", scans(640, 480, 1), 400, broken, "")
	add("PNG cut in the middle", wall[:len(wall)/2], 400, broken, "cut off")
	add("PNG without its end", wall[:len(wall)-12], 400, broken, "cut off")
	add("PNG with a wrong checksum", patched(wall, len(wall)-20, wall[len(wall)-20]^0xFF), 400, broken, "")
	add("PNG that says it is larger", sizedPNG(wall, 1280, 960), 400, broken, "")
	add("PNG of 40,000 x 40,000", sizedPNG(wall, 40000, 40000), 413, pixels, "smaller")
	add("PNG of 2 to the 31", sizedPNG(wall, 1<<31-1, 1<<31-1), 413, pixels, "smaller")
	add("PNG that is animated", withChunk(wall, "acTL", make([]byte, 8)), 415, "picture/animated", "still")
	add("WebP that is animated", webp(canvas(2, 640, 480), webpChunk("ANIM", make([]byte, 6)...)), 415, "picture/animated", "still")
	add("WebP of 16,383 x 16,383", webp(canvas(0, 16383, 16383), lossless(16383, 16383)), 413, pixels, "smaller")
	add("WebP whose frame is not its canvas", webp(canvas(0, 16383, 16383), lossless(640, 480)), 400, broken, "")
	add("WebP of headers only", webp(lossless(640, 480)), 400, broken, "")
	add("WebP cut off", webp(canvas(0, 640, 480), lossless(640, 480))[:30], 400, broken, "cut off")
	add("GIF", asGIF(t, plain(640, 480)), 415, format, "GIF")
	add("BMP", append([]byte("BM"), make([]byte, 4096)...), 415, format, "BMP")
	add("TIFF", append([]byte("II*\x00"), make([]byte, 4096)...), 415, format, "TIFF")
	add("HEIC", boxed("heic"), 415, format, "HEIC")
	add("AVIF", boxed("avif"), 415, format, "AVIF")
	add("PDF", []byte("%PDF-1.7\n"+marker), 415, format, "PDF")
	add("SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>`+marker+`</script></svg>`), 415, format, "SVG")
	add("XML", []byte(`<?xml version="1.0"?><svg>`+marker+`</svg>`), 415, format, "SVG")
	add("text", []byte("a picture of "+marker), 415, unknown, "PNG, JPEG or WebP")
	add("a picture inside base64 again", []byte(base64.StdEncoding.EncodeToString(photo)), 415, unknown, "")
	add("one byte", []byte{0xFF}, 400, broken, "")
	add("zeros", make([]byte, 4096), 415, unknown, "")
	add("1 x 1", asPNG(t, plain(1, 1)), 422, small, "640 x 480")
	add("639 x 480", asJPEG(t, plain(639, 480)), 422, small, "640 x 480")
	add("640 x 479", asJPEG(t, plain(640, 479)), 422, small, "640 x 480")
	add("479 x 640", asJPEG(t, plain(479, 640)), 422, small, "640 x 480")
	add("10,000 x 1", asPNG(t, plain(10000, 1)), 422, small, "640 x 480")
	add("more than 800 KB", noise(t, 1000, 830), 413, "picture/too-many-bytes", "smaller")
	return all
}

// poorCases are pictures that can be read and are not good enough to enrol.
func poorCases(t *testing.T, good pictures) []badCase {
	t.Helper()
	face := scaled(good.large, 720, 720)
	const poor = "gallery/poor-picture"
	pair := pasted(pasted(plain(1280, 640), scaled(good.large, 640, 640), 0, 0), scaled(pixels(t, good.other), 640, 640), 640, 0)
	var all []badCase
	add := func(name string, m image.Image, issue engine.Issue) {
		all = append(all, badCase{name, enrolling(asJPEG(t, m)), 422, poor, string(issue) + ": " + issue.Sentence()})
	}
	add("a wall", plain(640, 480), engine.NoFace)
	add("two people", pair, engine.SeveralFaces)
	add("far away", pasted(plain(640, 480), scaled(good.large, 110, 110), 260, 180), engine.TooSmall)
	add("in the dark", lit(face, func(v float64) float64 { return v * 0.12 }), engine.TooDark)
	add("in the sun", lit(face, func(v float64) float64 { return 255 - (255-v)*0.15 }), engine.TooBright)
	add("blurred", scaled(scaled(good.large, 56, 56), 720, 720), engine.Blurred)
	add("cut off below the nose", scaled(cropped(good.large, image.Rect(0, 0, 900, 380)), 1516, 640), engine.AtTheBorder)
	return append(all,
		badCase{"a picture of a screen", enrolling(good.spoof), 422, "gallery/not-live", "living person"},
		badCase{"somebody else", named(enrolling(good.other), "cus_good"), 409, "gallery/other-face", "replace"},
	)
}

// named is a request about a customer who is there.
func named(a asked, customer string) asked {
	a.body = strings.ReplaceAll(a.body, "cus_"+marker, customer)
	return a
}

// inAYear is when no picture can have been taken yet.
func inAYear() string { return time.Now().AddDate(1, 0, 0).Format(time.RFC3339) }
