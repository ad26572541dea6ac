package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/rostod/rostod/engine"
)

// A secret is "rk_", the 26 characters of the key's id, "_" and 43 characters
// of base 62 that carry 256 random bits.
const (
	secretPrefix = "rk_"
	idPrefix     = "key_"
	bodyLength   = 26
	randomLength = 43
	base62       = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// mint makes the secret of a new key.
func mint(id engine.KeyID, random io.Reader) (string, error) {
	bits := make([]byte, 32)
	if _, err := io.ReadFull(random, bits); err != nil {
		return "", fmt.Errorf("read randomness for an API key: %w", err)
	}
	digits := make([]byte, randomLength)
	n, base, digit := new(big.Int).SetBytes(bits), big.NewInt(62), new(big.Int)
	for i := len(digits) - 1; i >= 0; i-- {
		n.DivMod(n, base, digit)
		digits[i] = base62[digit.Int64()]
	}
	return secretPrefix + strings.TrimPrefix(string(id), idPrefix) + "_" + string(digits), nil
}

// keyOf is the id in a secret; false when it does not look like one of ours.
func keyOf(secret string) (engine.KeyID, bool) {
	body, ok := strings.CutPrefix(secret, secretPrefix)
	if !ok || len(body) != bodyLength+1+randomLength || body[bodyLength] != '_' {
		return "", false
	}
	for _, c := range body[:bodyLength] + body[bodyLength+1:] {
		if !strings.ContainsRune(base62, c) {
			return "", false
		}
	}
	return engine.KeyID(idPrefix + body[:bodyLength]), true
}

// hash is what is kept of a secret.
func hash(pepper []byte, secret string) []byte {
	mac := hmac.New(sha256.New, pepper)
	mac.Write([]byte(secret))
	return mac.Sum(nil)
}

// same compares two hashes in constant time.
func same(a, b []byte) bool { return hmac.Equal(a, b) }
