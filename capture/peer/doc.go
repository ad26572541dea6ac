// Package peer answers one question: what does this browser send? It is the
// daemon's end of a WebRTC connection: one camera's frames come out decoded and
// dated, one data channel's messages go both ways.
//
// Peers holds the ports that all share: one of UDP, and one of TCP for networks
// that let no UDP through. Answer takes an SDP offer to an answer, and calls
// the Handler from one goroutine until the connection ends.
//
//	offer.go      the door: which offers are taken
//	answer.go     an offer becomes a connection
//	inbox.go      packets and messages, from pion's goroutines to ours
//	run.go        the goroutine of one peer
//	sequence.go   packets in their order; holes, and asking for them again
//	assemble.go   frames from packets, RFC 7741
//	picture.go    pictures from frames, and what is left out
//	feedback.go   what the sender is told: RTCP
//	clock.go      RTP time and the sender's clock
//	channel.go    the data channel
//
// pion does ICE, DTLS, SRTP and SCTP. The connection is ICE-lite: the daemon
// contacts nobody, and candidates in an offer are not read. Packets are asked
// for again by this package and not by pion's NACK generator, which does not
// see what came by RTX and asks for it for ever (pion/interceptor#320).
//
// Everything that a stranger can make grow has a bound: offers, packets that
// wait, frames, messages, streams, connections.
package peer
