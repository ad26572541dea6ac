package peer

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fault"
)

// samples are offers as Chromium, Firefox and GStreamer make them; two have
// been changed, to have candidates and to be bundled from the start.
func samples() []string {
	return []string{"chromium-156", "firefox-153", "gstreamer", "candidates", "bundled"}
}

// sample is an offer in the form of a browser's.
func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".sdp"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReadOffer(t *testing.T) {
	for _, tt := range []struct {
		name string
		want offer
	}{
		{"chromium-156", offer{video: 96, repair: 97, transport: 4}},
		{"firefox-153", offer{video: 120, repair: 124, transport: 7}},
		{"candidates", offer{video: 96, repair: 97, transport: 4}},
		{"bundled", offer{video: 120, repair: 124, transport: 7}},
		{"gstreamer", offer{video: 96}},
	} {
		got, err := readOffer(sample(t, tt.name))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if !strings.HasPrefix(got.fingerprint, "sha-256 ") || strings.Contains(got.sdp, "candidate:") || !strings.Contains(got.sdp, "a=ice-ufrag:") {
			t.Errorf("%s: got fingerprint %q and\n%s", tt.name, got.fingerprint, got.sdp)
		}
		got.fingerprint, got.sdp = "", ""
		if got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestReadOfferRefuses(t *testing.T) {
	whole := sample(t, "candidates")
	head, rest, _ := strings.Cut(whole, "m=video")
	video, data, _ := strings.Cut(rest, "m=application")
	video, data = "m=video"+video, "m=application"+data
	audio := strings.NewReplacer("m=video", "m=audio", "VP8", "opus").Replace(video)
	without := func(line string) string { return strings.ReplaceAll(whole, line+"\r\n", "") }
	with := func(line, other string) string { return strings.ReplaceAll(whole, line, other) }
	for _, tt := range []struct {
		name string
		sdp  string
		want *fault.Fault
	}{
		{"nothing", "", ErrOfferMalformed},
		{"garbage", "\x00\x01\x02", ErrOfferMalformed},
		{"JSON", `{"sdp":"v=0"}`, ErrOfferMalformed},
		{"ten megabytes", strings.Repeat("a=x\r\n", 2<<20), ErrOfferTooLarge},
		{"a little too long", whole + strings.Repeat("a=x\r\n", maxOffer/5), ErrOfferTooLarge},
		{"no sections", head, ErrOfferNoVideo},
		{"audio alone", head + audio, ErrOfferNoVideo},
		{"audio and data", head + audio + data, ErrOfferNoVideo},
		{"a refused video", with("m=video 9", "m=video 0"), ErrOfferNoVideo},
		{"audio besides", head + audio + video + data, ErrOfferOther},
		{"two videos", head + video + video + data, ErrOfferMoreVideo},
		{"simulcast", with("a=sendonly\r\n", "a=sendonly\r\na=rid:l send\r\na=rid:m send\r\na=simulcast:send l;m\r\n"), ErrOfferMoreVideo},
		{"no data channel", head + video, ErrOfferNoChannel},
		{"other data", with("webrtc-datachannel", "5000"), ErrOfferNoChannel},
		{"a refused data channel", with("m=application 9", "m=application 0"), ErrOfferNoChannel},
		{"two of data", whole + data, ErrOfferOther},
		{"only receives", with("a=sendonly", "a=recvonly"), ErrOfferDirection},
		{"inactive", with("a=sendonly", "a=inactive"), ErrOfferDirection},
		{"H.264 alone", with("VP8/90000", "H264/90000"), ErrOfferCodec},
		{"VP8 that is not among the formats", with("SAVPF 96 ", "SAVPF "), ErrOfferCodec},
		{"VP8 as a payload type that is none", with("96", "296"), ErrOfferMalformed},
		{"no fingerprint", without(whole[strings.Index(whole, "a=fingerprint"):strings.Index(whole, "\r\na=setup")]), ErrOfferMalformed},
		{"two fingerprints", strings.Replace(whole, "sha-256 7B", "sha-256 7C", 1), ErrOfferMalformed},
		{"half a fingerprint", with("7B:8B:", ""), ErrOfferMalformed},
		{"a weak fingerprint", with("sha-256", "sha-1"), ErrOfferMalformed},
	} {
		if got, err := readOffer(tt.sdp); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %+v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

// What the door lets through and pion does not answer is the sender's fault too.
func TestAnswerRefuses(t *testing.T) {
	p, err := Open(Config{UDP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	whole := sample(t, "candidates")
	for name, sdp := range map[string]string{
		"no ICE": strings.NewReplacer("a=ice-ufrag", "a=x", "a=ice-pwd", "a=x").Replace(whole),
		"no MID": strings.NewReplacer("a=mid:", "a=x:").Replace(whole),
	} {
		if _, _, err := p.Answer(t.Context(), Offer{SDP: sdp, Handler: nobody{}}); !errors.Is(err, ErrOfferMalformed) {
			t.Errorf("%s: got %v, want %v", name, err, ErrOfferMalformed)
		}
	}
	if len(p.all) > 0 || p.opening > 0 {
		t.Errorf("got %d peers and %d places taken, want none", len(p.all), p.opening)
	}
}

type nobody struct{ Handler }

func (nobody) Closed(error) {}

// Whatever the offer: a fault, or an offer that reads the same again and has
// nobody's address in it.
func FuzzOffer(f *testing.F) {
	for _, name := range samples() {
		f.Add(sample(f, name))
	}
	f.Add("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n")
	f.Fuzz(func(t *testing.T, sdp string) {
		o, err := readOffer(sdp)
		if err != nil {
			if fault.Of(err) == nil {
				t.Errorf("got %v, want a fault", err)
			}
			return
		}
		again, err := readOffer(o.sdp)
		if err != nil || again.video != o.video || again.repair != o.repair || again.transport != o.transport {
			t.Errorf("read again: got %+v, %v, want %+v", again, err, o)
		}
		if strings.Contains(o.sdp, "\na=candidate") || o.fingerprint == "" {
			t.Errorf("got %+v", o)
		}
	})
}

// Offers that were damaged on their way are answered or refused.
func TestAnswerSurvives(t *testing.T) {
	p, err := Open(Config{UDP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	r := rand.New(rand.NewPCG(1, 2))
	answered, samples := 0, samples()
	for i := range 600 {
		lines := slices.Collect(strings.Lines(sample(t, samples[i%len(samples)])))
		for range 1 + r.IntN(3) {
			n := r.IntN(len(lines))
			switch r.IntN(4) {
			case 0:
				lines = slices.Delete(lines, n, n+1)
			case 1:
				lines = slices.Insert(lines, n, lines[r.IntN(len(lines))])
			case 2:
				lines[n] = lines[n][:r.IntN(len(lines[n]))] + "\r\n"
			case 3:
				b := []byte(lines[n])
				b[r.IntN(len(b))] = byte(32 + r.IntN(90))
				lines[n] = string(b)
			}
		}
		one, answer, err := p.Answer(t.Context(), Offer{SDP: strings.Join(lines, ""), Handler: nobody{}})
		if err != nil {
			if fault.Of(err) == nil {
				t.Errorf("got %v, want a fault", err)
			}
			continue
		}
		answered++
		one.Close(nil)
		if !strings.Contains(answer, "m=video 9") || !strings.Contains(answer, "m=application 9") {
			t.Errorf("got an answer that refuses a section:\n%s", answer)
		}
	}
	if answered < 100 {
		t.Errorf("got %d answers, want most", answered)
	}
}

func TestFaults(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Faults() {
		if seen[f.Code] || !strings.HasPrefix(f.Code, "peer/") || f.Title == "" || f.Hint == "" {
			t.Errorf("got %+v, want a code of its own, a title and a hint", f)
		}
		seen[f.Code] = true
	}
}
