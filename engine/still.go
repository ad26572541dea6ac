package engine

import (
	"fmt"
	"io"
	"log/slog"
)

// Still is one frame of a capture that came as picture files.
type Still struct {
	Data []byte  // JPEG or PNG
	At   float64 // milliseconds after the first colour was to be shown
	Face *Face   // what was seen in it; nil: it was not looked at
}

// Format hides a frame from every verb: it is biometric data.
func (Still) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(frame)") }

// LogValue hides a frame from slog.
func (Still) LogValue() slog.Value { return slog.StringValue("(frame)") }
