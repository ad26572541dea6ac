// Package visitor answers one question: what does a client do to pass a flash
// challenge?
//
// It is a whole client of the capture protocol without a browser, for kiosks
// that have none, for benches and for tests. Whoever uses it gives it a camera.
package visitor
