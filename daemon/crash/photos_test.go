package crash

import (
	"encoding/base64"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/rostod/rostod/daemon/bench/accuracy"
	"github.com/rostod/rostod/internal/fixture"
)

// person is two photos of one face, as they are sent.
type person struct{ enrol, probe string }

// people are a few persons with photos that are quick to send.
func people(t testing.TB) []person {
	t.Helper()
	const most, smallest = 4, 300 << 10
	dir := fixture.Faces(t)
	file, err := os.Open(filepath.Join(dir, "identities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []person
	first := map[string]string{}
	for _, row := range rows[1:] {
		text := photo(t, filepath.Join(dir, row[0]), smallest)
		who := row[1]
		switch {
		case text == "" || first[who] == "done":
		case first[who] == "":
			first[who] = text
		default:
			list = append(list, person{first[who], text})
			if first[who] = "done"; len(list) == most {
				return list
			}
		}
	}
	if len(list) < 2 {
		t.Fatalf("persons with two photos: got %d, want 2 or more", len(list))
	}
	return list
}

// photo is a picture in base64, made to fit the contract; empty when the file
// is too large to be quick.
func photo(t testing.TB, path string, most int) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > most {
		return ""
	}
	fitted, _, err := accuracy.Fit(data)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(fitted)
}
