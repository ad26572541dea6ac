package peer_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/internal/fault"
)

// stranger is a client that does as it likes: its packets have the payload
// types and sources that it gives them, and its channels any name.
type stranger struct {
	pc    *webrtc.PeerConnection
	track *anything
	guest *guest
	peer  *peer.Peer
}

// anything is a track that writes what it is given.
type anything struct {
	bound chan struct{}
	to    webrtc.TrackLocalContext
	next  uint16
}

func (a *anything) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	a.to = c
	close(a.bound)
	return webrtc.RTPCodecParameters{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, PayloadType: 96}, nil
}
func (a *anything) Unbind(webrtc.TrackLocalContext) error { return nil }
func (a *anything) ID() string                            { return "video" }
func (a *anything) RID() string                           { return "" }
func (a *anything) StreamID() string                      { return "camera" }
func (a *anything) Kind() webrtc.RTPCodecType             { return webrtc.RTPCodecTypeVideo }

// write sends one packet.
func (a *anything) write(t *testing.T, h rtp.Header, payload []byte) {
	t.Helper()
	h.Version, h.SequenceNumber = 2, a.next
	a.next++
	if h.SSRC == 0 {
		h.SSRC = uint32(a.to.SSRC())
	}
	if _, err := a.to.WriteStream().WriteRTP(&h, payload); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Fatal(err)
	}
}

// knock connects a stranger, with the channels that it opens.
func knock(t *testing.T, peers *peer.Peers, channels func(*webrtc.PeerConnection) error) *stranger {
	t.Helper()
	s := &stranger{track: &anything{bound: make(chan struct{})}, guest: newGuest()}
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	var settings webrtc.SettingEngine
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetIncludeLoopbackCandidate(true)
	settings.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	var err error
	if s.pc, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.pc.GracefulClose() })
	if _, err := s.pc.AddTransceiverFromTrack(s.track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		t.Fatal(err)
	}
	if err := channels(s.pc); err != nil {
		t.Fatal(err)
	}
	offer, err := s.pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	var answer string
	if s.peer, answer, err = peers.Answer(soon(t), peer.Offer{SDP: s.pc.LocalDescription().SDP, Handler: s.guest}); err != nil {
		t.Fatal(err)
	}
	if err := s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		t.Fatal(err)
	}
	return s
}

// ours opens the capture's channel.
func ours(pc *webrtc.PeerConnection) error {
	_, err := pc.CreateDataChannel(peer.Label, nil)
	return err
}

// ends expects the peer to end so.
func ends(t *testing.T, g *guest, want *fault.Fault) {
	t.Helper()
	if got := wait(t, "Closed", g.closed); !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	g.proper(t)
}

func TestForeignChannels(t *testing.T) {
	t.Parallel()
	no, yes, two := false, true, uint16(2)
	for name, channels := range map[string]func(*webrtc.PeerConnection) error{
		"another label": func(pc *webrtc.PeerConnection) error {
			_, err := pc.CreateDataChannel("chat", nil)
			return err
		},
		"a second one": func(pc *webrtc.PeerConnection) error { return errors.Join(ours(pc), ours(pc)) },
		"out of order": func(pc *webrtc.PeerConnection) error {
			_, err := pc.CreateDataChannel(peer.Label, &webrtc.DataChannelInit{Ordered: &no})
			return err
		},
		"unreliable": func(pc *webrtc.PeerConnection) error {
			_, err := pc.CreateDataChannel(peer.Label, &webrtc.DataChannelInit{Ordered: &yes, MaxRetransmits: &two})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ends(t, knock(t, open(t, peer.Config{}), channels).guest, peer.ErrChannel)
		})
	}
}

func TestForeignMedia(t *testing.T) {
	t.Parallel()
	key := newFilm(t, 64, 48, 100_000, 1).frame(true)
	large := append([]byte(nil), key...)
	large[6], large[7], large[8], large[9] = 1920&0xff, 1920>>8, 1080&0xff, 1080>>8
	for _, tt := range []struct {
		name string
		send func(t *testing.T, a *anything)
		want *fault.Fault
	}{
		{"another codec", func(t *testing.T, a *anything) {
			a.write(t, rtp.Header{PayloadType: 102, Marker: true}, []byte{0x65, 1, 2})
		}, peer.ErrCodec},
		{"another codec in the middle", func(t *testing.T, a *anything) {
			a.write(t, rtp.Header{PayloadType: 96, Marker: true}, append([]byte{0x10}, key...))
			a.write(t, rtp.Header{PayloadType: 102, Marker: true}, []byte{0x65, 1, 2})
		}, peer.ErrCodec},
		{"a second source", func(t *testing.T, a *anything) {
			a.write(t, rtp.Header{PayloadType: 96, Marker: true}, append([]byte{0x10}, key...))
			a.write(t, rtp.Header{PayloadType: 96, Marker: true, SSRC: 4711}, append([]byte{0x10}, key...))
		}, peer.ErrStreams},
		{"sources without end", func(t *testing.T, a *anything) {
			for i := range uint32(40) {
				a.write(t, rtp.Header{PayloadType: 97, SSRC: 100 + i}, nil)
			}
		}, peer.ErrStreams},
		{"a picture that is too large", func(t *testing.T, a *anything) {
			a.write(t, rtp.Header{PayloadType: 96, Marker: true}, append([]byte{0x10}, large...))
		}, peer.ErrTooLarge},
		{"a frame without end", func(t *testing.T, a *anything) {
			a.write(t, rtp.Header{PayloadType: 96}, append([]byte{0x10}, key...))
			pace := time.NewTicker(2 * time.Millisecond) // the kernel has room for a few
			defer pace.Stop()
			for i := range 1000 {
				a.write(t, rtp.Header{PayloadType: 96}, make([]byte, 1100))
				if i%20 == 0 {
					<-pace.C
				}
			}
		}, peer.ErrTooLarge},
		{"nothing that is VP8", func(t *testing.T, a *anything) {
			for i := range uint32(50) {
				a.write(t, rtp.Header{PayloadType: 96, Marker: true, Timestamp: 3000 * i}, []byte{0x10, byte(i), 0xff, 0x12, 0x9d})
				a.write(t, rtp.Header{PayloadType: 96, Marker: true, Timestamp: 3000 * i}, []byte{0x90})
				a.write(t, rtp.Header{PayloadType: 97, Marker: true, Timestamp: 3000 * i}, []byte{0x90})
				a.write(t, rtp.Header{PayloadType: 96, Padding: true, PaddingSize: 200}, nil)
			}
		}, peer.ErrUnreadable},
		{"nothing", func(*testing.T, *anything) {}, peer.ErrSilent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			// A client of pion says that it is alive every two seconds.
			limits := peer.Limits{Silent: 2300 * time.Millisecond}
			if errors.Is(tt.want, peer.ErrUnreadable) {
				limits.Blind = quick
			}
			s := knock(t, open(t, peer.Config{Limits: limits}), ours)
			wait(t, "the track's way", s.track.bound)
			wait(t, "Opened", s.guest.opened)
			tt.send(t, s.track)
			ends(t, s.guest, tt.want)
		})
	}
}
