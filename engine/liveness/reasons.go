package liveness

// The reasons of a flash verdict. They are for operators and reviewers; a
// customer is told what Hint makes of them.
const (
	ReasonFrameRate    = "frame_rate"           // too few frames a second, or too many lost
	ReasonTooFar       = "too_far"              // the face is too small
	ReasonFraming      = "face_out_of_frame"    // or is not whole in the picture
	ReasonTooBright    = "too_bright"           // the skin is too bright to tell its colour
	ReasonBitrate      = "low_bitrate"          // the video is too coarse
	ReasonTurned       = "turned_away"          // the head is turned
	ReasonMotion       = "motion"               // the head moved
	ReasonTrackLost    = "track_lost"           // the face was lost, or the picture cut
	ReasonDisplay      = "display_unstable"     // the colours were not shown as planned
	ReasonSeveral      = "several_faces"        // more than one face
	ReasonIdentity     = "identity_break"       // not the same person throughout
	ReasonLowResponse  = "low_response"         // the face does not answer clearly
	ReasonBright       = "bright_ambient"       // and the room is brighter than usual here
	ReasonExpected     = "no_response_expected" // nothing came back where it always does
	ReasonWrongCode    = "wrong_code"           // what came back are not these colours
	ReasonLag          = "lag_out_of_range"     // it came back too late, or too soon
	ReasonNoBackground = "no_background"        // nothing to tell the face from
	ReasonTinted       = "tinted"               // the colours were put on digitally
	ReasonFlat         = "flat_surface"         // a sheet or a screen
	ReasonShape        = "shape_inconclusive"   // no head can be made out
	ReasonUncalibrated = "uncalibrated"         // there is no table to judge by
)

// The hints, in the words of the capture protocol.
const (
	HintCloser    = "closer"
	HintLessLight = "less_light"
	HintHoldStill = "hold_still"
	HintForward   = "face_forward"
	HintCentre    = "center"
	HintOneFace   = "several_faces"
	HintNoFace    = "no_face"
	HintBitrate   = "low_bitrate"
)

// hints pairs a reason with what a customer can do about it, most useful first.
var hints = []struct{ reason, hint string }{
	{ReasonSeveral, HintOneFace},
	{ReasonFraming, HintCentre},
	{ReasonTrackLost, HintHoldStill},
	{ReasonMotion, HintHoldStill},
	{ReasonTurned, HintForward},
	{ReasonTooFar, HintCloser},
	{ReasonTooBright, HintLessLight},
	{ReasonBright, HintLessLight},
	{ReasonBitrate, HintBitrate},
	{ReasonFrameRate, HintBitrate},
	{ReasonLowResponse, HintCloser},
	{ReasonShape, HintCloser},
}

// Hint is what a customer is told after a capture that was not live: what can
// be changed, and nothing of what was found. It is empty when there is nothing.
func Hint(reasons []string) string {
	for _, h := range hints {
		for _, r := range reasons {
			if r == h.reason {
				return h.hint
			}
		}
	}
	return ""
}
