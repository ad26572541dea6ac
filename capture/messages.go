package capture

import (
	"errors"
	"fmt"
	"math"

	"github.com/go-json-experiment/json"
)

// version is the protocol's, as hello says it; mostText is a message's longest.
const (
	version  = 1
	mostText = 4 << 10
)

// message is everything that a client can say; type says which members count.
// Unknown members are ignored. Times are Unix milliseconds.
type message struct {
	Type   string  `json:"type"`
	V      int     `json:"v"`
	Client string  `json:"client"`
	Locale string  `json:"locale"`
	Screen screen  `json:"screen"`
	Camera lens    `json:"camera"`
	N      int     `json:"n"`
	At     float64 `json:"at"`
	Now    float64 `json:"now"`
	I      int     `json:"i"`
	Next   float64 `json:"next"`
	Missed int     `json:"missed"`
	Reason string  `json:"reason"`
}

// screen is how the client describes its screen, in CSS pixels.
type screen struct {
	W         float64 `json:"w"`
	H         float64 `json:"h"`
	DPR       float64 `json:"dpr"`
	RefreshHz float64 `json:"refreshHz"`
}

// lens is how the client describes its camera. None of it is believed.
type lens struct {
	Label string `json:"label"`
}

// errMessage says that a message cannot be read; errUnknown that its type is
// none of the protocol's.
var (
	errMessage = errors.New("the message cannot be read")
	errUnknown = errors.New("the message has an unknown type")
)

// read understands one message.
func read(text []byte) (message, error) {
	var m message
	if len(text) > mostText {
		return m, errMessage
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, errMessage // the error itself repeats what was sent
	}
	switch m.Type {
	case "hello", "ping", "pong", "start", "shown", "abort":
	default:
		return m, errUnknown
	}
	for _, v := range []float64{m.At, m.Now, m.Next, m.Screen.W, m.Screen.H, m.Screen.DPR, m.Screen.RefreshHz} {
		if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e15 {
			return m, errMessage
		}
	}
	return m, nil
}

// What the daemon says.
type (
	pingMessage struct {
		Type string  `json:"type"`
		N    int     `json:"n"`
		At   float64 `json:"at"`
	}
	pongMessage struct {
		Type string  `json:"type"`
		N    int     `json:"n"`
		At   float64 `json:"at"`
		Now  float64 `json:"now"`
	}
	guideMessage struct {
		Type  string `json:"type"`
		State string `json:"state"`
		Hint  string `json:"hint,omitzero"`
	}
	armMessage struct {
		Type   string `json:"type"`
		Steps  int    `json:"steps"`
		LeadMS int64  `json:"leadMs"`
	}
	slotMessage struct {
		Type  string    `json:"type"`
		I     int       `json:"i"`
		Tiles [4]string `json:"tiles"`
		At    float64   `json:"at"`
		MS    int64     `json:"ms"`
	}
	finishMessage struct {
		Type string `json:"type"`
	}
	doneMessage struct {
		Type    string `json:"type"`
		Outcome string `json:"outcome"`
		Hint    string `json:"hint,omitzero"`
		Bundle  string `json:"bundle,omitzero"`
	}
	errorMessage struct {
		Type string `json:"type"`
		Code string `json:"code"`
		Hint string `json:"hint"`
	}
)

// say sends one message.
func (s *session) say(v any) {
	text, err := json.Marshal(v)
	if err == nil {
		err = s.link.Send(text)
	}
	if err != nil {
		s.over(fmt.Errorf("send a message: %w", err))
	}
}
