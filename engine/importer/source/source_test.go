package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNames(t *testing.T) {
	for _, test := range []struct{ file, want string }{
		{"17-Ana Silva-02011990.jpg", "17|Ana Silva|1990-01-02|"},
		{"01245698764-JOHN_SMITH-25122020.jpg", "01245698764|JOHN SMITH|2020-12-25|"}, // the vendor's example
		{"17-Ana-Maria-da Silva-31121980.JPEG", "17|Ana-Maria-da Silva|1980-12-31|"},
		{"17--31121980.png", "17||1980-12-31|"},
		{"17-Ana-.webp", "17|Ana||"},
		{"17-Ana-30021990.jpg", "|||row/date"},
		{"17-Ana-010190.jpg", "|||row/date"},
		{"17-Ana.jpg", "|||row/file-name"},
		{"17.jpg", "|||row/file-name"},
		{"-Ana-02011990.jpg", "|||row/reference"},
		{"1 7-Ana-02011990.jpg", "|||row/reference"},
		{"17-Ana-02011990.bmp", "|||row/extension"},
		{"17-Ana-02011990", "|||row/extension"},
		{strings.Repeat("7", 257) + "-Ana-02011990.jpg", "|||row/reference"},
		{"17-An\xffa-02011990.jpg", "|||row/name"},
		{"17-An\na-02011990.jpg", "|||row/name"},
	} {
		row := named(test.file)
		taken := ""
		if !row.Captured.IsZero() {
			taken = row.Captured.Format(time.DateOnly)
		}
		if got := string(row.Reference) + "|" + row.Name + "|" + taken + "|" + string(row.Wrong); got != test.want || row.Born != "" {
			t.Errorf("%q: got %s, born %q; want %s and no date of birth", test.file, got, row.Born, test.want)
		}
	}
	if got := fmt.Sprintf("%v %+v %s", named("17-Ana-02011990.jpg"), named("17-Ana-02011990.jpg"), named("17-Ana-02011990.jpg")); strings.Contains(got, "Ana") {
		t.Errorf("a row prints as %s, want it hidden", got)
	}
}

var files = []string{"1-Ana-02011990.jpg", "2-Budi-Dua-03011990.png", "3.jpg"}

// same is what every source of the test says; those that are named by their
// files have no date of birth.
var same = []string{"1|Ana|1990-01-02||picture 0", "2|Budi-Dua|1990-01-03||picture 1"}

func TestSources(t *testing.T) {
	for _, name := range []string{"", "a.ndjson", "files.ndjson", "a.csv", "semicolons.csv", "a.tar", "a.tar.gz", "a.zip"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := write(t, dir, name)
			s := opened(t, path)
			same := same
			if name == "" || strings.Contains(name, ".tar") || strings.HasSuffix(name, ".zip") {
				same = []string{"1|Ana|||picture 0", "2|Budi-Dua|||picture 1"}
			}
			got, err := told(t.Context(), s, 0)
			if err != nil || len(got) != 3 || !slices.Equal(got[:2], same) || !strings.HasPrefix(got[2], "|||row/") {
				t.Fatalf("got %q %v, want %q and a row that is wrong", got, err, same)
			}
			if s.Share() != 1 {
				t.Errorf("got %v of it passed, want all", s.Share())
			}
			again, err := told(t.Context(), s, 1)
			if err != nil || !slices.Equal(again, got[1:]) {
				t.Errorf("behind the first row: got %q %v, want %q", again, err, got[1:])
			}
			if past, err := told(t.Context(), s, 99); err != nil || len(past) != 0 {
				t.Errorf("behind the end: got %q %v, want none", past, err)
			}
			if !bytes.Equal(s.Mark(), opened(t, path).Mark()) {
				t.Error("the mark of an unchanged source changed")
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := told(ctx, s, 0); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: got %v, want %v", err, context.Canceled)
			}
		})
	}
}

