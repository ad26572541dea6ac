// Package jetstream answers one question: how does a batch reach headquarters by
// NATS, and its receipt come back? It is the only place that knows NATS.
//
//	rostod.audit.<log>     batches and alarms, in a stream that the hub makes
//	rostod.receipt.<log>   what the hub says of them, to whoever listens
//
// JetStream's own acknowledgement means that a server has the bytes, and is worth
// nothing more here: a branch goes on when the hub's signed receipt is back, and
// sends again when it is not. So whatever the servers lose, repeat or reorder
// does no harm.
package jetstream
