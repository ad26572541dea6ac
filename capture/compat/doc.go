// Package compat answers one question: does the light in a few still pictures
// follow the colours that a client was told in advance?
//
// It is the measurement behind a compatible bundle. Nothing that the client
// says of its pictures is used but their times, and those only as far as they
// can be: see docs/COMPAT.md. The colours were known, so that whoever owns the
// client can paint them; the evidence is worth the lowest assurance.
package compat
