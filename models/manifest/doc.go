// Package manifest answers one question: which files are the models, and how
// is each of them spoken to?
//
// A manifest pins every file by its SHA-256 and states the contract of each
// network: the shape and colours of its input, how a face is cut out for it,
// what its outputs mean. Another network of the same kind is another entry and
// no code. The package reads and checks manifests, checks files against them,
// fetches the files from a folder or from their pinned addresses, and writes a
// folder that can be carried to a machine without a network.
package manifest
