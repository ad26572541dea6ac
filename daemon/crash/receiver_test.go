package crash

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// mood is how a receiver of notifications behaves for a while.
type mood string

// The moods. Only an up receiver takes anything.
const (
	up       mood = "up"
	down     mood = "down"                 // nobody listens
	slow     mood = "slow"                 // it takes longer than it may
	failing  mood = "500"                  // it answers 500
	stranger mood = "of another authority" // its certificate is
)

// receiver is somebody who is told, on one port all the time.
type receiver struct {
	address string
	right   tls.Certificate
	wrong   tls.Certificate

	mu       sync.Mutex
	mood     mood
	server   *http.Server
	ended    chan struct{}
	word     string         // the secret
	taken    map[string]int // delivery -> how often it was taken
	events   map[string]int // by their name
	attempts map[mood]int   // messages that came
	bad      []string       // what was wrong with messages
}

// newReceiver makes a receiver that is down, and a file with its authority.
func newReceiver(t *testing.T) (r *receiver, authority string) {
	t.Helper()
	probe, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r = &receiver{
		address: probe.Addr().String(), mood: down, taken: map[string]int{}, events: map[string]int{}, attempts: map[mood]int{},
		right: selfSigned(t), wrong: selfSigned(t),
	}
	if err := probe.Close(); err != nil {
		t.Fatal(err)
	}
	authority = filepath.Join(t.TempDir(), "authority.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.right.Certificate[0]})
	if err := os.WriteFile(authority, text, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.be(t, down) })
	return r, authority
}

func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "receiver"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// be changes the mood. Connections of the one before are cut.
func (r *receiver) be(t *testing.T, m mood) {
	t.Helper()
	r.mu.Lock()
	server, ended := r.server, r.ended
	r.server, r.mood = nil, m
	r.mu.Unlock()
	if server != nil {
		_ = server.Close() // what was under way is cut: that is meant
		<-ended
	}
	if m == down {
		return
	}
	certificate := r.right
	if m == stranger {
		certificate = r.wrong
	}
	listener, err := (&net.ListenConfig{}).Listen(context.WithoutCancel(t.Context()), "tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.take(w, q, m) }), ReadHeaderTimeout: patience,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, ErrorLog: log.New(io.Discard, "", 0),
	}
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.ServeTLS(listener, "", "") // it ends when it is closed
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.server, r.ended = server, ended
}

// take is one message under a mood.
func (r *receiver) take(w http.ResponseWriter, q *http.Request, m mood) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	r.attempts[m]++
	if !r.genuine(q.Header, body) {
		r.bad = append(r.bad, "a signature does not hold: "+q.Header.Get("webhook-id"))
	}
	r.mu.Unlock()
	switch m {
	case slow:
		<-q.Context().Done()
		return
	case failing:
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	r.mu.Lock()
	r.taken[q.Header.Get("X-Quantum-Delivery")]++
	r.events[q.Header.Get("X-Quantum-Event")]++
	r.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// genuine checks a message as docs/WEBHOOKS.md tells receivers to.
func (r *receiver) genuine(h http.Header, body []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.word, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(h.Get("webhook-id") + "." + h.Get("webhook-timestamp") + "."))
	mac.Write(body)
	return h.Get("webhook-signature") == "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// missing are those of some deliveries that were never taken.
func (r *receiver) missing(told []string) (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range told {
		if r.taken[id] == 0 {
			list = append(list, id)
		}
	}
	return list
}
