package source

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"unicode"
)

// FuzzName: whatever a file is called, a row either says what is wrong or has a
// reference that can be one.
func FuzzName(f *testing.F) {
	for _, name := range []string{"17-Ana Silva-02011990.jpg", "17-Ana-Maria-31121980.PNG", "17--.webp", "-", "a-b-c.jpg", "\xff-\x00-.jpg"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) { lawful(t, named(name)) })
}

// lawful are the laws of every row.
func lawful(t *testing.T, row Row) {
	t.Helper()
	if row.Wrong != "" {
		return
	}
	id := string(row.Reference)
	if id == "" || len([]rune(id)) > longest || strings.ContainsFunc(id, unicode.IsSpace) || strings.ContainsFunc(id, unicode.IsControl) {
		t.Errorf("got a row with the reference %q", id)
	}
	if row.Born != "" && len(row.Born) != len("2006-01-02") {
		t.Errorf("got a row that is born %q", row.Born)
	}
	if row.Captured.Year() > 9999 {
		t.Errorf("got a row of the year %d", row.Captured.Year())
	}
}

// FuzzUpload: whatever is sent, reading it ends, no row breaks the laws, and
// what is behind the first row is the same when it is passed over.
func FuzzUpload(f *testing.F) {
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	one, err := w.Create("1-Ana-01011990.jpg")
	if err != nil {
		f.Fatal(err)
	}
	if _, err := one.Write([]byte("picture")); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(byte(0), z.Bytes())
	f.Add(byte(1), []byte("1-Ana-01011990.jpg"))
	f.Add(byte(2), []byte{0x1f, 0x8b, 8, 0})
	f.Add(byte(3), []byte(`{"id":"1","image":"aGFsbG8=","capturedAt":"2020-01-01"}`+"\n\n{}\n"))
	f.Fuzz(func(t *testing.T, kind byte, data []byte) {
		format := []Format{Zip, Tar, TarGz, NDJSON}[kind%4]
		s, err := OpenUpload(bytes.NewReader(data), int64(len(data)), format)
		if err != nil {
			return
		}
		all := passed(t, s, 0)
		if len(all) > 0 && strings.Join(passed(t, s, 1), "\n") != strings.Join(all[1:], "\n") {
			t.Errorf("got other rows behind the first than before")
		}
		if share := s.Share(); share < 0 || share > 1 {
			t.Errorf("got a share of %v", share)
		}
	})
}

// FuzzManifest is the same for CSV.
func FuzzManifest(f *testing.F) {
	f.Add([]byte("id,file\n1,a.jpg\n"))
	f.Add([]byte("\xEF\xBB\xBFid;file;birthDate\n1;..\\a;01011990\n\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &manifest{input: input{file: bytes.NewReader(data), size: int64(len(data))}}
		for _, id := range passed(t, s, 0) {
			if strings.ContainsFunc(id, unicode.IsControl) {
				t.Errorf("got the row %q", id)
			}
		}
	})
}

// passed are the references of a source's rows.
func passed(t *testing.T, s Source, skip uint64) []string {
	t.Helper()
	var list []string
	for row, err := range s.Rows(t.Context(), skip) {
		if err != nil {
			break
		}
		lawful(t, row)
		if row.Wrong == "" {
			if b, _ := row.Read(); len(b) > mostPicture {
				t.Errorf("got a picture of %d bytes", len(b))
			}
		}
		list = append(list, string(row.Reference))
	}
	return list
}
