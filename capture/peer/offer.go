package peer

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"github.com/rostod/rostod/internal/fault"
)

// maxOffer is the bytes of an offer; browsers send 2 to 8 kB.
const maxOffer = 64 << 10

// offer is what was read of an SDP offer that may be answered.
type offer struct {
	sdp         string // without candidates: nobody is contacted
	video       uint8  // payload type of VP8
	repair      uint8  // payload type of its retransmissions; 0: none
	transport   uint8  // header extension of transport-wide sequence numbers; 0: none
	fingerprint string // of the sender's certificate
}

// readOffer is the door. It takes an offer with exactly one video section that
// sends, with VP8 in one encoding, and exactly one of data channels.
//
// RFC 9725 wants sendonly and allows sendrecv, which is answered recvonly.
func readOffer(text string) (offer, error) {
	if len(text) > maxOffer {
		return offer{}, ErrOfferTooLarge
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil || !strings.HasPrefix(text, "v=0") {
		return offer{}, fault.Because(ErrOfferMalformed, errors.New("the SDP cannot be parsed"))
	}
	video, err := sections(&d)
	if err != nil {
		return offer{}, err
	}
	var o offer
	if err := o.readVideo(&d, video); err != nil {
		return offer{}, err
	}
	if o.fingerprint = fingerprint(&d); o.fingerprint == "" {
		return offer{}, fault.Because(ErrOfferMalformed, errors.New("no fingerprint, not one alone, or not of SHA-256 or longer"))
	}
	d.Attributes = slices.DeleteFunc(d.Attributes, aboutCandidates)
	for _, m := range d.MediaDescriptions {
		m.Attributes = slices.DeleteFunc(m.Attributes, aboutCandidates)
	}
	clean, err := d.Marshal()
	if err != nil {
		return offer{}, fault.Because(ErrOfferMalformed, errors.New("the SDP cannot be written"))
	}
	o.sdp = string(clean)
	return o, nil
}

// sections counts the offer's sections and gives the one of video.
func sections(d *sdp.SessionDescription) (*sdp.MediaDescription, error) {
	var video, data []*sdp.MediaDescription
	others := 0
	for _, m := range d.MediaDescriptions {
		switch {
		case m.MediaName.Media == "video" && offered(m):
			video = append(video, m)
		case m.MediaName.Media == "application" && offered(m) && slices.Contains(m.MediaName.Formats, "webrtc-datachannel"):
			data = append(data, m)
		default:
			others++
		}
	}
	switch {
	case len(video) == 0:
		return nil, ErrOfferNoVideo
	case len(video) > 1:
		return nil, ErrOfferMoreVideo
	case len(data) == 0:
		return nil, ErrOfferNoChannel
	case len(data) > 1 || others > 0:
		return nil, ErrOfferOther
	}
	return video[0], nil
}

// offered says whether a section is in use: port 0 refuses it, unless it is
// only there as part of a bundle (RFC 8843).
func offered(m *sdp.MediaDescription) bool {
	_, bundled := m.Attribute("bundle-only")
	return m.MediaName.Port.Value != 0 || bundled
}

func (o *offer) readVideo(d *sdp.SessionDescription, m *sdp.MediaDescription) error {
	if way := direction(d, m); way != "sendonly" && way != "sendrecv" {
		return ErrOfferDirection
	}
	apt := map[string]string{} // payload type of a repair format to the one it repairs
	named := map[string]string{}
	for _, a := range m.Attributes {
		switch a.Key {
		case "rid", "simulcast":
			return ErrOfferMoreVideo
		case "rtpmap":
			pt, name, _ := strings.Cut(a.Value, " ")
			named[pt] = strings.ToLower(strings.TrimSpace(name))
		case "fmtp":
			pt, parameters, _ := strings.Cut(a.Value, " ")
			if of, ok := strings.CutPrefix(strings.TrimSpace(parameters), "apt="); ok {
				apt[pt] = of
			}
		case "extmap":
			o.readExtension(a.Value)
		}
	}
	vp8 := slices.IndexFunc(m.MediaName.Formats, func(pt string) bool { return named[pt] == "vp8/90000" })
	if vp8 < 0 {
		return ErrOfferCodec
	}
	var err error
	if o.video, err = payloadType(m.MediaName.Formats[vp8]); err != nil {
		return err
	}
	for _, pt := range m.MediaName.Formats {
		if named[pt] == "rtx/90000" && apt[pt] == m.MediaName.Formats[vp8] {
			o.repair, err = payloadType(pt)
			return err
		}
	}
	return nil
}

// readExtension reads "5 http://…" or "5/sendonly http://…".
func (o *offer) readExtension(value string) {
	id, uri, _ := strings.Cut(value, " ")
	id, _, _ = strings.Cut(id, "/")
	if n, err := strconv.ParseUint(id, 10, 8); err == nil && strings.TrimSpace(uri) == sdp.TransportCCURI {
		o.transport = uint8(n)
	}
}

func payloadType(text string) (uint8, error) {
	n, err := strconv.ParseUint(text, 10, 7)
	if err != nil {
		return 0, fault.Because(ErrOfferMalformed, errors.New("a payload type that is none"))
	}
	return uint8(n), nil
}

// direction is the section's, else the session's, else sendrecv (RFC 8866).
func direction(d *sdp.SessionDescription, m *sdp.MediaDescription) string {
	for _, attributes := range [][]sdp.Attribute{m.Attributes, d.Attributes} {
		for _, a := range attributes {
			switch a.Key {
			case "sendonly", "recvonly", "sendrecv", "inactive":
				return a.Key
			}
		}
	}
	return "sendrecv"
}

// fingerprint tells who is at the other end: "sha-256 AB:CD:…". All sections
// must say the same, so that it is no question which of them was checked; and
// it must be whole, and of a hash that is strong enough. Else it is "".
func fingerprint(d *sdp.SessionDescription) string {
	lists, one := [][]sdp.Attribute{d.Attributes}, ""
	for _, m := range d.MediaDescriptions {
		lists = append(lists, m.Attributes)
	}
	for _, attributes := range lists {
		for _, a := range attributes {
			if a.Key != "fingerprint" {
				continue
			}
			hash, digest, _ := strings.Cut(a.Value, " ")
			size := digests(strings.ToLower(hash))
			if size == 0 || len(digest) != 3*size-1 || one != "" && one != a.Value {
				return ""
			}
			one = a.Value
		}
	}
	return one
}

// digests is the size of a hash that is strong enough, else 0.
func digests(hash string) int {
	switch hash {
	case "sha-256":
		return 32
	case "sha-384":
		return 48
	case "sha-512":
		return 64
	default:
		return 0
	}
}

func aboutCandidates(a sdp.Attribute) bool {
	return a.Key == "candidate" || a.Key == "remote-candidates" || a.Key == "end-of-candidates"
}
