package dossier

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"strings"
	"time"

	"github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"
)

// sealYears is how long a seal of our own making is valid.
const sealYears = 10

// Seal signs PDFs.
type Seal struct {
	chain []*x509.Certificate // its own first
	key   crypto.Signer
}

// Format hides a seal from every verb: it is a private key.
func (Seal) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(seal)") }

// LogValue hides a seal from slog.
func (Seal) LogValue() slog.Value { return slog.StringValue("(seal)") }

// NewSeal makes a seal under an authority of its own, and answers certificates
// and key as PEM. The authority signs this one seal: its key is not kept.
func NewSeal(name string, now time.Time) (file []byte, err error) {
	authority := &x509.Certificate{
		Subject: pkix.Name{CommonName: name + " authority"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(sealYears, 0, 0),
		KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	above, root, err := issue(authority, authority, nil)
	if err != nil {
		return nil, err
	}
	key, leaf, err := issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}, UnknownExtKeyUsage: []asn1.ObjectIdentifier{documentSigning()},
	}, authority, above)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write a seal's key: %w", err)
	}
	for _, c := range [][]byte{leaf, root} {
		file = append(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c})...)
	}
	return append(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}

// documentSigning is id-kp-documentSigning (RFC 9336). Readers that do not
// know it look for e-mail protection.
func documentSigning() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
}

// issue makes a key and its certificate, signed by the key of the one above,
// or by its own.
func issue(c, above *x509.Certificate, by *ecdsa.PrivateKey) (*ecdsa.PrivateKey, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a seal's key: %w", err)
	}
	if by == nil {
		by = key
	}
	if c.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, nil, fmt.Errorf("make a seal's number: %w", err)
	}
	signed, err := x509.CreateCertificate(rand.Reader, c, above, key.Public(), by)
	if err != nil {
		return nil, nil, fmt.Errorf("make a seal's certificate: %w", err)
	}
	return key, signed, nil
}

// OpenSeal reads certificates, the seal's own first, and the private key
// (PKCS#8, RSA or ECDSA) from PEM.
func OpenSeal(file []byte) (Seal, error) {
	var s Seal
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return Seal{}, errors.New("a certificate of the seal cannot be read")
			}
			s.chain = append(s.chain, c)
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return Seal{}, errors.New("the seal's key cannot be read") // the error could repeat it
			}
			s.key, _ = key.(crypto.Signer)
		}
	}
	if len(s.chain) == 0 || s.key == nil {
		return Seal{}, errors.New("a seal needs a certificate and a key in PKCS#8")
	}
	if public, ok := s.key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(s.chain[0].PublicKey) {
		return Seal{}, errors.New("the seal's key does not belong to its first certificate")
	}
	switch s.key.(type) {
	case *ecdsa.PrivateKey, *rsa.PrivateKey:
		return s, nil
	default:
		return Seal{}, errors.New("the seal's key must be RSA or ECDSA")
	}
}

// Certificate is what a reader comes to trust, as PEM: the last certificate of
// the chain.
func (s Seal) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.chain[len(s.chain)-1].Raw})
}

// Fingerprint is the SHA-256 of that certificate, as readers show it.
func (s Seal) Fingerprint() string {
	sum := sha256.Sum256(s.chain[len(s.chain)-1].Raw)
	text := strings.ToUpper(hex.EncodeToString(sum[:]))
	var pairs []string
	for i := 0; i < len(text); i += 2 {
		pairs = append(pairs, text[i:i+2])
	}
	return strings.Join(pairs, ":")
}

// Name is whose seal it is, as its certificate says.
func (s Seal) Name() string { return s.chain[0].Subject.CommonName }

// Sign seals a PDF: a certification signature over all of it that allows no
// change (ISO 32000-1, 12.8; PKCS#7 detached, SHA-256).
func (s Seal) Sign(file []byte, reason string, at time.Time) ([]byte, error) {
	parsed, err := pdf.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, fmt.Errorf("read the PDF that was written: %w", err)
	}
	var out bytes.Buffer
	err = sign.Sign(bytes.NewReader(file), &out, parsed, int64(len(file)), sign.SignData{
		Signature: sign.SignDataSignature{
			Info:     sign.SignDataSignatureInfo{Name: s.Name(), Reason: reason, Date: at},
			CertType: sign.CertificationSignature, DocMDPPerm: sign.DoNotAllowAnyChangesPerms,
		},
		Signer: s.key, DigestAlgorithm: crypto.SHA256, Certificate: s.chain[0], CertificateChains: [][]*x509.Certificate{s.chain},
	})
	if err != nil {
		return nil, fmt.Errorf("sign a PDF: %w", err)
	}
	return out.Bytes(), nil
}
