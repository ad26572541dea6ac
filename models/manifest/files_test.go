package manifest_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/models/manifest"
)

// The made-up files of a made-up manifest.
func contents() map[string]string {
	return map[string]string{
		"yunet_n_dynamic.onnx": "the detector", "mobilefacenet.onnx": "the embedder",
		"minifas_1.5_128x128.onnx": "the passive network", "libonnxruntime.so.1": "the library",
	}
}

const member = "bin/some/where/libonnxruntime.so.1"

// madeUp is the embedded manifest with the digests and addresses of contents.
func madeUp(t *testing.T, address string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Parse([]byte(embedded(t)))
	if err != nil {
		t.Fatal(err)
	}
	text := embedded(t)
	for _, x := range m.Models {
		body := contents()[x.File]
		text = strings.NewReplacer(
			x.SHA256.String(), digest(body),
			fmt.Sprintf(`"bytes": %d,`, x.Bytes), fmt.Sprintf(`"bytes": %d,`, len(body)),
			x.URL, address+"/"+x.File).Replace(text)
	}
	for _, b := range m.Runtime.Builds {
		body := contents()[m.Runtime.File]
		text = strings.NewReplacer(
			b.SHA256.String(), digest(body),
			fmt.Sprintf(`"bytes": %d,`, b.Bytes), fmt.Sprintf(`"bytes": %d,`, len(body)),
			b.Path, member,
			`"arch": "arm64"`, `"arch": "other"`,
			`"arch": "amd64"`, `"arch": "`+runtime.GOARCH+`"`).Replace(text)
	}
	m, err = manifest.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// folder is a folder with some of the contents.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// upstream serves the contents over TLS.
func upstream(t *testing.T, files map[string]string) *httptest.Server {
	t.Helper()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[filepath.Base(r.URL.Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(srv.Close)
	return srv
}

// pack writes an npm package's archive with one member.
func pack(name, body string) func(context.Context, string, string, string) (string, error) {
	return func(_ context.Context, _, _, dir string) (string, error) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		err := errors.Join(
			w.WriteHeader(&tar.Header{Name: "package/README.md", Typeflag: tar.TypeReg, Size: 0}),
			w.WriteHeader(&tar.Header{Name: "package/" + name, Typeflag: tar.TypeReg, Size: int64(len(body))}))
		_, err2 := w.Write([]byte(body))
		path := filepath.Join(dir, "package.tgz")
		return path, errors.Join(err, err2, w.Close(), z.Close(), os.WriteFile(path, b.Bytes(), 0o600))
	}
}

func TestVerify(t *testing.T) {
	files := contents()
	files["mobilefacenet.onnx"] = "the embedDer"   // altered, same size
	files["minifas_1.5_128x128.onnx"] = "the pass" // cut off
	delete(files, "libonnxruntime.so.1")
	want := []*fault.Fault{nil, manifest.ErrAltered, manifest.ErrAltered, manifest.ErrMissing}
	for i, c := range madeUp(t, "https://example.invalid").Verify(folder(t, files)) {
		switch {
		case want[i] == nil && c.Err != nil, want[i] != nil && !errors.Is(c.Err, want[i]):
			t.Errorf("%s: got %v, want %v", c.File, c.Err, want[i])
		case want[i] != nil && !strings.Contains(fault.Of(c.Err).Title, c.File):
			t.Errorf("%s: the title %q does not name the file", c.File, fault.Of(c.Err).Title)
		case want[i] != nil && !strings.Contains(fault.Of(c.Err).Hint, "rostod models fetch"):
			t.Errorf("%s: the hint %q does not say what to run", c.File, fault.Of(c.Err).Hint)
		}
	}
}

func TestFetch(t *testing.T) {
	all := contents()
	altered := contents()
	altered["mobilefacenet.onnx"] = "the embedDer"
	without := contents()
	delete(without, "mobilefacenet.onnx")
	long := contents()
	long["mobilefacenet.onnx"] += strings.Repeat("!", 1000)
	for _, tt := range []struct {
		what                    string
		present, bundle, served map[string]string
		library                 string
		how                     string // of mobilefacenet.onnx
		want                    string // in the error; empty: none
	}{
		{"all there", all, nil, nil, "", manifest.Present, ""},
		{"from a bundle", nil, all, nil, "", manifest.Copied, ""},
		{"from upstream", nil, nil, all, all["libonnxruntime.so.1"], manifest.Downloaded, ""},
		{"an altered file is replaced", altered, all, nil, "", manifest.Copied, ""},
		{"an altered bundle is passed over", nil, altered, all, "", manifest.Downloaded, ""},
		{"what the bundle lacks is downloaded", nil, without, all, "", manifest.Downloaded, ""},
		{"an altered upstream", without, nil, altered, "", "", "mobilefacenet.onnx could not be fetched"},
		{"too long an answer", without, nil, long, "", "", "bytes of mobilefacenet.onnx or more"},
		{"nothing upstream", without, nil, without, "", "", "404"},
		{"an altered library", nil, nil, all, "the Library", manifest.Downloaded, "libonnxruntime.so.1 could not be fetched"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			srv := upstream(t, tt.served)
			m, dir := madeUp(t, srv.URL), folder(t, tt.present)
			how := map[string]string{}
			err := m.Fetch(t.Context(), dir, manifest.Source{
				Bundles: []string{folder(t, tt.bundle)}, Client: srv.Client(), Pack: pack(member, tt.library),
				Progress: func(it manifest.Item, h string) { how[it.File] = h },
			})
			if how["mobilefacenet.onnx"] != tt.how {
				t.Errorf("got %q, want %q", how["mobilefacenet.onnx"], tt.how)
			}
			if tt.want == "" {
				if err != nil {
					t.Errorf("got %v, want none", err)
				}
				for _, c := range m.Verify(dir) {
					if c.Err != nil {
						t.Error(c.Err)
					}
				}
			} else if !errors.Is(err, manifest.ErrFetch) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want ErrFetch with %q", err, tt.want)
			}
			left, globErr := filepath.Glob(filepath.Join(dir, ".fetch-*"))
			if globErr != nil || len(left) > 0 {
				t.Errorf("got temporary files %v, want none (%v)", left, globErr)
			}
		})
	}
}

func TestFetchStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := madeUp(t, "https://example.invalid").Fetch(ctx, t.TempDir(), manifest.Source{Bundles: []string{folder(t, contents())}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it cancelled", err)
	}
}

// What Bundle writes is what Fetch takes, without a network.
func TestBundleIsWhatFetchTakes(t *testing.T) {
	ctx, m := t.Context(), madeUp(t, "https://example.invalid")
	out, dir := filepath.Join(t.TempDir(), "bundle"), t.TempDir()
	if err := m.Bundle(ctx, folder(t, contents()), out); err != nil {
		t.Fatal(err)
	}
	carried, err := manifest.Load(filepath.Join(out, manifest.ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := carried.Fetch(ctx, dir, manifest.Source{Bundles: []string{out}}); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(out, manifest.SumsFile))
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range contents() {
		if want := digest(body) + "  " + name + "\n"; !strings.Contains(string(sums), want) {
			t.Errorf("got sums %q, want a line %q", sums, want)
		}
	}
}

func TestBundleRefusesWhatDoesNotVerify(t *testing.T) {
	files := contents()
	files["mobilefacenet.onnx"] = "the embedDer"
	err := madeUp(t, "https://example.invalid").Bundle(t.Context(), folder(t, files), t.TempDir())
	if !errors.Is(err, manifest.ErrAltered) || !strings.Contains(err.Error(), "mobilefacenet.onnx") {
		t.Errorf("got %v, want ErrAltered with the file's name", err)
	}
}
