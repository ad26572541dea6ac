package capture

import (
	"encoding/base64"
	"fmt"
	"io"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

// steps is how many a compatible challenge has when nobody says.
const steps = 5

// profiled fills in what a compatible challenge tells in advance: colours of
// the safe palette, how long each stands, and the secret that signs the answer.
func (s *Studio) profiled(c *Challenge, wish *int) error {
	if c.Profile != engine.ProfileCompat {
		if wish != nil && *wish != 10 {
			return ErrSteps.Field("steps", ErrSteps.Hint)
		}
		return nil
	}
	n := steps
	if wish != nil {
		n = *wish
	}
	draws, secret := make([][3]byte, n), make([]byte, 32)
	for i := range draws {
		if _, err := io.ReadFull(s.Random, draws[i][:]); err != nil {
			return fmt.Errorf("make a challenge: %w", err)
		}
	}
	if _, err := io.ReadFull(s.Random, secret); err != nil {
		return fmt.Errorf("make a challenge: %w", err)
	}
	palette := []flash.Colour{flash.Magenta, flash.Green, flash.Cyan, flash.Amber}
	last := -1
	for _, d := range draws {
		k := int(d[0]) % len(palette)
		if k == last { // no colour twice in a row: the change is what is seen
			k = (k + 1 + int(d[1])%3) % len(palette)
		}
		last = k
		c.Colours = append(c.Colours, palette[k].Hex())
		c.HoldMS = append(c.HoldMS, 400+int(d[2])%7*33)
	}
	c.Secret = "whsec_" + base64.RawURLEncoding.EncodeToString(secret)
	return nil
}
