package jetstream

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"github.com/rostod/rostod/engine/upstream/batch"
)

// The names of the stream and its subjects.
const (
	stream   = "ROSTOD_AUDIT"
	batches  = "rostod.audit."
	receipts = "rostod.receipt."
	durable  = "rostod-hub"
)

const (
	carryTimeout = 20 * time.Second // from publishing to the receipt
	reconnect    = 2 * time.Second  // between tries
	ping         = 10 * time.Second // a link that is dead is noticed after two
)

// Config says how to reach the servers.
type Config struct {
	Servers  string // tls://host:port, with commas between
	TLS      *tls.Config
	NKeyFile string // the seed; empty: none
	Name     string // shown in the servers' lists
	Log      *slog.Logger
}

// Line is a connection, which is made again for as long as it takes.
type Line struct {
	conn *nats.Conn
	js   jetstream.JetStream
	log  *slog.Logger

	mu   sync.Mutex // one batch is on its way at a time
	sub  *nats.Subscription
	from string
}

// Dial begins to connect, and does not wait for it.
func Dial(c Config) (*Line, error) {
	options := []nats.Option{
		nats.Name(c.Name), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(reconnect),
		nats.ReconnectJitter(time.Second, time.Second), nats.PingInterval(ping), nats.Timeout(10 * time.Second), nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.Log.Warn("the NATS servers were lost", "err", err)
			}
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { c.Log.Warn("NATS", "err", err) }),
	}
	if c.TLS != nil && strings.Contains(c.Servers, "tls://") {
		options = append(options, nats.Secure(c.TLS))
	}
	if c.NKeyFile != "" {
		key, err := nkey(c.NKeyFile)
		if err != nil {
			return nil, err
		}
		options = append(options, key)
	}
	conn, err := nats.Connect(c.Servers, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to the NATS servers: %w", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("use JetStream: %w", err)
	}
	return &Line{conn: conn, js: js, log: c.Log}, nil
}

// nkey signs the servers' challenge with a seed that is read for each.
func nkey(file string) (nats.Option, error) {
	pair := func() (nkeys.KeyPair, error) {
		seed, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the nkey: %w", err)
		}
		defer clear(seed)
		k, err := nkeys.ParseDecoratedUserNKey(seed)
		if err != nil {
			return nil, errors.New("the nkey's file holds no seed of a user")
		}
		return k, nil
	}
	k, err := pair()
	if err != nil {
		return nil, err
	}
	public, err := k.PublicKey()
	if err != nil {
		return nil, errors.New("the nkey's file holds no seed of a user")
	}
	return nats.Nkey(public, func(nonce []byte) ([]byte, error) {
		k, err := pair()
		if err != nil {
			return nil, err
		}
		defer k.Wipe()
		return k.Sign(nonce)
	}), nil
}

// Close ends the connection.
func (l *Line) Close() { l.conn.Close() }

// token is a log's name as a piece of a subject.
func token(origin string) string { return "b-" + batch.Short(origin) }

// Carry publishes a batch and waits for the hub's receipt of it.
func (l *Line) Carry(ctx context.Context, id string, wire []byte) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, carryTimeout)
	defer cancel()
	origin, err := batch.Origin(wire)
	if err != nil {
		return nil, err
	}
	if err := l.listen(origin); err != nil {
		return nil, err
	}
	if err := l.publish(ctx, batches+token(origin), id, wire); err != nil {
		return nil, fmt.Errorf("publish a batch: %w", err)
	}
	for {
		answer, err := l.sub.NextMsgWithContext(ctx)
		if err != nil {
			return nil, fmt.Errorf("wait for headquarters' receipt: %w", err)
		}
		if answer.Header.Get(header) != id {
			continue // of a batch that was sent before
		}
		if code := answer.Header.Get(refusal); code != "" {
			return nil, fmt.Errorf("headquarters refused it: %s", plain(code))
		}
		return answer.Data, nil
	}
}

// publish brings a batch into the stream. That the servers had it already, under its
// id, is no answer to it: the hub's was lost, so that the hub is asked once more.
func (l *Line) publish(ctx context.Context, subject, id string, wire []byte) error {
	m := nats.NewMsg(subject)
	m.Data = wire
	m.Header.Set(header, id)
	ack, err := l.js.PublishMsg(ctx, m, jetstream.WithMsgID(id))
	if err != nil || !ack.Duplicate {
		return err
	}
	m.Header.Del(jetstream.MsgIDHeader)
	_, err = l.js.PublishMsg(ctx, m)
	return err
}

// The headers: of which batch it is, and why it was refused.
const (
	header  = "Rostod-For"
	refusal = "Rostod-Refused"
)

// plain is a code without what has no place in a log line.
func plain(code string) string {
	if strings.Trim(code, "abcdefghijklmnopqrstuvwxyz-/") != "" || len(code) > 64 {
		return "(no code)"
	}
	return code
}

// listen subscribes to the receipts of a log, before anything is sent.
func (l *Line) listen(origin string) error {
	if l.from == origin {
		return nil
	}
	sub, err := l.conn.SubscribeSync(receipts + token(origin))
	if err != nil {
		return fmt.Errorf("listen for receipts: %w", err)
	}
	if l.sub != nil {
		err = l.sub.Unsubscribe()
	}
	l.sub, l.from = sub, origin
	return err
}
