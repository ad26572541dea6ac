package lab

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/rostod/rostod/capture/flash"
)

func someSession() flash.Session {
	return flash.Session{
		Timeline: flash.Timeline{
			Plan:  flash.Plan{Lead: 1e9, Tail: 4e8, Slots: []flash.Slot{{Kind: flash.LeftRight, Colour: flash.Cyan, Length: 433e6}}},
			Start: 10, Slots: []float64{1010}, End: 1443, Shown: []flash.Shown{{Slot: 0, At: 1012.5, Next: 1029.2, Missed: 1}},
		},
		Samples: []flash.Sample{{At: 33.25, Found: true, Placed: true, IOD: 61.5, Background: flash.Mean{Light: [3]float32{0.25, 0.5, 0.125}, Pixels: 9000}}},
		Screen:  flash.Screen{Width: 1920, Height: 1080}, BitsPerPixel: 0.25, Width: 640, Height: 480,
		Continuity: flash.Continuity{Looks: 40, Several: 1},
	}
}

func TestRecordingComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "recording")
	truths := map[string]Truth{
		"a": {Living: true, Lux: 230, Tone: 4, Kiosk: "hall", Person: "7"},
		"b": {Species: "print", Lux: 230, Kiosk: "hall"},
	}
	for name, truth := range truths {
		if err := Record(dir, name, someSession(), truth); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "notes"), 0o700); err != nil {
		t.Fatal(err)
	}
	var names []string
	err := Recordings(dir, func(name string, s flash.Session, truth Truth) error {
		names = append(names, name)
		want := truths[name]
		want.Version = 1
		if !reflect.DeepEqual(truth, want) {
			t.Errorf("%s: got the truth %+v, want %+v", name, truth, want)
		}
		if !reflect.DeepEqual(s, someSession()) {
			t.Errorf("%s: got the session %+v, want %+v", name, s, someSession())
		}
		return nil
	})
	if err != nil || !reflect.DeepEqual(names, []string{"a", "b"}) {
		t.Errorf("got sessions %v (%v), want a and b", names, err)
	}
}

func TestRecordRefuses(t *testing.T) {
	good := Truth{Living: true, Kiosk: "hall", Lux: 100}
	dir := t.TempDir()
	if err := Record(dir, "one", someSession(), good); err != nil {
		t.Fatal(err)
	}
	if err := Record(dir, "one", someSession(), good); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v for a name that is taken, want %v", err, os.ErrExist)
	}
	for _, name := range []string{"", "..", "a/b"} {
		if err := Record(dir, name, someSession(), good); err == nil {
			t.Errorf("got no error for the name %q", name)
		}
	}
	for what, truth := range map[string]Truth{
		"an attack without species": {Kiosk: "hall"},
		"no kiosk":                  {Living: true},
		"a tone that is none":       {Living: true, Kiosk: "hall", Tone: 9},
	} {
		if err := Record(dir, "other", someSession(), truth); !errors.Is(err, errTruth) {
			t.Errorf("%s: got %v, want %v", what, err, errTruth)
		}
	}
}

func TestNearestLux(t *testing.T) {
	for _, tt := range []struct{ lux, want float64 }{{0, 50}, {20, 50}, {99, 50}, {110, 200}, {300, 200}, {330, 500}, {705, 500}, {710, 1000}, {5000, 1000}} {
		if got := nearestLux(tt.lux); got != tt.want {
			t.Errorf("%g lux: got %g, want %g", tt.lux, got, tt.want)
		}
	}
}
