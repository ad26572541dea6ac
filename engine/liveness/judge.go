package liveness

import "github.com/rostod/rostod/engine"

// Judge judges a capture by what one tier asks for.
func (l *Liveness) Judge(c engine.Capture, site engine.Site, tier engine.Tier) engine.LivenessFinding {
	if c.Profile == engine.ProfileCompat {
		return l.Compat(c, tier)
	}
	return l.Flash(c, site, tier)
}
