// Package client answers one question: how does a program take the part of the
// capture page? It opens the connection, sends a camera's frames and speaks
// over the data channel. Tests and the load bench use it.
//
// It knows the wire and nothing of package peer: what it does, an independent
// client can do.
package client