// TestOutside are files that a source names and that are not its own.
func TestOutside(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	must(t, os.Mkdir(in, 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "1-Ana-02011990.jpg"), []byte("secret"), 0o600))
	must(t, os.Symlink("../1-Ana-02011990.jpg", filepath.Join(in, "1-Ana-02011990.jpg")))
	must(t, os.WriteFile(filepath.Join(in, "m.csv"), []byte("id,file\n1,../1-Ana-02011990.jpg\n2,1-Ana-02011990.jpg\n3,/etc/passwd\n4,..\\x\n5,nothing.jpg\n6,.\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(in, "m.ndjson"), []byte(`{"id":"1","file":"../1-Ana-02011990.jpg"}`), 0o600))
	for _, test := range []struct {
		path string
		want []string
	}{
		{in, []string{"1|Ana|||row/outside", "|||row/extension|", "|||row/extension|"}},
		{filepath.Join(in, "m.csv"), []string{"1|||row/outside|", "2||||row/outside", "3|||row/outside|", "4|||row/outside|", "5||||row/file-missing", "6||||row/unreadable"}},
		{filepath.Join(in, "m.ndjson"), []string{"1|||row/outside|"}},
	} {
		got, err := told(t.Context(), opened(t, test.path), 0)
		if err != nil || len(got) != len(test.want) {
			t.Errorf("%s: got %q %v, want %q", filepath.Base(test.path), got, err, test.want)
			continue
		}
		for i := range got {
			if strings.TrimSuffix(got[i], "|") != strings.TrimSuffix(test.want[i], "|") {
				t.Errorf("%s: got %q, want %q", filepath.Base(test.path), got[i], test.want[i])
			}
		}
	}
	uploaded := []byte(`{"id":"1","file":"m.csv"}`)
	s, err := OpenUpload(bytes.NewReader(uploaded), int64(len(uploaded)), NDJSON)
	must(t, err)
	if got, err := told(t.Context(), s, 0); err != nil || got[0] != "1|||row/outside|" {
		t.Errorf("an upload that names a file: got %q %v, want it refused", got, err)
	}
}

func TestRefusedSources(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		return filepath.Join(dir, name)
	}
	for _, test := range []struct {
		path string
		want error
	}{
		{filepath.Join(dir, "nothing"), ErrNone},
		{file("a.txt", "x"), ErrFormat},
		{file("a.zip", "no archive"), ErrBroken},
		{file("a.tar", strings.Repeat("no archive", 100)), ErrBroken},
		{file("a.tar.gz", "no archive"), ErrBroken},
		{file("a.csv", "name,born\n"), ErrHeader},
		{file("empty.csv", ""), ErrHeader},
		{bomb(t, dir, "bomb.zip"), ErrBomb},
		{bomb(t, dir, "bomb.tar.gz"), ErrBomb},
	} {
		s, err := Open(test.path)
		if err == nil {
			_, err = told(t.Context(), s, 0)
			_ = s.Close()
		}
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", filepath.Base(test.path), err, test.want)
		}
	}
}

// TestEntries are the files of archives that are not taken.
func TestEntries(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Name: "../1-Ana-02011990.jpg", Typeflag: tar.TypeReg}, {Name: "/1-Ana-02011990.jpg", Typeflag: tar.TypeReg},
		{Name: "1-Ana-02011990.jpg", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}, {Name: "dev", Typeflag: tar.TypeChar},
	} {
		must(t, w.WriteHeader(&h))
	}
	for _, name := range []string{"deep/er/", "__MACOSX/1-Ana-02011990.jpg", ".hidden"} {
		must(t, w.WriteHeader(&tar.Header{Name: name, Typeflag: map[bool]byte{true: tar.TypeDir, false: tar.TypeReg}[strings.HasSuffix(name, "/")]}))
	}
	must(t, w.WriteHeader(&tar.Header{Name: "deep/er/1-Ana-02011990.jpg", Typeflag: tar.TypeReg, Size: mostPicture + 1}))
	_, err := w.Write(make([]byte, mostPicture+1))
	must(t, err)
	must(t, w.Close())
	s, err := OpenUpload(bytes.NewReader(b.Bytes()), int64(b.Len()), Tar)
	must(t, err)
	got, err := told(t.Context(), s, 0)
	want := []string{"|||row/outside|", "|||row/outside|", "|||row/outside|", "|||row/outside|", "1|Ana|||row/too-many-bytes"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q %v, want %q", got, err, want)
	}
	cut, err := OpenUpload(bytes.NewReader(b.Bytes()[:b.Len()/2]), int64(b.Len()/2), Tar)
	must(t, err)
	if _, err := told(t.Context(), cut, 0); !errors.Is(err, ErrBroken) {
		t.Errorf("cut off: got %v, want %v", err, ErrBroken)
	}
}

