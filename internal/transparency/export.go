package transparency

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/mod/sumdb/note"
)

// An export is a zip with files of rows, what they are, and a signature over
// that. Its first line keeps the signature from being taken for a checkpoint's.
const (
	ManifestName  = "manifest.json"
	SignatureName = "manifest.note"
	exportLine    = "rostod/export/v1"
)

// What may be wrong with an export.
var (
	ErrAltered = errors.New("a file is not the one that was signed")
	ErrFiles   = errors.New("it does not have the files that were signed, and no others")
)

// Manifest says what an export holds, who asked for it, and how far the journal had come.
type Manifest struct {
	Version    int            `json:"export"` // 1
	Log        string         `json:"log"`    // the journal's name
	Org        string         `json:"org"`
	By         string         `json:"by"` // the API key
	At         time.Time      `json:"at"`
	Query      jsontext.Value `json:"query"`  // as it was asked
	Scores     bool           `json:"scores"` // false: left out, because the key may not see them
	Rows       int            `json:"rows"`
	Erased     int            `json:"erased"` // of them: only id and time are left
	Files      []ExportedFile `json:"files"`
	Journal    uint64         `json:"journal"`    // the entry that says that it was exported
	Checkpoint string         `json:"checkpoint"` // the journal with that entry, signed
}

// ExportedFile is one file of it.
type ExportedFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	Rows   int    `json:"rows"`
	SHA256 string `json:"sha256"` // hexadecimal
}

const manifestVersion = 1

// JSON is the manifest as it is signed.
func (m Manifest) JSON() ([]byte, error) {
	m.Version = manifestVersion
	b, err := json.Marshal(m, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, fmt.Errorf("write a manifest: %w", err)
	}
	return append(b, '\n'), nil
}

// SignManifest is the signature over a manifest, as a note.
func SignManifest(origin string, seed, manifest []byte) ([]byte, error) {
	by, err := signer(origin, seed)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: exportText(origin, manifest)}, by)
	if err != nil {
		return nil, fmt.Errorf("sign a manifest: %w", err)
	}
	return signed, nil
}

func exportText(origin string, manifest []byte) string {
	sum := sha256.Sum256(manifest)
	return fmt.Sprintf("%s\n%s\n%x\n", exportLine, origin, sum)
}

// OpenManifest reads a manifest that one of the keys has signed.
func OpenManifest(manifest, signature []byte, keys ...string) (Manifest, error) {
	opened, err := open(signature, keys...)
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	if err := json.Unmarshal(manifest, &m, json.RejectUnknownMembers(true)); err != nil || m.Version != manifestVersion {
		return Manifest{}, fmt.Errorf("%w: a manifest", ErrMalformed)
	}
	if opened.Text != exportText(m.Log, manifest) {
		return Manifest{}, fmt.Errorf("%w: %s", ErrAltered, ManifestName)
	}
	if !signedBy(opened, m.Log) {
		return Manifest{}, ErrOtherLog
	}
	c, err := OpenCheckpoint([]byte(m.Checkpoint), keys...)
	switch {
	case err != nil:
		return Manifest{}, err
	case c.Origin != m.Log:
		return Manifest{}, ErrOtherLog
	case m.Journal >= c.Size:
		return Manifest{}, ErrNotInLog
	}
	return m, nil
}

// mostManifest is how long manifest and signature may be.
const mostManifest = 1 << 20

// OpenExport checks an export, of so many bytes, with the keys of the log.
func OpenExport(file io.ReaderAt, size int64, keys ...string) (Manifest, error) {
	archive, err := zip.NewReader(file, size)
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: a zip", ErrMalformed)
	}
	files := map[string]*zip.File{}
	for _, f := range archive.File {
		if files[f.Name] != nil {
			return Manifest{}, fmt.Errorf("%w: a file is there twice", ErrFiles)
		}
		files[f.Name] = f
	}
	manifest, err := small(files[ManifestName])
	if err != nil {
		return Manifest{}, err
	}
	signature, err := small(files[SignatureName])
	if err != nil {
		return Manifest{}, err
	}
	m, err := OpenManifest(manifest, signature, keys...)
	if err != nil {
		return Manifest{}, err
	}
	rows := 0
	for _, f := range m.Files {
		if err := f.check(files[f.Name]); err != nil {
			return Manifest{}, err
		}
		rows += f.Rows
	}
	if len(files) != len(m.Files)+2 || rows != m.Rows {
		return Manifest{}, ErrFiles
	}
	return m, nil
}

func small(f *zip.File) ([]byte, error) {
	if f == nil {
		return nil, fmt.Errorf("%w: there is no %s or no %s", ErrFiles, ManifestName, SignatureName)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: a zip", ErrMalformed)
	}
	b, err := io.ReadAll(io.LimitReader(r, mostManifest))
	if err != nil || len(b) == mostManifest {
		return nil, fmt.Errorf("%w: %s", ErrMalformed, f.Name)
	}
	return b, r.Close()
}

// check reads a file to its end.
func (e ExportedFile) check(f *zip.File) error {
	if f == nil || strings.ContainsAny(e.Name, "/\\") {
		return fmt.Errorf("%w: %s is missing", ErrFiles, e.Name)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%w: a zip", ErrMalformed)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(r, e.Bytes+1))
	if err != nil || n != e.Bytes || hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
		return fmt.Errorf("%w: %s", ErrAltered, e.Name)
	}
	return r.Close()
}
