// Package kiosk answers one question: how does light come back at this kiosk?
//
//	GET    /api/identity/kiosks             every kiosk that is known
//	GET    /api/identity/kiosks/{device}    one of them
//	PUT    /api/identity/kiosks/{device}    set what was measured at it
//	DELETE /api/identity/kiosks/{device}    forget what it has taught
//
// Screen and camera of a kiosk do not change, so the time from a colour on the
// screen to its light in a frame is nearly the same each time. The room keeps
// the median of accepted captures: light that comes later than it always did
// comes from somewhere else. Since an accepted attack would teach it too, what
// it says moves only slowly.
package kiosk
