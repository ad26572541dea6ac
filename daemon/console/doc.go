// Package console answers one question: what does an operator's browser load?
// It serves the console, a page that shows how the daemon is and what was
// tried, and changes settings. The page asks the daemon's own API with the API
// key of whoever signs in, and nothing else: it can do nothing that the key
// could not do by hand.
//
//	GET /console           the page
//	GET /console/{name}    its files
//
// The TypeScript that dist is built from stands in ui. `node build.mjs` writes
// dist, which is committed: whoever builds the daemon needs no node. The tools
// are those of capture/web. docs/CONSOLE.md says what the page does.
package console
