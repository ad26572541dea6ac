package peer

import (
	"context"
	"errors"
	"fmt"

	"github.com/pion/interceptor"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/rostod/rostod/capture/decode"
	"github.com/rostod/rostod/internal/fault"
)

// Offer is what a client asks for, and who is told what comes of it.
type Offer struct {
	SDP     string
	Handler Handler
}

// Answer opens a connection and gives the SDP that answers the offer. The
// errors are faults: ErrOffer…, ErrFull, ErrClosing. The handler is called only
// when there is none; ctx bounds the answering alone.
func (p *Peers) Answer(ctx context.Context, o Offer) (*Peer, string, error) {
	read, err := readOffer(o.SDP)
	if err != nil {
		return nil, "", err
	}
	if err := p.place(); err != nil {
		return nil, "", err
	}
	one, answer, err := p.open(ctx, read, o.Handler)
	if err != nil {
		p.settle(nil)
		return nil, "", err
	}
	if !p.settle(one) {
		one.release()
		return nil, "", ErrClosing
	}
	go one.run()
	return one, answer, nil
}

func (p *Peers) open(ctx context.Context, o offer, h Handler) (*Peer, string, error) {
	decoder, err := decode.NewDecoder()
	if err != nil {
		return nil, "", err
	}
	one := newPeer(p, o, h, decoder)
	if one.pc, err = p.connection(one.box); err != nil {
		decoder.Close()
		return nil, "", fmt.Errorf("open a connection: %w", err)
	}
	one.pc.OnDataChannel(one.channel)
	one.pc.OnConnectionStateChange(one.changed)
	answer, err := one.negotiate(ctx)
	if err != nil {
		one.release()
		return nil, "", err
	}
	return one, answer, nil
}

// connection is pion's, with nothing but VP8 and its retransmissions, and no
// interceptors: their work is done here, where one goroutine sees all packets.
func (p *Peers) connection(box *inbox) (*webrtc.PeerConnection, error) {
	media := &webrtc.MediaEngine{}
	vp8 := webrtc.RTPCodecParameters{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeVP8, ClockRate: 90000,
		RTCPFeedback: []webrtc.RTCPFeedback{
			{Type: webrtc.TypeRTCPFBTransportCC}, {Type: webrtc.TypeRTCPFBNACK},
			{Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"}, {Type: webrtc.TypeRTCPFBCCM, Parameter: "fir"},
		},
	}}
	rtx := webrtc.RTPCodecParameters{PayloadType: 97, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96",
	}}
	for _, codec := range []webrtc.RTPCodecParameters{vp8, rtx} {
		if err := media.RegisterCodec(codec, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	for _, uri := range []string{sdp.TransportCCURI, sdp.SDESMidURI} {
		if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	settings := p.settings
	settings.BufferFactory = box.stream
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	return api.NewPeerConnection(webrtc.Configuration{BundlePolicy: webrtc.BundlePolicyMaxBundle})
}

// negotiate answers the offer. All candidates are in the answer: they are the
// daemon's own addresses, and known at once.
func (p *Peer) negotiate(ctx context.Context) (string, error) {
	refuse := func(err error) (string, error) { return "", fault.Because(ErrOfferMalformed, err) }
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: p.offer.sdp}); err != nil {
		return refuse(err)
	}
	answer, err := p.pc.CreateAnswer(nil)
	if err != nil {
		return refuse(err)
	}
	gathered := webrtc.GatheringCompletePromise(p.pc)
	if err := p.pc.SetLocalDescription(answer); err != nil {
		return refuse(err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", fmt.Errorf("gather candidates: %w", ctx.Err())
	}
	text := p.pc.LocalDescription().SDP
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return "", errors.New("the answer cannot be read back")
	}
	p.local = fingerprint(&d)
	if len(d.MediaDescriptions) != 2 || !agreed(&d) {
		return refuse(errors.New("the answer agrees to less than was offered"))
	}
	return text, nil
}

// agreed says whether no section of the answer is refused.
func agreed(d *sdp.SessionDescription) bool {
	for _, m := range d.MediaDescriptions {
		if !offered(m) {
			return false
		}
	}
	return true
}
