// Package dossier answers one question: how does a reader elsewhere see what a
// decision rests on, and that nobody has changed it since? It writes a PDF of
// facts, findings, the picture and the light that came back, puts files into
// it, and seals it with a signature over all of it.
//
// It knows no journey: what it is given is what it writes.
package dossier
