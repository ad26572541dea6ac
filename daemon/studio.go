package daemon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/capture"
	"github.com/rostod/rostod/capture/peer"
	pages "github.com/rostod/rostod/capture/web"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/evidence"
)

// openCapture opens the ports for video and the studio. Closing it ends every
// session before the rooms that keep its captures.
func (d *Daemon) openCapture(context.Context) (closer, error) {
	udp, tcp, err := capturePorts(d.Config)
	if err != nil {
		return nil, err
	}
	ports, err := peer.Open(peer.Config{UDP: udp, TCP: tcp, PublicAddresses: d.Config.CaptureAddresses(), Log: d.Log})
	if err != nil {
		return nil, err
	}
	studio, err := d.openStudio(ports)
	if err != nil {
		return func(context.Context) error { return ports.Close() }, err
	}
	return func(context.Context) error {
		studio.Close()
		return ports.Close()
	}, nil
}

// openNoCapture is for work on the records alone: challenges can be read, and
// nobody is filmed.
func (d *Daemon) openNoCapture(context.Context) (closer, error) {
	_, err := d.openStudio(noPorts{})
	return nil, err
}

// noPorts answer nobody.
type noPorts struct{}

// Answer refuses.
func (noPorts) Answer(context.Context, peer.Offer) (*peer.Peer, string, error) {
	return nil, "", capture.ErrClosing
}

// openStudio opens the studio and adds it to the rooms.
func (d *Daemon) openStudio(ports capture.Peers) (*capture.Studio, error) {
	outcomes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rostod_captures_total", Help: "Capture sessions by how they ended.",
	}, []string{"outcome"})
	missed := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "rostod_capture_missed_frames_total", Help: "Frames of capture sessions that came and were not decoded.",
	})
	studio := capture.Open(capture.Config{
		Peers: ports, Eyes: d.look, Keeper: keeper{d.evidence, d.judge}, Base: d.base, Origins: d.Config.CaptureOrigins(),
		Pages: pages.Files(), Places: d.Config.Capture.Places, Faults: evidence.Faults(),
		Count:  func(outcome string) { outcomes.WithLabelValues(outcome).Inc() },
		Missed: func(frames int) { missed.Add(float64(frames)) },
		Record: d.recorder(),
		Kiosk: func(ctx context.Context, org engine.OrgID, device engine.DeviceID) (inches, nits float64, err error) {
			_, screen, err := d.kiosks.Known(ctx, org, device)
			return screen.DiagonalInch, screen.Nits, err
		},
		Log: d.Log, Now: time.Now, Random: rand.Reader,
	})
	running := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "rostod_capture_sessions", Help: "Capture sessions that run now.",
	}, func() float64 { return float64(studio.Sessions()) })
	d.rooms = append(d.rooms, studio.Room())
	return studio, errors.Join(d.metrics.Register(outcomes), d.metrics.Register(missed), d.metrics.Register(running))
}

// capturePorts are where video arrives: beside the HTTP port when nothing else
// is said.
func capturePorts(c config.Config) (udp, tcp string, err error) {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "", "", fmt.Errorf("listen: %w", err)
	}
	if udp = c.Capture.UDP; udp == "" {
		udp = c.Listen
	}
	switch tcp = c.Capture.TCP; tcp {
	case "":
		tcp = net.JoinHostPort(host, "0")
	case "off":
		tcp = ""
	}
	return udp, tcp, nil
}

// base is the address that customers' browsers reach.
func (d *Daemon) base() string {
	if d.Config.Capture.URL != "" {
		return d.Config.Capture.URL
	}
	return d.address
}

// keeper is the evidence room as the studio knows it.
type keeper struct {
	room  *evidence.Evidence
	judge func(ctx context.Context, c engine.Capture) (engine.LivenessFinding, error)
}

// Create keeps a new challenge.
func (k keeper) Create(ctx context.Context, key engine.KeyID, c capture.Challenge) (capture.Challenge, error) {
	kept, err := k.room.Create(ctx, evidence.Challenge{
		ID: c.ID, Org: c.Org, Customer: c.Customer, Device: c.Device, Profile: c.Profile, Purpose: c.Purpose, Nonce: c.Nonce,
		TokenHash: c.Token, Steps: len(c.Colours), Created: c.Created, Expires: c.Expires, Key: key,
		Locale: c.Page.Locale, ReturnURL: c.Page.ReturnURL, NoOtherWay: c.Page.NoOtherWay, NoFlash: c.Page.NoFlash, Soft: c.Page.Soft,
		Colours: c.Colours, HoldMs: c.HoldMS, Secret: c.Secret,
	})
	return challengeOf(kept), err
}

// Challenge is one of an org's.
func (k keeper) Challenge(ctx context.Context, org engine.OrgID, id engine.ChallengeID) (capture.Challenge, error) {
	c, err := k.room.Challenge(ctx, id)
	if err == nil && c.Org != org {
		err = evidence.ErrNoChallenge
	}
	return challengeOf(c), err
}

// Peek is a challenge that its token could begin now, or could have begun.
func (k keeper) Peek(ctx context.Context, id engine.ChallengeID, token string) (capture.Challenge, error) {
	c, err := k.room.Challenge(ctx, id)
	if err != nil {
		return capture.Challenge{}, err
	}
	sum := sha256.Sum256([]byte(token))
	switch {
	case subtle.ConstantTimeCompare(sum[:], c.TokenHash[:]) != 1:
		return capture.Challenge{}, evidence.ErrToken
	case c.Profile != engine.ProfileFlash:
		return capture.Challenge{}, evidence.ErrCompat
	case c.State == evidence.Expired:
		return challengeOf(c), evidence.ErrOver
	case c.State != evidence.Created:
		return challengeOf(c), evidence.ErrBegun
	}
	return challengeOf(c), nil
}

// Begin takes a challenge, once.
func (k keeper) Begin(ctx context.Context, id engine.ChallengeID, token string, session engine.CaptureID, connection string) error {
	_, err := k.room.Begin(ctx, id, token, evidence.Session{ID: session, Connection: connection})
	return err
}

// End says that there will be no capture.
func (k keeper) End(ctx context.Context, id engine.ChallengeID, state, hint string) error {
	return k.room.End(ctx, id, state, hint)
}

// Keep seals a capture.
func (k keeper) Keep(ctx context.Context, c engine.Capture) (string, error) {
	return k.room.Keep(ctx, c)
}

// Judge is what is found of a capture: as it was judged when it was used, else
// as it would be now.
func (k keeper) Judge(ctx context.Context, org engine.OrgID, id engine.CaptureID) (capture.Judged, error) {
	c, used, err := k.room.Capture(ctx, org, id)
	if err != nil {
		return capture.Judged{}, err
	}
	if used != nil {
		return capture.Judged{Capture: c, Finding: *used}, nil
	}
	f, err := k.judge(ctx, c)
	return capture.Judged{Capture: c, Finding: f}, err
}

func challengeOf(c evidence.Challenge) capture.Challenge {
	return capture.Challenge{
		ID: c.ID, Org: c.Org, Customer: c.Customer, Device: c.Device, Profile: c.Profile, Purpose: c.Purpose, Nonce: c.Nonce,
		Token: c.TokenHash, State: c.State, Attempt: c.Attempt, Created: c.Created, Expires: c.Expires, Capture: c.Capture,
		Page:    capture.Page{Locale: c.Locale, ReturnURL: c.ReturnURL, NoOtherWay: c.NoOtherWay, NoFlash: c.NoFlash, Soft: c.Soft},
		Colours: c.Colours, HoldMS: c.HoldMs, Secret: c.Secret,
	}
}
