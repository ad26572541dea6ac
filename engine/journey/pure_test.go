package journey_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine/journey"
)

// Where a page may go in the end, and where it may not.
func TestCallbacks(t *testing.T) {
	for address, right := range map[string]bool{
		"/": true, "https://app.example/cb": true, "http://127.0.0.1:8080/x?y=1#z": true, "bankapp://done": true, "com.bank.app:/oauth": true,
		"": false, "/back": false, "app.example/cb": false, "//app.example": false, "https://": false, "https:///x": false, "https://user:pw@app.example/": false,
		"javascript:alert(1)": false, "JavaScript:alert(1)": false, "java\nscript:alert(1)": false, "data:text/html,x": false, "vbscript:x": false,
		"file:///etc/passwd": false, "blob:https://x/1": false, "about:blank": false, "intent://x#Intent;end": false, "https://a.example/ b": false,
		"https://a.example\\@b.example": false, "view-source:https://x": false, "ms-settings:privacy": false, "chrome-extension://abc/x": false, "https://" + strings.Repeat("a", 2048): false,
	} {
		if got := journey.WrongCallback(address); (got == "") != right {
			t.Errorf("%.60q: got %q, want it to be right: %v", address, got, right)
		}
	}
}

// Whatever is let through is an address whose scheme a browser gives to an app
// or to a server, and never to itself.
func FuzzCallback(f *testing.F) {
	for _, s := range []string{"https://a.example/x", "javascript:1", " javascript:1", "app://x", "data:,", "ja\tvascript:1", "https://[::1]/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if journey.WrongCallback(s) != "" || s == journey.Stay {
			return
		}
		to, err := url.Parse(s)
		if err != nil || to.Scheme == "" {
			t.Fatalf("%q is let through and is no address", s)
		}
		if slices.Contains([]string{"javascript", "data", "vbscript", "file", "blob", "about"}, to.Scheme) || strings.ContainsAny(s, " \t\r\n\\") {
			t.Fatalf("%q is let through", s)
		}
		if (to.Scheme == "http" || to.Scheme == "https") && to.Hostname() == "" {
			t.Fatalf("%q is let through without a host", s)
		}
	})
}

// The mark lies over every part of a picture: no part as large as a face is as
// it was.
func TestWatermark(t *testing.T) {
	for _, size := range []image.Point{{640, 480}, {480, 640}, {1280, 720}} {
		plain := image.NewGray(image.Rectangle{Max: size})
		for i := range plain.Pix {
			plain.Pix[i] = 128
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, plain, nil); err != nil {
			t.Fatal(err)
		}
		marked, err := journey.Watermark(b.Bytes(), "01a22965-3d5a-7a42-8462-91e9750d8d78  2026-11-22 12:00 UTC")
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpeg.Decode(bytes.NewReader(marked))
		if err != nil || got.Bounds().Size() != size {
			t.Fatalf("got %v %v, want a JPEG of %v", got.Bounds(), err, size)
		}
		part := size.Y / 3
		for y := 0; y+part <= size.Y; y += part / 2 {
			for x := 0; x+part <= size.X; x += part / 2 {
				changed := 0
				for dy := range part {
					for dx := range part {
						if v, _, _, _ := got.At(x+dx, y+dy).RGBA(); v>>8 > 150 || v>>8 < 106 {
							changed++
						}
					}
				}
				if changed*200 < part*part {
					t.Errorf("%v: of %d pixels from %d,%d only %d are marked", size, part*part, x, y, changed)
				}
			}
		}
	}
	if _, err := journey.Watermark([]byte("no picture"), "x"); err == nil {
		t.Error("no picture: got no error")
	}
}
