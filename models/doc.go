// Package models answers one question: what can be read from this picture of a
// face? A picture goes in once, an engine.Face comes out: where the face is,
// what is wrong with the picture, the template, and how alive it looks.
//
//	picture  bytes to upright pixels, within limits
//	detect   faces and landmarks
//	embed    alignment and template
//	quality  what is wrong, in stable codes
//	pad      passive presentation attack detection
//	manifest which files, by SHA-256, and the contract of each network
//	onnx     the only code that knows ONNX Runtime
//
// It knows no threshold of a decision: it measures. A number of workers, one
// per core, each hold one session of every network and all the memory that a
// picture needs; a bounded queue stands before them.
package models
