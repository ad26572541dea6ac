package crash

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/internal/fixture"
)

// TestKillImport kills the daemon with kill -9 at random moments of an import,
// and wants what comes of it to be what comes of one that nobody disturbed.
func TestKillImport(t *testing.T) {
	faces := fixture.Faces(t)
	env := []string{"ROSTOD_MODELS=" + fixture.Models(t), "ROSTOD_ONNXRUNTIME=" + fixture.Library(t)}
	kills := setting(t, "ROSTOD_KILL_IMPORTS", 3)
	seed := uint64(setting(t, "ROSTOD_KILL_SEED", int(rand.Uint32())+1))
	t.Logf("seed %d, %d kills", seed, kills)
	dice := rand.New(rand.NewPCG(seed, 1))
	folder := base(t, faces, 8*(1+kills))

	whole := at(t.TempDir(), env...)
	d := start(t, whole)
	began := time.Now()
	id := begin(t, whole, folder)
	want := finished(t, whole, id)
	took := time.Since(began)
	d.stop(t)

	broken := at(t.TempDir(), env...)
	d = start(t, broken)
	id = begin(t, broken, folder)
	for range kills {
		wait(within(dice, 0, took/time.Duration(kills)), d)
		d.kill()
		d = start(t, broken)
	}
	got := finished(t, broken, id)
	d.stop(t)
	if !slices.Equal(got, want) {
		t.Errorf("got of the import that was killed %d times\n%s\nwant\n%s", kills, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// base lays so many accounts into a folder, of photos that repeat.
func base(t *testing.T, faces string, accounts int) string {
	t.Helper()
	folder := t.TempDir()
	names, err := filepath.Glob(filepath.Join(faces, "*.jpg"))
	if err != nil || len(names) == 0 {
		t.Fatalf("got %d photos %v, want some", len(names), err)
	}
	for i := range accounts {
		name := names[i%len(names)]
		picture, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		to := fmt.Sprintf("%s_%d-Name-01011990.jpg", strings.TrimSuffix(filepath.Base(name), ".jpg"), i)
		if err := os.WriteFile(filepath.Join(folder, to), picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// ask reaches the daemon of a place over its socket.
func ask(t *testing.T, p place, do func(*daemon.Line) error) {
	t.Helper()
	c := config.Defaults()
	c.Data = p.data
	line, err := daemon.Dial(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = line.Close() }() // it was only asked
	if err := do(line); err != nil {
		t.Fatal(err)
	}
}

func begin(t *testing.T, p place, folder string) string {
	t.Helper()
	var made struct {
		ID string `json:"id"`
	}
	ask(t, p, func(line *daemon.Line) error {
		return line.Do(t.Context(), http.MethodPost, "/api/imports", map[string]string{"source": folder}, &made)
	})
	return made.ID
}

// finished follows an import to its end. It answers its rows, but for the names
// of enrolments, and its rings, but for theirs.
func finished(t *testing.T, p place, id string) []string {
	t.Helper()
	var report bytes.Buffer
	var rings struct {
		Data []struct {
			Accounts []string `json:"accounts"`
		} `json:"data"`
	}
	ask(t, p, func(line *daemon.Line) error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
		defer cancel()
		if err := line.Watch(ctx, "/api/imports/"+id+"/events", func(string, []byte) error { return nil }); err != nil {
			return err
		}
		if err := line.Copy(ctx, "/api/imports/"+id+"/report?format=csv", &report); err != nil {
			return err
		}
		return line.Do(ctx, http.MethodGet, "/api/rings", nil, &rings)
	})
	rows, err := csv.NewReader(&report).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, row := range rows {
		list = append(list, strings.Join(slices.Delete(row, 8, 9), "|"))
	}
	var together []string
	for _, one := range rings.Data {
		slices.Sort(one.Accounts)
		together = append(together, "ring "+strings.Join(one.Accounts, " "))
	}
	slices.Sort(together)
	return append(list, together...)
}
