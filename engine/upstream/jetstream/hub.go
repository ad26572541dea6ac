package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/rostod/rostod/internal/fault"
)

// Limits of the stream. It is a way, not an archive.
const (
	keepFor    = 30 * 24 * time.Hour
	duplicates = 15 * time.Second // shorter than the wait for a receipt: what is sent again arrives
	ackWait    = time.Minute
)

// Serve takes batches from the stream until the context ends, and answers receipts. A
// batch is acknowledged when take has it durably. Replicas is on how many servers the
// stream is kept.
func (l *Line) Serve(ctx context.Context, replicas int, take func(context.Context, []byte) ([]byte, error)) error {
	for {
		err := l.serve(ctx, replicas, take)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l.log.Warn("batches are not taken from NATS for a moment", "err", err)
		again := time.NewTimer(reconnect)
		select {
		case <-ctx.Done():
			again.Stop()
			return context.Cause(ctx)
		case <-again.C:
		}
	}
}

func (l *Line) serve(ctx context.Context, replicas int, take func(context.Context, []byte) ([]byte, error)) error {
	c, err := l.consumer(ctx, replicas)
	if err != nil {
		return err
	}
	for {
		one, err := c.Fetch(1, jetstream.FetchMaxWait(5*time.Second))
		if err != nil {
			return fmt.Errorf("fetch a batch: %w", err)
		}
		for m := range one.Messages() {
			if err := l.handle(ctx, m, take); err != nil {
				return err
			}
		}
		if err := one.Error(); err != nil && !errors.Is(err, nats.ErrTimeout) && !errors.Is(err, jetstream.ErrNoMessages) {
			return fmt.Errorf("fetch a batch: %w", err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// consumer makes the stream and the durable consumer, when they are not there.
func (l *Line) consumer(ctx context.Context, replicas int) (jetstream.Consumer, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	s, err := l.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: stream, Subjects: []string{batches + "*"}, Storage: jetstream.FileStorage, Replicas: replicas,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, MaxAge: keepFor, Duplicates: duplicates,
		DenyDelete: true, DenyPurge: true, MaxMsgSize: 1 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("make the stream: %w", err)
	}
	c, err := s.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: durable, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, DeliverPolicy: jetstream.DeliverAllPolicy, MaxAckPending: 1000,
	})
	if err != nil {
		return nil, fmt.Errorf("make the consumer: %w", err)
	}
	return c, nil
}

// again lets a batch be delivered once more, a little later.
func again(m jetstream.Msg) error {
	if err := m.NakWithDelay(reconnect); err != nil {
		return fmt.Errorf("give a batch back: %w", err)
	}
	return nil
}

// handle takes one batch and answers it. What cannot be verified is told to its sender
// and not delivered again; what could not be stored is.
func (l *Line) handle(ctx context.Context, m jetstream.Msg, take func(context.Context, []byte) ([]byte, error)) error {
	receipt, err := take(ctx, m.Data())
	answer := nats.NewMsg(receipts + m.Subject()[len(batches):])
	answer.Header.Set(header, m.Headers().Get(header))
	answer.Data = receipt
	if err != nil {
		f := fault.Of(err)
		if f == nil || f.Kind == fault.Unavailable || f.Kind == fault.NoSpace {
			// Later again; the batches of other branches do not wait for it.
			l.log.Warn("a batch was not stored", "err", err)
			return again(m)
		}
		answer.Header.Set(refusal, f.Code)
	}
	if err := l.conn.PublishMsg(answer); err != nil {
		return fmt.Errorf("answer a batch: %w", err)
	}
	if err := m.Ack(); err != nil {
		return fmt.Errorf("acknowledge a batch: %w", err)
	}
	return nil
}
