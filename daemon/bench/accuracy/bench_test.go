package accuracy

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/daemon/bench/benchtest"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/internal/fixture"
)

// TestMain lets the test's own program be the daemon that the bench starts.
func TestMain(m *testing.M) { os.Exit(benchtest.Main(m)) }

// A handful of photos, all the way. The last shows several people.
func TestRun(t *testing.T) {
	c := config.Defaults()
	c.Models.Dir, c.Models.ONNXRuntime = fixture.Models(t), fixture.Library(t)
	out := t.TempDir()
	dir := benchtest.Photos(t, fixture.Faces(t), "image,identity\nimg1.jpg,1\nimg2.jpg,1\nimg18.jpg,6\nimg19.jpg,6\nimg62.jpg,5\n")
	report, err := Run(t.Context(), Options{Config: c, Fixtures: dir, Out: out, Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if report.Photos != 5 || report.Pairs != 10 || report.MatedOf != 2 || report.Compared != 10 {
		t.Errorf("got %d photos, %d pairs, %d mated, %d compared; want 5, 10, 2, 10", report.Photos, report.Pairs, report.MatedOf, report.Compared)
	}
	for _, b := range report.Bars {
		if !b.Holds {
			t.Errorf("%s: got %s, want %s", b.Name, b.Got, b.Want)
		}
	}
	for _, file := range []string{report.Files.Plot, report.Files.Pairs} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s: got %v, want a file with something in it", filepath.Base(file), err)
		}
	}
	var page bytes.Buffer
	if err := report.Print(&page); err != nil || !strings.Contains(page.String(), "CAUTION") {
		t.Errorf("got %v and\n%s\nwant a page with its cautions", err, page.String())
	}
}
