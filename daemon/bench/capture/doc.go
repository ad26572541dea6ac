// Package capture answers one question: what does it cost to film customers?
//
// It films a photo, with the noise of a camera, as many customers at once as
// are asked for, against a daemon of its own, and holds the daemon's processor
// time against the bare decoder's for the same frames.
package capture
