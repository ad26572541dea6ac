package dossier_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/journey/dossier"
	"github.com/rostod/rostod/internal/fixture"
)

func picture(t *testing.T) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 480, 640))
	for y := range 640 {
		for x := range 480 {
			p.Set(x, y, color.RGBA{uint8(x / 2), uint8(y / 3), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func light() *engine.FlashEvidence {
	e := &engine.FlashEvidence{Frames: 203, FPS: 29.8, Lag: 121, Seconds: 6.6}
	e.Code.Accuracy, e.Code.Rho = 1, 0.97
	colours := []string{"#e900ff", "#009e00", "#0087ff", "#bb7a00"}
	for i := range 10 {
		c := colours[i%4]
		s := engine.FlashSlot{Kind: "F", Tiles: [4]string{c, c, c, c}, Start: float64(i) * 600, Length: 400}
		for j, name := range []string{"forehead", "left cheek", "right cheek", "chin"} {
			v := math.Sin(float64(i + j))
			s.Regions = append(s.Regions, engine.FlashRegion{Name: name, Expected: [2]float64{v / 50, -v / 60}, Measured: [2]float64{v / 55, -v / 58}})
		}
		e.Slots = append(e.Slots, s)
	}
	for i := range 200 {
		v := math.Sin(float64(i)/9) / 40
		e.Trace = append(e.Trace, engine.FlashTrace{At: float64(i) * 33, Plan: [2]float64{v, -v}, Face: [2]float64{v * 1.1, -v * 0.9}})
	}
	return e
}

func set(t *testing.T) dossier.Set {
	t.Helper()
	return dossier.Set{
		Title: "Evidence set", About: "Process 019283aa-0000-7000-8000-000000000001", Result: "PROCESS_RESULT_OK", Tone: dossier.Good,
		Facts:    []dossier.Fact{{"Flow", "id"}, {"Person", "MARIA DA CONCEIÇÃO ŁAŃSKA"}, {"Left out", ""}},
		Findings: []dossier.Finding{{Name: "Liveness", Verdict: "live", Tone: dossier.Good, Score: "0.99", Reasons: []string{"follows_code", "relief"}}},
		Picture:  picture(t), Caption: "The picture that was compared.", Flash: light(),
		Digests: []dossier.Fact{{"Picture, SHA-256", strings.Repeat("ab", 32)}}, Sealed: []string{"Sealed by a test."},
		Files: []dossier.File{{Name: "decision.tlog-proof", About: "The journal's proof", Bytes: []byte("c2sp.org/tlog-proof@v1\n")}},
		Made:  time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
}

func sealed(t *testing.T, s dossier.Set) ([]byte, dossier.Seal) {
	t.Helper()
	plain, err := s.Write()
	if err != nil {
		t.Fatalf("write: got %v, want none", err)
	}
	made, err := dossier.NewSeal("rostod evidence seal test", time.Now())
	if err != nil {
		t.Fatalf("make a seal: got %v, want none", err)
	}
	seal, err := dossier.OpenSeal(made)
	if err != nil {
		t.Fatalf("open the seal: got %v, want none", err)
	}
	out, err := seal.Sign(plain, "Evidence set", s.Made)
	if err != nil {
		t.Fatalf("sign: got %v, want none", err)
	}
	return out, seal
}

// program runs a program that reads PDFs.
func program(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), fixture.Reader(t, name), args...).CombinedOutput()
	if err != nil && name != "pdfsig" { // which has other exit codes for other verdicts
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}

func kept(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "set.pdf")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Another program accepts the seal, finds everything under it, and sees every
// change.
func TestSeal(t *testing.T) {
	file, seal := sealed(t, set(t))
	said := program(t, "pdfsig", kept(t, file))
	for _, want := range []string{"Signature is Valid.", "Total document signed", "adbe.pkcs7.detached", "SHA-256", "rostod evidence seal test"} {
		if !strings.Contains(said, want) {
			t.Errorf("got %s, want %q in it", said, want)
		}
	}
	trusts(t, file, seal)
	for _, at := range []int{len(file) / 3, len(file) / 2} {
		altered := bytes.Clone(file)
		altered[at] ^= 1
		if said := program(t, "pdfsig", kept(t, altered)); strings.Contains(said, "Signature is Valid.") {
			t.Errorf("byte %d altered: got %s, want no valid seal", at, said)
		}
	}
}

// trusts shows that a reader who has come to trust the certificate is told by
// whom a file was sealed.
func trusts(t *testing.T, file []byte, seal dossier.Seal) {
	t.Helper()
	db := "sql:" + t.TempDir()
	pem := filepath.Join(t.TempDir(), "seal.pem")
	if err := os.WriteFile(pem, seal.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	program(t, "certutil", "-N", "-d", db, "--empty-password")
	program(t, "certutil", "-A", "-d", db, "-n", "rostod", "-t", "CT,C,C", "-i", pem)
	if said := program(t, "pdfsig", "-nssdir", db, kept(t, file)); !strings.Contains(said, "Certificate is Trusted") {
		t.Errorf("got %s, want a certificate that is trusted", said)
	}
}

// What lies inside for programs comes out as it went in, and what is written
// can be read as text.
func TestContents(t *testing.T) {
	name := kept(t, func() []byte { b, _ := sealed(t, set(t)); return b }())
	to := filepath.Join(t.TempDir(), "out")
	program(t, "pdfdetach", "-save", "1", "-o", to, name)
	if b, err := os.ReadFile(to); err != nil || string(b) != "c2sp.org/tlog-proof@v1\n" {
		t.Errorf("got %q %v, want the file that was put in", b, err)
	}
	text := program(t, "pdftotext", "-layout", name, "-")
	for _, want := range []string{"Evidence set", "MARIA DA CONCEIÇÃO ŁAŃSKA", "PROCESS_RESULT_OK", "follows_code", "203 frames", "forehead"} {
		if !strings.Contains(text, want) {
			t.Errorf("got %s, want %q in it", text, want)
		}
	}
	if strings.Contains(text, "Left out") {
		t.Error("a fact without a value is written")
	}
}

// A set without a picture and without light has what is left, and numbers that
// are none spoil nothing.
func TestLess(t *testing.T) {
	s := set(t)
	s.Picture, s.Missing, s.Flash = nil, "The picture was forgotten after 30 days.", nil
	less, _ := sealed(t, s)
	if text := program(t, "pdftotext", kept(t, less), "-"); !strings.Contains(text, "forgotten after") || strings.Contains(text, "what came back") {
		t.Errorf("got %s, want why there is no picture, and no drawing", text)
	}
	s = set(t)
	s.Flash.Trace[3].Face[0], s.Flash.Slots[1].Regions[0].Measured[1] = math.NaN(), math.Inf(1)
	if file, _ := sealed(t, s); strings.Contains(string(file), "NaN") {
		t.Error("a number that is none is in the file")
	}
	s.Picture = []byte("no picture")
	if _, err := s.Write(); err == nil {
		t.Error("a picture that cannot be read: got no error")
	}
}

func TestSealRefusals(t *testing.T) {
	one, err := dossier.NewSeal("one", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other, err := dossier.NewSeal("other", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	key := bytes.Index(one, []byte("-----BEGIN PRIVATE"))
	for what, file := range map[string][]byte{
		"nothing": nil, "no key": one[:key], "no certificate": one[key:], "another's key": append(bytes.Clone(one[:key]), other[bytes.Index(other, []byte("-----BEGIN PRIVATE")):]...),
		"damaged": bytes.Replace(one, []byte("MII"), []byte("AAA"), 1),
	} {
		if _, err := dossier.OpenSeal(file); err == nil {
			t.Errorf("%s: got a seal, want none", what)
		}
	}
}
