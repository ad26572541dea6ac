package lab

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
)

// A few sessions from drawing to the page; then the same rows are judged again,
// and nothing is filmed twice.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("films sessions")
	}
	o := Options{Quick: true, Plans: 10, Keep: true, Out: t.TempDir(), Crosses: 2, Cells: []Cell{
		{Name: "living", Group: Bars, Sessions: 2, Wish: sim.Wish{Species: sim.Live, Split: sim.Train, Lux: 100}},
		{Name: "static", Group: Bars, Sessions: 1, Wish: sim.Wish{Species: sim.Static, Split: sim.Train, Lux: 100}},
	}}
	first, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rows.ndjson", "report.json", "index.html"} {
		if info, err := os.Stat(filepath.Join(o.Out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: got %v, want a file", name, err)
		}
	}
	rows, err := readRows(filepath.Join(o.Out, "rows.ndjson"))
	if err != nil || len(rows) < 3 {
		t.Fatalf("got %d rows (%v), want 3 or more", len(rows), err)
	}
	for _, r := range rows {
		switch {
		case r.Failed != "" || r.Evidence.Frames < 100:
			t.Errorf("%s: got %d frames and %q, want a measured session", r.Key, r.Evidence.Frames, r.Failed)
		case r.Species == sim.Live && !(r.Evidence.Code.Rho > 0.8):
			t.Errorf("%s: got a correlation of %.2f with the plan, want the living to follow it", r.Key, r.Evidence.Code.Rho)
		case r.Species == sim.Static && r.Evidence.Code.Rho > 0.8:
			t.Errorf("%s: got a correlation of %.2f, want a still picture not to follow", r.Key, r.Evidence.Code.Rho)
		}
	}
	if first.Crossing.Trials != each || first.Crossing.Accepted != 0 {
		t.Errorf("got %d of %d wrong sequences accepted, want 0 of %d", first.Crossing.Accepted, first.Crossing.Trials, each)
	}
	for name, again := range map[string]Options{"again": {Quick: true, Plans: 10, Again: true, Crosses: 2}, "resumed": {Quick: true, Plans: 10, Resume: true, Cells: o.Cells, Crosses: 2}, "both": {Quick: true, Plans: 10, Again: true, Resume: true, Cells: o.Cells, Crosses: 2}} {
		again.Out = o.Out
		second, err := Run(t.Context(), again)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(second.Lines, first.Lines) {
			t.Errorf("%s: got %+v, want %+v", name, second.Lines, first.Lines)
		}
		// Measuring what was kept gives to the last bit what measuring what was
		// filmed gave.
		if after, err := readRows(filepath.Join(o.Out, "rows.ndjson")); err != nil || !reflect.DeepEqual(timeless(after), timeless(rows)) {
			t.Errorf("%s: the rows changed (%v)", name, err)
		}
	}
}

// timeless are rows without the time that measuring them took.
func timeless(rows []Row) []Row {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Measured = 0
	}
	return rows
}

