// Package natsserver answers one question: how do real NATS servers behave to what is
// tested? It builds nats-server, a tool of go.mod, and runs a cluster of it as
// processes that can be killed. Only tests import it.
package natsserver
