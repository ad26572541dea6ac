// Package web answers one question: what does a customer's browser load? It
// holds the built files of the capture page and of the element
// <rostod-capture>; the TypeScript that they are built from stands in src.
//
//	capture.html       the hosted page, at the captureUrl of a challenge
//	rostod-capture.js  the element, for an operator's own page
//
// docs/CAPTURE-PAGE.md says how each is used. `npm run build` writes dist,
// which is committed: whoever builds the daemon needs no node.
package web
