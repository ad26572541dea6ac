// Package onnx answers one question: what does a network say about these
// numbers? It is the only code that knows ONNX Runtime.
//
// A Runtime is the loaded library. A Session is one network ready to run on
// one goroutine, with the tensors of the shapes it has met kept for the next
// run, so that a run allocates nothing of the size of a picture.
//
// ONNX Runtime keeps one environment for the whole process. This package
// counts who uses it, so that a program may open and close several Runtimes,
// one after another or side by side, as long as they name the same library.
package onnx
