package peer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

// Config is what Open needs.
type Config struct {
	UDP             string   // host:port; one port for all connections
	TCP             string   // host:port, for networks without UDP; empty: none
	PublicAddresses []string // IP addresses under which others reach this machine, besides its own
	Log             *slog.Logger
	Limits          Limits
}

// Limits are bounds. A zero is the default.
type Limits struct {
	Peers   int           // at a time; 256
	Connect time.Duration // from the answer to the open data channel; 10 s
	Silent  time.Duration // without any media, once connected; 3 s
	Blind   time.Duration // with media and without a picture; 5 s
	Behind  time.Duration // how late a frame may be decoded; 200 ms
}

func (l Limits) filled() Limits {
	or := func(d *time.Duration, otherwise time.Duration) {
		if *d == 0 {
			*d = otherwise
		}
	}
	if l.Peers == 0 {
		l.Peers = 256
	}
	or(&l.Connect, 10*time.Second)
	or(&l.Silent, 3*time.Second)
	or(&l.Blind, 5*time.Second)
	or(&l.Behind, 200*time.Millisecond)
	return l
}

// Bounds of what connects and does not say who it is.
const (
	maxTCP     = 512
	firstSTUN  = 5 * time.Second
	tcpReads   = 64      // packets that wait in one TCP connection
	tcpWrites  = 1 << 20 // bytes
	udpBuffer  = 4 << 20 // of the kernel, when it allows
	iceUnheard = 5 * time.Second
	iceAlive   = 2 * time.Second
)

// Peers are the ports and the connections that share them.
type Peers struct {
	log      *slog.Logger
	limits   Limits
	settings webrtc.SettingEngine
	udp      net.Addr
	tcp      net.Addr
	close    []io.Closer

	mu      sync.Mutex
	all     map[*Peer]bool
	opening int
	closed  bool
	running sync.WaitGroup
}

// Open listens. Close it.
func Open(c Config) (*Peers, error) {
	p := &Peers{log: c.Log, limits: c.Limits.filled(), all: map[*Peer]bool{}}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.settings.LoggerFactory = quiet()
	p.settings.SetLite(true)
	p.settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	p.settings.SetIncludeLoopbackCandidate(true) // a kiosk's browser may be on this machine
	p.settings.DisableActiveTCP(true)
	p.settings.DetachDataChannels()
	p.settings.SetICETimeouts(iceUnheard, iceUnheard, iceAlive)
	p.settings.SetSCTPMaxMessageSize(maxMessage)
	p.settings.SetSCTPMaxReceiveBufferSize(maxUnsent)
	for _, a := range c.PublicAddresses {
		if _, err := netip.ParseAddr(a); err != nil {
			return nil, fmt.Errorf("public addresses: %w", err)
		}
	}
	if len(c.PublicAddresses) > 0 {
		if err := p.settings.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: c.PublicAddresses, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteAppend,
		}); err != nil {
			return nil, fmt.Errorf("public addresses: %w", err)
		}
	}
	if err := p.listen(c); err != nil {
		_ = p.release()
		return nil, err
	}
	p.log.Info("capture ports are open", "udp", p.udp.String(), "tcp", c.TCP)
	return p, nil
}

func (p *Peers) listen(c Config) error {
	var listen net.ListenConfig
	packets, err := listen.ListenPacket(context.Background(), "udp", c.UDP)
	if err != nil {
		return fmt.Errorf("open the capture's UDP port: %w", err)
	}
	if conn, ok := packets.(*net.UDPConn); ok {
		_ = conn.SetReadBuffer(udpBuffer) // what the kernel gives is enough to start
	}
	log := p.settings.LoggerFactory.NewLogger("")
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: packets, Logger: log})
	p.close = append(p.close, mux)
	p.udp = packets.LocalAddr()
	p.settings.SetICEUDPMux(mux)
	networks := []webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6}
	if c.TCP != "" {
		streams, err := listen.Listen(context.Background(), "tcp", c.TCP)
		if err != nil {
			return fmt.Errorf("open the capture's TCP port: %w", err)
		}
		tcp := ice.NewTCPMuxDefault(ice.TCPMuxParams{
			Listener: newBounded(streams, maxTCP), Logger: log,
			ReadBufferSize: tcpReads, WriteBufferSize: tcpWrites,
			FirstStunBindTimeout: firstSTUN, AliveDurationForConnFromStun: firstSTUN,
		})
		p.close = append(p.close, tcp)
		p.tcp = streams.Addr()
		p.settings.SetICETCPMux(tcp)
		networks = append(networks, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6)
	}
	p.settings.SetNetworkTypes(networks)
	return nil
}

// UDP is the address that packets come to.
func (p *Peers) UDP() net.Addr { return p.udp }

// TCP is the address for networks without UDP; nil when there is none.
func (p *Peers) TCP() net.Addr { return p.tcp }

// Close ends all peers, waits for their last call, and closes the ports.
func (p *Peers) Close() error {
	p.mu.Lock()
	p.closed = true
	for one := range p.all {
		one.Close(ErrClosing)
	}
	p.mu.Unlock()
	p.running.Wait()
	return p.release()
}

func (p *Peers) release() error {
	var all []error
	for _, c := range p.close {
		all = append(all, c.Close())
	}
	p.close = nil
	return errors.Join(all...)
}

// place takes a place for a peer to come.
func (p *Peers) place() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return ErrClosing
	case p.opening+len(p.all) >= p.limits.Peers:
		return ErrFull
	}
	p.opening++
	p.running.Add(1)
	return nil
}

// settle gives the place to a peer, or back when there is none. It says
// whether the peer may run.
func (p *Peers) settle(one *Peer) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opening--
	if one == nil || p.closed {
		p.running.Done()
		return false
	}
	p.all[one] = true
	return true
}

func (p *Peers) leave(one *Peer) {
	p.mu.Lock()
	delete(p.all, one)
	p.mu.Unlock()
	p.running.Done()
}

// quiet keeps pion from writing: its lines hold addresses, and what matters
// comes back as an error.
func quiet() logging.LoggerFactory {
	return &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
}
