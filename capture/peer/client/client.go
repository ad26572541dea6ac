package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// Label is the data channel's name in version 1 of the protocol.
const Label = "rostod.capture.v1"

// Config says where a Client goes, and how.
type Config struct {
	// Answer takes the offer to the daemon and brings the answer: WHIP.Answer,
	// or a function in the same process.
	Answer func(ctx context.Context, offer string) (answer string, err error)
	UDP    net.PacketConn // sends from here, and closes it; nil: from where the system chooses
	TCP    bool           // by TCP only
}

// Client is one publisher.
type Client struct {
	pc       *webrtc.PeerConnection
	mux      io.Closer
	track    *webrtc.TrackLocalStaticRTP
	sender   *webrtc.RTPSender
	channel  *webrtc.DataChannel
	opened   chan struct{}
	messages chan []byte
	keys     chan struct{}
	done     chan struct{}
	end      sync.Once
	err      error // set before done is closed
	reading  sync.WaitGroup

	mu     sync.Mutex
	stream stream
}

// Dial connects and waits until the data channel is open.
func Dial(ctx context.Context, c Config) (*Client, error) {
	cl, err := open(c)
	if err != nil {
		return nil, err
	}
	if err := cl.connect(ctx, c.Answer); err != nil {
		cl.Close()
		return nil, err
	}
	return cl, nil
}

func open(c Config) (*Client, error) {
	cl := &Client{
		opened: make(chan struct{}), messages: make(chan []byte, 256), keys: make(chan struct{}, 1), done: make(chan struct{}),
		stream: newStream(),
	}
	api, err := cl.api(c)
	if err == nil {
		cl.pc, err = api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle})
	}
	if err == nil {
		err = cl.sections()
	}
	if err != nil {
		cl.Close()
		return nil, fmt.Errorf("open a client: %w", err)
	}
	return cl, nil
}

// api is pion's, set as a browser is: VP8 with retransmissions, transport-wide
// sequence numbers, no names for addresses.
func (c *Client) api(config Config) (*webrtc.API, error) {
	var settings webrtc.SettingEngine
	settings.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetIncludeLoopbackCandidate(true)
	switch {
	case config.UDP != nil:
		mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: config.UDP, Logger: settings.LoggerFactory.NewLogger("")})
		c.mux = mux
		settings.SetICEUDPMux(mux)
		settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	case config.TCP:
		settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6})
	default:
		settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	}
	media, registry := &webrtc.MediaEngine{}, &interceptor.Registry{}
	feedback := []webrtc.RTCPFeedback{{Type: "transport-cc"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}}
	for _, codec := range []webrtc.RTPCodecParameters{
		{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback}},
		{PayloadType: 97, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96"}},
	} {
		if err := media.RegisterCodec(codec, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	for _, uri := range []string{sdp.SDESMidURI, sdp.TransportCCURI} {
		if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	responder, err := nack.NewResponderInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(responder)
	numbers, err := twcc.NewHeaderExtensionInterceptor()
	if err != nil {
		return nil, err
	}
	registry.Add(numbers)
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(registry)), nil
}

// sections makes the track and the data channel, before the offer.
func (c *Client) sections() error {
	var err error
	if c.track, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, "video", "camera"); err != nil {
		return err
	}
	transceiver, err := c.pc.AddTransceiverFromTrack(c.track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	if err != nil {
		return err
	}
	c.sender = transceiver.Sender()
	if c.channel, err = c.pc.CreateDataChannel(Label, nil); err != nil {
		return err
	}
	c.channel.OnOpen(sync.OnceFunc(func() { close(c.opened) }))
	c.channel.OnMessage(func(m webrtc.DataChannelMessage) {
		select {
		case c.messages <- m.Data:
		case <-c.done:
		}
	})
	c.channel.OnClose(func() { c.finish(errors.New("the data channel was closed")) })
	c.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateFailed || s == webrtc.PeerConnectionStateClosed {
			c.finish(fmt.Errorf("the connection is %v", s))
		}
	})
	return nil
}

func (c *Client) connect(ctx context.Context, answer func(context.Context, string) (string, error)) error {
	offer, err := c.pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := c.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	text, err := answer(ctx, c.pc.LocalDescription().SDP)
	if err != nil {
		return err
	}
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: text}); err != nil {
		return err
	}
	c.reading.Go(c.read)
	select {
	case <-c.opened:
		return nil
	case <-c.done:
		return c.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Client) finish(err error) {
	c.end.Do(func() {
		c.err = err
		close(c.done)
	})
}

// Done is closed when the connection has ended.
func (c *Client) Done() <-chan struct{} { return c.done }

// Send sends one message.
func (c *Client) Send(text string) error { return c.channel.SendText(text) }

// Channel is pion's data channel, for what a page would not do.
func (c *Client) Channel() *webrtc.DataChannel { return c.channel }

// Receive waits for the next message.
func (c *Client) Receive(ctx context.Context) ([]byte, error) {
	select {
	case m := <-c.messages:
		return m, nil
	default:
	}
	select {
	case m := <-c.messages:
		return m, nil
	case <-c.done:
		return nil, c.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// KeyFrames says that the daemon asks for a key frame.
func (c *Client) KeyFrames() <-chan struct{} { return c.keys }

// Frame sends one frame, which was taken at the time that is given.
func (c *Client) Frame(vp8 []byte, taken time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.stream.packets(vp8, taken) {
		if err := c.track.WriteRTP(p); err != nil {
			return err
		}
	}
	return c.report()
}

// Close says goodbye and ends.
func (c *Client) Close() {
	c.finish(net.ErrClosed)
	if c.pc != nil {
		_ = c.pc.GracefulClose()
	}
	if c.mux != nil {
		_ = c.mux.Close()
	}
	c.reading.Wait()
}

// payload cuts frames for the network; browsers keep packets below 1200 bytes.
const payload = 1160

// stream numbers a camera's packets.
type stream struct {
	cut     codecs.VP8Payloader
	number  uint16
	base    uint32 // RTP time of the first frame
	began   time.Time
	last    uint32
	taken   time.Time
	out     []*rtp.Packet
	sent    uint32
	octets  uint32
	reports time.Time // when the next is due
}

func newStream() stream {
	return stream{cut: codecs.VP8Payloader{EnablePictureID: true}, number: 65_400, base: 4_294_900_000}
}

func (s *stream) packets(vp8 []byte, taken time.Time) []*rtp.Packet {
	if s.began.IsZero() {
		s.began = taken
	}
	s.taken, s.last = taken, s.base+uint32(taken.Sub(s.began).Microseconds()*9/100)
	s.out = s.out[:0]
	parts := s.cut.Payload(payload, vp8)
	for i, part := range parts {
		s.out = append(s.out, &rtp.Packet{
			Header:  rtp.Header{Version: 2, Marker: i == len(parts)-1, SequenceNumber: s.number, Timestamp: s.last},
			Payload: part,
		})
		s.number++
		s.sent++
		s.octets += uint32(len(part))
	}
	return s.out
}
