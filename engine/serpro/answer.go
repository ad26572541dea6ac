package serpro

import (
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
)

// What stands in the place of a similarity.
const (
	notFound   = -1
	unanswered = -2
)

// The reasons that are ours. Further ones are "serpro-" and a status or a
// number of Serpro's: serpro-400, serpro-DV045.
const (
	reasonNotCPF   = "serpro-not-a-cpf"
	reasonPicture  = "serpro-picture" // none, or one that cannot be sent
	reasonSmall    = "serpro-picture-too-small"
	reasonConsent  = "serpro-no-consent-token"
	reasonLate     = "serpro-late"
	reasonToken    = "serpro-no-token" //nolint:gosec // no credential: that there was none
	reasonNetwork  = "serpro-unreachable"
	reasonResting  = "serpro-resting" // it failed too often of late
	reasonWords    = "serpro-not-understood"
	reasonNotFound = "serpro-no-face-on-file"
)

// answer is what the register says, in the words of the contract.
type answer struct {
	Similarity int
	Reason     string // empty: there is a similarity
}

func unable(reason string) answer { return answer{unanswered, reason} }

// result is an answer in one word, for the metrics.
func (a answer) result() string {
	switch a.Similarity {
	case notFound:
		return "not-found"
	case unanswered:
		return "unanswered"
	default:
		return "similarity"
	}
}

// facial is the block about the face, alike in v4 and v5.
type facial struct {
	Available  *bool    `json:"disponivel"`
	Similarity *float64 `json:"similaridade"`
}

// response is what is read of an answer: v5 may have the block below the
// driving licence.
type response struct {
	Facial *facial `json:"biometria_facial"`
	CNH    *struct {
		Facial *facial `json:"biometria_facial"`
	} `json:"cnh"`
}

// numbered finds Serpro's numbers of mistakes, wherever they stand in a body.
var numbered = regexp.MustCompile(`\bDV\d{3}\b`)

// noFace is the number for: this CPF has no face in the base.
const noFace = "DV040"

// read turns a whole answer into the contract's number: the similarity in
// hundredths; -1 for 204, DV040 and disponivel false; -2 for everything else.
// down says that the register is at fault and not the request, which is what
// the breaker counts. (Serpro, "Códigos de erros"; docs/SERPRO.md)
func read(status int, body []byte) (a answer, down bool) {
	switch {
	case status == http.StatusOK:
		return similar(body)
	case status == http.StatusNoContent:
		return answer{notFound, reasonNotFound}, false
	case status == http.StatusUnprocessableEntity:
		codes := numbered.FindAllString(string(body), -1)
		slices.Sort(codes)
		codes = slices.Compact(codes)
		if len(codes) == 1 && codes[0] == noFace {
			return answer{notFound, reasonNotFound}, false
		}
		if len(codes) > 0 {
			return unable("serpro-" + codes[0]), false
		}
	}
	down = status >= 500 || status == http.StatusTooManyRequests || status < 400
	return unable("serpro-" + strconv.Itoa(status)), down
}

// similar reads the block about the face. A block that is not whole is not
// taken for one that says no.
func similar(body []byte) (a answer, down bool) {
	var r response
	if err := json.Unmarshal(body, &r); err != nil {
		return unable(reasonWords), true
	}
	f := r.Facial
	if f == nil && r.CNH != nil {
		f = r.CNH.Facial
	}
	switch {
	case f == nil || f.Available == nil:
		return unable(reasonWords), false
	case !*f.Available:
		return answer{notFound, reasonNotFound}, false
	case f.Similarity == nil || math.IsNaN(*f.Similarity) || *f.Similarity < 0 || *f.Similarity > 1:
		return unable(reasonWords), false
	}
	return answer{Similarity: int(math.Round(*f.Similarity * 100))}, false
}
