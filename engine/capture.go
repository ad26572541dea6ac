package engine

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// ChallengeID is one flash challenge: "fc_".
type ChallengeID string

// Profile is which kind of flash challenge a capture answered.
type Profile string

// The profiles. In the daemon's own, no colour is known before its time; in
// the compatible one the caller is told all of them in advance.
const (
	ProfileFlash  Profile = "flash"
	ProfileCompat Profile = "compat"
)

// Capture is one finished capture: what was measured, and no verdict. It is
// judged when it is used, and can be judged again.
type Capture struct {
	ID        CaptureID   `json:"id"`
	Challenge ChallengeID `json:"challenge"`
	Org       OrgID       `json:"org"`
	Customer  CustomerID  `json:"customer"`
	Device    DeviceID    `json:"device,omitempty"` // the kiosk, as the operator names it
	Profile   Profile     `json:"profile"`
	// Connection is the SHA-256 of the two certificates of the connection that
	// the video came by, hexadecimal; empty in the compatible profile.
	Connection string        `json:"connection,omitzero"`
	Created    time.Time     `json:"created"`
	Flash      FlashEvidence `json:"flash"`
	Best       Face          `json:"best"`    // of the picture that is matched
	Others     []Sight       `json:"others"`  // the same person at other moments of the same capture
	Picture    []byte        `json:"picture"` // the best frame, JPEG
}

// Sight is the face at one moment of a capture, for continuity: who is lit by
// the colours must be who is matched.
type Sight struct {
	Slot    int     `json:"slot"`   // -1 before the first colour, len(slots) after the last
	Colour  string  `json:"colour"` // key of the palette: K M G C A
	Faces   int     `json:"faces"`
	Cosine  float64 `json:"cosine"` // with the best frame's template; -1 without a face
	Passive float64 `json:"passive"`
}

// Format hides a capture from every verb: it is biometric data.
func (Capture) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(capture)") }

// LogValue hides a capture from slog.
func (Capture) LogValue() slog.Value { return slog.StringValue("(capture)") }

// Site is what earlier accepted sessions at one kiosk have taught: how late
// its light comes back, and how strongly. It is empty for an unknown device.
type Site struct {
	Sessions  int     `json:"sessions"`  // accepted sessions behind the figures
	Lag       float64 `json:"lagMs"`     // median, milliseconds
	LagSpread float64 `json:"lagSpread"` // 1.4826 median absolute deviations, milliseconds
	Response  float64 `json:"response"`  // median response in units of the plan's colours, per unit of ambient-free light
	Noise     float64 `json:"noise"`     // median standard error of the response
}

// Sighting is a face seen in one frame of a video, for guiding and measuring.
// Faces is 0 and everything else empty when none was found.
type Sighting struct {
	Faces     int      // how many stand out
	Box       Box      // of the primary face, pixels of the frame
	Landmarks [5]Point // as in Face
	Score     float64  // detector's, 0..1
}
