package text

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis/char/asciifolding"
)

// Words is a search as it was typed: every phrase of With must stand in a
// document, no one of Without may.
type Words struct{ With, Without [][]string }

// Limits of what is typed.
const (
	mostPhrases = 32
	mostTyped   = 512 // bytes
)

// Read understands what was typed: words, "words in quotes", and either with a
// minus in front. Capitals and accents do not count. What is one word to who types and
// several here, such as high_value_transfer, is a phrase.
func Read(typed string) (Words, error) {
	var w Words
	if len(typed) > mostTyped {
		return w, BadWords.Field("q", "must have at most 512 bytes")
	}
	for rest := strings.TrimSpace(typed); rest != ""; rest = strings.TrimSpace(rest) {
		without := strings.HasPrefix(rest, "-")
		rest = strings.TrimPrefix(rest, "-")
		var word string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok {
			if word, rest, ok = strings.Cut(quoted, `"`); !ok {
				return Words{}, BadWords.Field("q", "a quotation mark is not closed")
			}
		} else {
			end := strings.IndexFunc(rest, unicode.IsSpace)
			if end < 0 {
				end = len(rest)
			}
			word, rest = rest[:end], rest[end:]
			if strings.Contains(word, `"`) {
				return Words{}, BadWords.Field("q", "a quotation mark stands inside a word")
			}
		}
		phrase := split(word)
		switch {
		case len(phrase) == 0:
			return Words{}, BadWords.Field("q", "a word has no letter and no digit")
		case without:
			w.Without = append(w.Without, phrase)
		default:
			w.With = append(w.With, phrase)
		}
		if len(w.With)+len(w.Without) > mostPhrases {
			return Words{}, BadWords.Field("q", "must have at most 32 words")
		}
	}
	return w, nil
}

// split is a text in words: letters and digits that stand together, small and
// without accents.
func split(text string) []string {
	plain := asciifolding.New().Filter([]byte(strings.ToValidUTF8(text, " ")))
	return strings.FieldsFunc(strings.ToLower(string(plain)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// hidden is a word, or a field's value, as the files have it: 16 characters.
func (s Secret) hidden(field, word string) string {
	mac := hmac.New(sha256.New, s[:])
	mac.Write([]byte(field))
	mac.Write([]byte{0})
	mac.Write([]byte(word))
	return base32.HexEncoding.EncodeToString(mac.Sum(nil)[:10])
}

// wordsField is where a document's words are.
const wordsField = "words"

// hiddenText is a text with every word of it hidden.
func (s Secret) hiddenText(text string) string {
	words := split(text)
	for i, w := range words {
		words[i] = s.hidden(wordsField, w)
	}
	return strings.Join(words, " ")
}
