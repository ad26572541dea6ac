package pipeline

import (
	"context"
	"errors"
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/models/picture"
)

func TestWindow(t *testing.T) {
	tests := []struct{ w, h, wide, high int }{
		{1280, 960, 1280, 960},
		{2000, 960, 1280, 960},
		{1280, 2000, 1280, 960},
	}
	for _, tt := range tests {
		if wide, high := window(tt.w, tt.h); wide != tt.wide || high != tt.high {
			t.Errorf("of %dx%d: got %dx%d, want %dx%d", tt.w, tt.h, wide, high, tt.wide, tt.high)
		}
	}
}

// A PNG of noise fits only when bits are dropped, and says so.
func TestFitting(t *testing.T) {
	m, r := image.NewRGBA(image.Rect(0, 0, smallWide, smallHigh)), rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.IntN(256))
	}
	p, err := fitting(m)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := picture.Inspect(p.Data, limits()); err != nil || p.Note == "" {
		t.Errorf("got %d bytes, note %q, %v; want a note and a picture that fits", len(p.Data), p.Note, err)
	}
}

func TestBars(t *testing.T) {
	sound := Result{Around: Over{Median: 25}, Above: Over{Median: 25}, Gain: Over{Median: 1.8}, Daemon: bench.Spread{Median: 10, P99: 30}}
	tests := []struct {
		name  string
		spoil func(*Result)
		want  bool
	}{
		{"exactly at the bars", func(*Result) {}, true},
		{"the rest takes too long", func(r *Result) { r.Around.Median = 25.1 }, false},
		{"a step-up takes too long", func(r *Result) { r.Above.Median = 25.1 }, false},
		{"a long tail", func(r *Result) { r.Daemon.P99 = 30.1 }, false},
		{"two callers get too little", func(r *Result) { r.Gain.Median = 1.79 }, false},
	}
	for _, tt := range tests {
		r := sound
		tt.spoil(&r)
		if got := bench.Hold(bars(r, 2)); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTogether(t *testing.T) {
	r, err := together(t.Context(), 3, time.Millisecond, func(context.Context, int) error { return nil })
	if err != nil || r.n < 3 || r.took < time.Millisecond {
		t.Errorf("got %d in %v, %v; want each of three callers to do one at least", r.n, r.took, err)
	}
	wrong := errors.New("wrong")
	if _, err := together(t.Context(), 2, time.Hour, func(context.Context, int) error { return wrong }); !errors.Is(err, wrong) {
		t.Errorf("got %v, want the error that ended it", err)
	}
}
