package capture

import (
	"errors"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		what, text string
		err        error
	}{
		{"hello", `{"type":"hello","v":1,"client":"x","locale":"en","screen":{"w":1280,"h":800,"dpr":1,"refreshHz":60},"camera":{"label":"c","settings":{"a":[1]}}}`, nil},
		{"a member more", `{"type":"start","more":{"deep":[1,2,{}]}}`, nil},
		{"shown", `{"type":"shown","i":3,"at":1763805600123.4,"next":1763805600140.1,"missed":0}`, nil},
		{"a type of the daemon's", `{"type":"slot","i":1}`, errUnknown},
		{"no type", `{"i":1}`, errUnknown},
		{"no JSON", `hello`, errMessage},
		{"a list", `[]`, errMessage},
		{"nothing", ``, errMessage},
		{"another type of number", `{"type":"shown","i":"3"}`, errMessage},
		{"a broken number", `{"type":"shown","i":1.5}`, errMessage},
		{"a time beyond all time", `{"type":"shown","i":1,"at":1e300}`, errMessage},
		{"a member twice", `{"type":"start","type":"abort"}`, errMessage},
		{"too long", `{"type":"hello","client":"` + strings.Repeat("x", 4096) + `"}`, errMessage},
		{"two", `{"type":"start"}{"type":"start"}`, errMessage},
	} {
		if _, err := read([]byte(tt.text)); !errors.Is(err, tt.err) {
			t.Errorf("%s: got %v, want %v", tt.what, err, tt.err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"type":"shown","i":3,"at":1763805600123.4,"next":1763805600140.1,"missed":0}`))
	f.Add([]byte(`{"type":"hello","v":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := read(text)
		if err != nil && strings.Contains(err.Error(), string(text)) && len(text) > 12 {
			t.Error("the error repeats what was sent")
		}
		if err == nil && m.Type == "" {
			t.Error("a message without a type was taken")
		}
	})
}
