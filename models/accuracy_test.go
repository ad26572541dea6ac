package models_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fixture"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// open opens the real models.
func open(t testing.TB) *models.Models {
	t.Helper()
	m, err := models.Open(t.Context(), models.Config{Dir: fixture.Models(t), Library: fixture.Library(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, s := range m.Status() {
		if s.Err != nil {
			t.Fatalf("%s: %v", s.Name, s.Err)
		}
	}
	return m
}

// photo is one of the labelled photos.
type photo struct {
	name, person string
	data         []byte
}

func photos(t testing.TB) []photo {
	t.Helper()
	dir := fixture.Faces(t)
	f, err := os.Open(filepath.Join(dir, "identities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []photo
	for _, r := range rows[1:] {
		all = append(all, photo{r[0], r[1], read(t, filepath.Join(dir, r[0]))})
	}
	return all
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func look(t testing.TB, m *models.Models, data []byte) engine.Face {
	t.Helper()
	face, err := m.Look(t.Context(), data, picture.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return face
}

// Every pair of the 61 photos: a face in each, and at the two thresholds that
// the calibration was made for no more mistakes than were measured then. Many
// of the photos are of well-known people whom the network may have been
// trained on: nothing follows from this for customers.
func TestEveryPair(t *testing.T) {
	m, all := open(t), photos(t)
	templates := make([]engine.Template, len(all))
	for i, p := range all {
		face := look(t, m, p.data)
		if face.Faces == 0 {
			t.Errorf("%s: no face", p.name)
		}
		templates[i] = face.Template
	}
	calibration, ok := m.Calibration(templates[0].Model)
	if !ok {
		t.Fatal("no calibration for the templates' model")
	}
	for _, tt := range []struct {
		threshold              float64
		falseNon, falseMatches int // at most
	}{
		{0.45, 0, 2},
		{0.55, 2, 0},
	} {
		pairs, falseNon, falseMatches := 0, 0, 0
		for i, a := range all {
			for j := range i {
				pairs++
				same := a.person == all[j].person
				alike := calibration.Score(engine.Cosine(templates[i], templates[j])) >= tt.threshold
				if same && !alike {
					falseNon++
				}
				if !same && alike {
					falseMatches++
				}
			}
		}
		t.Logf("at %.2f: %d pairs, %d false non-matches, %d false matches", tt.threshold, pairs, falseNon, falseMatches)
		if pairs != 1830 || falseNon > tt.falseNon || falseMatches > tt.falseMatches {
			t.Errorf("at %.2f: got %d false non-matches and %d false matches, want at most %d and %d",
				tt.threshold, falseNon, falseMatches, tt.falseNon, tt.falseMatches)
		}
	}
}
