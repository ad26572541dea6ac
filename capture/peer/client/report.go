package client

import (
	"time"

	"github.com/pion/rtcp"
)

// everyReport is how often a browser tells its clock.
const everyReport = time.Second

// report tells the daemon, once a second and after the first frame, when the
// last frame was taken.
func (c *Client) report() error {
	s := &c.stream
	if s.taken.Before(s.reports) {
		return nil
	}
	s.reports = s.taken.Add(everyReport)
	encodings := c.sender.GetParameters().Encodings
	if len(encodings) == 0 {
		return nil
	}
	return c.pc.WriteRTCP([]rtcp.Packet{&rtcp.SenderReport{
		SSRC: uint32(encodings[0].SSRC), NTPTime: ntp(s.taken), RTPTime: s.last, PacketCount: s.sent, OctetCount: s.octets,
	}})
}

// ntp is a time in NTP's format: seconds since 1900, in 32.32 bits.
func ntp(t time.Time) uint64 {
	const secondsTo1970 = 2_208_988_800
	return uint64(t.Unix()+secondsTo1970)<<32 | uint64(t.Nanosecond())<<32/1e9
}

// read takes what the daemon tells the sender. The interceptors answer what
// asks for packets again; key frames are asked of the camera.
func (c *Client) read() {
	for {
		packets, _, err := c.sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			switch p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				select {
				case c.keys <- struct{}{}:
				default:
				}
			}
		}
	}
}
