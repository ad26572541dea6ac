package capabilities

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/rostod/rostod/daemon/bench/accuracy"
	"github.com/rostod/rostod/daemon/bench/benchtest"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fixture"
)

// TestMain lets the test's own program be the daemon that the bench starts.
func TestMain(m *testing.M) { os.Exit(benchtest.Main(m)) }

// A handful of photos, all the way.
func TestRun(t *testing.T) {
	c := config.Defaults()
	c.Models.Dir, c.Models.ONNXRuntime = fixture.Models(t), fixture.Library(t)
	dir := benchtest.Photos(t, fixture.Faces(t), "image,identity\nimg1.jpg,1\nimg2.jpg,1\nimg18.jpg,6\nimg19.jpg,6\n")
	report, err := Run(t.Context(), Options{Config: c, Fixtures: dir, Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range report.Bars {
		if !b.Holds {
			t.Errorf("%s: got %s, want %s", b.Name, b.Got, b.Want)
		}
	}
	want := map[engine.CapabilityName][2]Cell{
		engine.CapIdentity:   {{Yes: 4}, {No: 4}},
		engine.CapValidation: {{Yes: 4}, {No: 4}},
		engine.CapBehaviour:  {{Yes: 4}, {Inconclusive: 4}},
	}
	for _, table := range report.Tables {
		if got := [2]Cell{table.Mated, table.Others}; got != want[table.Capability] {
			t.Errorf("%s: got %+v, want %+v", table.Capability, got, want[table.Capability])
		}
	}
	var page bytes.Buffer
	if err := report.Print(&page); err != nil || len(report.Tables) != len(want) || !strings.Contains(page.String(), "CAUTION") {
		t.Errorf("got %v, %d tables and\n%s\nwant three tables with their caution", err, len(report.Tables), page.String())
	}
}

// A wrong answer breaks the bar, unless the pair is one of those that are known.
func TestWrongAnswers(t *testing.T) {
	for _, test := range []struct {
		what         string
		asked        asked
		result       string
		wrong, named int
	}{
		{"the right person, yes", combination("img1.jpg", "1", "1", "img2.jpg"), engine.Yes, 0, 0},
		{"the right person, inconclusive", combination("img1.jpg", "1", "1", "img2.jpg"), engine.Inconclusive, 0, 0},
		{"the right person, no", combination("img1.jpg", "1", "1", "img2.jpg"), engine.No, 1, 0},
		{"another person, no", combination("img1.jpg", "1", "6", "img18.jpg"), engine.No, 0, 0},
		{"another person, yes", combination("img1.jpg", "1", "6", "img18.jpg"), engine.Yes, 1, 0},
		{"another person, yes, and known", combination("img35.jpg", "9", "8", "img33.jpg"), engine.Yes, 0, 1},
		{"the right person, no, and known", combination("img28.jpg", "7", "7", "img46.jpg"), engine.No, 0, 1},
	} {
		r := Report{Photos: 1, People: 1, Bound: 1}
		r.note(engine.CapIdentity, test.asked, test.result)
		if got := r.Tables[0]; len(got.Wrong) != test.wrong || len(got.Named) != test.named {
			t.Errorf("%s: got %v wrong and %v known, want %d and %d", test.what, got.Wrong, got.Named, test.wrong, test.named)
		}
		held := true
		for _, b := range r.bars() {
			held = held && (b.Holds || !strings.HasPrefix(b.Name, string(engine.CapIdentity)))
		}
		if held != (test.wrong == 0) {
			t.Errorf("%s: got %v, want the bars to hold only without a wrong answer", test.what, held)
		}
	}
}

func combination(photo, shows, who, bound string) asked {
	return asked{accuracy.Photo{Name: photo, Person: shows}, &person{Name: who, Photo: accuracy.Photo{Name: bound}}}
}
