// Package capture answers one question: what did the camera see while we chose
// the light?
//
// The studio gives out challenges, takes a customer's camera by WebRTC, guides
// the customer, shows the colours of a plan one at a time, and reduces what
// comes back to measurements, a few stills and a bundle. It never says whether
// somebody is alive: that is judged when the bundle is used.
package capture
