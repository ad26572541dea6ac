// Package picture answers one question: which pixels did the caller send? It
// is the door that every picture from outside comes through.
//
// It reads PNG, JPEG and WebP, tells the formats that it does not read apart
// by name, applies limits to what the header says before it allocates
// anything of that size, refuses what is truncated, animated or not three or
// one channels of colour, and turns the pixels upright by their EXIF
// orientation. What comes out is a Picture: 32 bits per pixel, no gaps.
//
// A picture with transparency is laid on white, as a viewer would show it.
// Sixteen bits per channel are taken and cut to eight.
package picture
