package peer

import (
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// Why an offer is not taken.
var (
	ErrOfferTooLarge = &fault.Fault{
		Kind: fault.TooLarge, Code: "peer/offer-too-large",
		Title: "The offer has more bytes than are taken.",
		Hint:  "Offer one video section and one data channel; that is some 3 kB of SDP.",
	}
	ErrOfferMalformed = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/offer-malformed",
		Title: "The offer is not a session description that can be answered.",
		Hint:  "Send the SDP that createOffer gave, unchanged, as application/sdp.",
	}
	ErrOfferNoVideo = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/offer-no-video",
		Title: "The offer has no video section.",
		Hint:  "Add the camera's video track, sendonly.",
	}
	ErrOfferMoreVideo = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/offer-more-video",
		Title: "The offer has more than one video.",
		Hint:  "Send one camera, in one encoding, without simulcast.",
	}
	ErrOfferOther = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/offer-other-section",
		Title: "The offer has something besides video and data.",
		Hint:  "Offer one video section and one data channel, and no audio.",
	}
	ErrOfferDirection = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/offer-direction",
		Title: "The offer does not send video.",
		Hint:  "Give the video's transceiver the direction sendonly.",
	}
	ErrOfferCodec = &fault.Fault{
		Kind: fault.UnsupportedMedia, Code: "peer/offer-no-vp8",
		Title: "The offer has no VP8.",
		Hint:  "Offer VP8 among the video's codecs; others are not read.",
	}
	ErrOfferNoChannel = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/offer-no-channel",
		Title: "The offer has no data channel.",
		Hint:  `Open the data channel "` + Label + `" before the offer is made.`,
	}
	ErrFull = &fault.Fault{
		Kind: fault.Unavailable, Code: "peer/full",
		Title: "There are as many connections as are taken at a time.",
		Hint:  "Try again in some seconds.", RetryAfter: 5 * time.Second,
	}
)

// Why a connection ended.
var (
	ErrNoConnection = &fault.Fault{
		Kind: fault.Gone, Code: "peer/no-connection",
		Title: "The camera's connection did not come up.",
		Hint:  "Check that the network lets UDP, or TCP, through to the daemon's capture port.",
	}
	ErrNoChannel = &fault.Fault{
		Kind: fault.Gone, Code: "peer/no-channel",
		Title: "The data channel was not opened.",
		Hint:  `Open the data channel "` + Label + `" before the offer is made.`,
	}
	ErrGone = &fault.Fault{
		Kind: fault.Gone, Code: "peer/gone",
		Title: "The other side is gone.",
		Hint:  "Start a new capture.",
	}
	ErrSilent = &fault.Fault{
		Kind: fault.Gone, Code: "peer/silent",
		Title: "The camera sends nothing.",
		Hint:  "Check that the camera is on and that no other program holds it.",
	}
	ErrUnreadable = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/unreadable",
		Title: "What the camera sends cannot be read as VP8.",
		Hint:  "Send VP8 as it was negotiated, and a key frame when one is asked for.",
	}
	ErrTooLarge = &fault.Fault{
		Kind: fault.TooLarge, Code: "peer/too-large",
		Title: "The camera's pictures are larger than are taken.",
		Hint:  "Ask the camera for 640 x 480; 1280 x 720 is the most.",
	}
	ErrCodec = &fault.Fault{
		Kind: fault.UnsupportedMedia, Code: "peer/other-codec",
		Title: "The camera's stream is of another codec than was agreed.",
		Hint:  "Send VP8 under the payload type of the answer.",
	}
	ErrStreams = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/more-streams",
		Title: "There is more than one stream of video.",
		Hint:  "Send one camera, in one encoding, without simulcast.",
	}
	ErrChannel = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/other-channel",
		Title: "A data channel was opened that is not the capture's.",
		Hint:  `Open one data channel, "` + Label + `", ordered and reliable.`,
	}
	ErrBinary = &fault.Fault{
		Kind: fault.Unprocessable, Code: "peer/binary-message",
		Title: "A message is binary.",
		Hint:  "Send messages as text.",
	}
	ErrLong = &fault.Fault{
		Kind: fault.TooLarge, Code: "peer/long-message",
		Title: "A message is longer than is taken.",
		Hint:  "Messages have at most 4096 bytes.",
	}
	ErrFlood = &fault.Fault{
		Kind: fault.TooMany, Code: "peer/flood",
		Title: "There are more messages or frames a second than a capture has.",
		Hint:  "Send 30 frames and a few messages a second.",
	}
	ErrSlow = &fault.Fault{
		Kind: fault.Gone, Code: "peer/slow",
		Title: "The other side does not take the messages that it is sent.",
		Hint:  "Check the network, then start a new capture.",
	}
	ErrOverloaded = &fault.Fault{
		Kind: fault.Unavailable, Code: "peer/overloaded",
		Title: "The daemon does not keep up with the camera.",
		Hint:  "Allow fewer captures at a time, or give the daemon more processors.",
	}
	ErrClosing = &fault.Fault{
		Kind: fault.Unavailable, Code: "peer/closing",
		Title: "The daemon is shutting down.",
		Hint:  "Start a new capture in a minute.", RetryAfter: time.Minute,
	}
)

// Faults lists every fault of this package.
func Faults() []*fault.Fault {
	return []*fault.Fault{
		ErrOfferTooLarge, ErrOfferMalformed, ErrOfferNoVideo, ErrOfferMoreVideo, ErrOfferOther,
		ErrOfferDirection, ErrOfferCodec, ErrOfferNoChannel, ErrFull,
		ErrNoConnection, ErrNoChannel, ErrGone, ErrSilent, ErrUnreadable, ErrTooLarge, ErrCodec,
		ErrStreams, ErrChannel, ErrBinary, ErrLong, ErrFlood, ErrSlow, ErrOverloaded, ErrClosing,
	}
}