// told is what a source's rows say.
func told(ctx context.Context, s Source, skip uint64) ([]string, error) {
	var list []string
	for row, err := range s.Rows(ctx, skip) {
		if err != nil {
			return list, err
		}
		said := strings.Join([]string{string(row.Reference), row.Name, row.Born, string(row.Wrong), ""}, "|")
		if row.Wrong == "" {
			picture, why := row.Read()
			said += string(picture) + string(why)
		}
		list = append(list, said)
	}
	return list, nil
}

func opened(t *testing.T, path string) Source {
	t.Helper()
	s, err := Open(path)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// write makes a source in a folder, of two people and a row that is wrong.
func write(t *testing.T, dir, name string) string {
	t.Helper()
	if name == "" || strings.HasSuffix(name, ".csv") || name == "files.ndjson" {
		for i, file := range files {
			must(t, os.WriteFile(filepath.Join(dir, file), fmt.Appendf(nil, "picture %d", i), 0o600))
		}
	}
	var b bytes.Buffer
	switch {
	case name == "":
		return dir
	case name == "a.ndjson":
		b.WriteString("{\"id\":\"1\",\"name\":\"Ana\",\"birthDate\":\"1990-01-02\",\"image\":\"cGljdHVyZSAw\"}\n\n{\"id\":\"2\",\"name\":\"Budi-Dua\",\"birthDate\":\"03011990\",\"image\":\"cGljdHVyZSAx\"}\n[]")
	case name == "files.ndjson":
		b.WriteString("{\"id\":\"1\",\"name\":\"Ana\",\"birthDate\":\"1990-01-02\",\"file\":\"" + files[0] + "\"}\n{\"id\":\"2\",\"name\":\"Budi-Dua\",\"birthDate\":\"1990-01-03\",\"file\":\"" + files[1] + "\"}\n{}\n")
	case name == "a.csv":
		b.WriteString("\xEF\xBB\xBFid,file,name,birthDate\n1," + files[0] + ",Ana,1990-01-02\n2,\"" + files[1] + "\",Budi-Dua,03011990\n3,\"x\"y,,\n")
	case name == "semicolons.csv":
		b.WriteString("id;file;name;birthDate\r\n1;" + files[0] + ";Ana;02011990\r\n2;" + files[1] + ";Budi-Dua;03011990\r\n3 3;x;;\r\n")
	case name == "a.zip":
		w := zip.NewWriter(&b)
		for i, file := range files {
			f, err := w.Create("folder/" + file)
			must(t, err)
			_, err = fmt.Fprintf(f, "picture %d", i)
			must(t, err)
		}
		must(t, w.Close())
	default:
		tarred(t, &b)
		if strings.HasSuffix(name, ".gz") {
			plain := bytes.Clone(b.Bytes())
			b.Reset()
			z := gzip.NewWriter(&b)
			_, err := z.Write(plain)
			must(t, err)
			must(t, z.Close())
		}
	}
	path := filepath.Join(dir, name)
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

func tarred(t *testing.T, b *bytes.Buffer) {
	t.Helper()
	w := tar.NewWriter(b)
	for i, file := range files {
		text := fmt.Sprintf("picture %d", i)
		must(t, w.WriteHeader(&tar.Header{Name: file, Size: int64(len(text)), Typeflag: tar.TypeReg, ModTime: time.Unix(1e9, 0)}))
		_, err := w.Write([]byte(text))
		must(t, err)
	}
	must(t, w.Close())
}

// bomb is an archive of zeros that unpacks to more than is taken.
func bomb(t *testing.T, dir, name string) string {
	t.Helper()
	var b bytes.Buffer
	const most = mostPacked + 1<<20
	if strings.HasSuffix(name, ".zip") {
		// It is enough to say so: none unpacks to more than it says.
		w := zip.NewWriter(&b)
		_, err := w.CreateRaw(&zip.FileHeader{Name: "1-Ana-02011990.jpg", Method: zip.Deflate, UncompressedSize64: most})
		must(t, err)
		must(t, w.Close())
	} else {
		z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		must(t, err)
		w := tar.NewWriter(z)
		must(t, w.WriteHeader(&tar.Header{Name: "1-Ana-02011990.jpg", Typeflag: tar.TypeReg, Size: most}))
		zeros := make([]byte, 1<<20)
		for range most >> 20 {
			_, err := w.Write(zeros)
			must(t, err)
		}
		must(t, w.Close())
		must(t, z.Close())
	}
	path := filepath.Join(dir, name)
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