// What was kept is measured again; what was not keeps its evidence.
func TestAgainMeasures(t *testing.T) {
	s := someSession()
	r := run{Options: Options{Out: t.TempDir(), Workers: 1, Progress: func(string) {}}}
	if err := os.MkdirAll(r.kept(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.keep("living, 50 lux/1/1", s); err != nil {
		t.Fatal(err)
	}
	if back, ok, err := r.keptSession("living, 50 lux/1/1"); err != nil || !ok || !reflect.DeepEqual(back, s) {
		t.Errorf("got %+v, %v, %v back, want the session that was kept", back, ok, err)
	}
	r.rows = []Row{
		{Key: "living, 50 lux/1/1", Evidence: engine.FlashEvidence{Frames: 7}},
		{Key: "living, 50 lux/2/1", Evidence: engine.FlashEvidence{Frames: 7}},
	}
	if err := r.remeasure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.rows[0].Failed == "" || r.rows[0].Evidence.Frames != 0 {
		t.Errorf("kept: got %+v, want a session of one frame not to be measured", r.rows[0])
	}
	if r.rows[1].Failed != "" || r.rows[1].Evidence.Frames != 7 {
		t.Errorf("not kept: got %+v, want it as it was", r.rows[1])
	}
	if err := os.WriteFile(r.keptFile("living, 50 lux/2/1"), []byte("no session"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.remeasure(t.Context()); err == nil {
		t.Error("a file that is no session: got none, want an error")
	}
}

// A row that was cut off is written again, on a line of its own.
func TestResumeAfterHalfARow(t *testing.T) {
	path := filepath.Join(t.TempDir(), rowsFile)
	if err := writeRows(path, []Row{{Key: "a"}, {Key: "b"}}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	r := run{Options: Options{Out: filepath.Dir(path), Resume: true}, have: map[string]bool{}}
	if err := r.reopen(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	l, err := openLedger(path, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.add(Row{Key: "b"}), l.close()); err != nil {
		t.Fatal(err)
	}
	rows, err := readRows(path)
	if err != nil || len(rows) != 2 || rows[0].Key != "a" || rows[1].Key != "b" {
		t.Errorf("got %+v (%v), want both rows", rows, err)
	}
}

// Cells are filmed in turns, so that a share of a run is a share of every cell,
// and the larger share begins with the smaller one.
func TestInTurns(t *testing.T) {
	cells := []Cell{{Name: "a", Sessions: 4}, {Name: "b", Sessions: 2}}
	order := func(share float64) (names string) {
		for _, j := range inTurns(cells, 0, 1, share) {
			names += j.cell.Name
		}
		return names
	}
	for share, want := range map[float64]string{0.3: "ab", 0.5: "aba", 1: "abaaba"} {
		if got := order(share); got != want {
			t.Errorf("a share of %g: got %s, want %s", share, got, want)
		}
	}
}

func TestRunWithoutRows(t *testing.T) {
	if _, err := Run(t.Context(), Options{Again: true, Out: t.TempDir()}); err == nil {
		t.Error("got a report of no rows, want an error")
	}
	if _, err := Run(t.Context(), Options{Recorded: t.TempDir(), Out: t.TempDir()}); err == nil {
		t.Error("got a report of no recorded sessions, want an error")
	}
}

// What is rehearsed and read back measures as what was filmed.
func TestRehearsal(t *testing.T) {
	if testing.Short() {
		t.Skip("films a session")
	}
	dir := filepath.Join(t.TempDir(), "recording")
	if err := Rehearse(Rehearsal{Out: dir, Species: "live", Split: "train", Lux: 200, Seed: 4, Sessions: 1}); err != nil {
		t.Fatal(err)
	}
	c := Cell{Name: "live, 200 lux", Wish: sim.Wish{Species: sim.Live, Split: sim.Train, Lux: 200}}
	_, filmed, err := job{c.at(4, sim.Kiosks), 4, 1}.film()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = Recordings(dir, func(_ string, s flash.Session, truth Truth) error {
		n++
		if !truth.Living || truth.Lag < 60 || truth.Lag > 260 {
			t.Errorf("got the truth %+v, want a live person and a lag", truth)
		}
		if !reflect.DeepEqual(s, filmed) {
			t.Error("the session differs from the one that was filmed")
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Fatalf("got %d sessions (%v), want 1", n, err)
	}
	out := t.TempDir()
	report, err := Run(t.Context(), Options{Recorded: dir, Out: out, Quick: true, Plans: 10, Crosses: 1})
	if err != nil {
		t.Fatal(err)
	}
	attacks := filepath.Join(t.TempDir(), "attacks")
	if err := Record(attacks, "one", filmed, Truth{Species: "papier-mache", Kiosk: "hall", Lux: 300}); err != nil {
		t.Fatal(err)
	}
	alone, err := Run(t.Context(), Options{Recorded: attacks, Out: t.TempDir(), Quick: true, Plans: 10})
	if err != nil || alone.line("papier-mache") == nil {
		t.Errorf("got %v and %+v of one attack that the simulation does not know, want its line", err, alone.Lines)
	}
	if report.Mode != recorded || report.Sessions != 1 || report.line(sim.Live) == nil {
		t.Errorf("got a report of mode %s with %d sessions, want the recorded one", report.Mode, report.Sessions)
	}
}

// Landmarks between two looks lie on a straight line.
func TestReel(t *testing.T) {
	s, err := sim.Draw(1, sim.Wish{Species: sim.Live, Split: sim.Train, Lux: 200})
	if err != nil {
		t.Fatal(err)
	}
	line, err := mint(1, flash.Standard)
	if err != nil {
		t.Fatal(err)
	}
	r := reel{sampler: flash.NewSampler()}
	n := 0
	stop := os.ErrProcessDone
	err = s.Film(line, func(shot sim.Shot) error {
		// The face moves by two pixels a frame, and is found wrongly between looks.
		for i := range shot.Landmarks {
			shot.Landmarks[i].X = []float64{100, 160, 130, 110, 150}[i] + 2*float64(n)
			shot.Landmarks[i].Y = []float64{90, 90, 125, 155, 155}[i]
			if n%every != 0 {
				shot.Landmarks[i].X += 40
			}
		}
		shot.At = float64(33 * n)
		r.add(shot)
		if n++; n == 2*every+1 {
			return stop
		}
		return nil
	})
	if err != stop { //nolint:errorlint // handed back as it is
		t.Fatal(err)
	}
	r.end()
	if len(r.samples) != 2*every+1 || r.looks != 3 {
		t.Fatalf("got %d samples and %d looks, want %d and 3", len(r.samples), r.looks, 2*every+1)
	}
	for i, sample := range r.samples {
		if want := (130 + 2*float64(i)) / 320; !sample.Found || sample.At != float64(33*i) || abs(float64(sample.Middle[0])-want) > 0.02 {
			t.Errorf("sample %d: got the face at %.3f at %.0f ms, want %.3f at %d", i, sample.Middle[0], sample.At, want, 33*i)
		}
	}
}

func abs(v float64) float64 { return max(v, -v) }

// The rule sees the face as the same at every moment.
func TestCaptureOf(t *testing.T) {
	e := engine.FlashEvidence{Slots: []engine.FlashSlot{{Colour: "M"}, {Colour: "G"}}}
	c := captureOf(e, nil)
	if len(c.Others) != 4 || c.Others[1].Colour != "M" || c.Others[3].Slot != 2 {
		t.Errorf("got %+v, want a look before, one in each slot and one after", c.Others)
	}
	seen := []engine.Sight{{Slot: 0, Faces: 2}}
	if c := captureOf(e, seen); !reflect.DeepEqual(c.Others, seen) {
		t.Errorf("got %+v, want what was seen", c.Others)
	}
}
