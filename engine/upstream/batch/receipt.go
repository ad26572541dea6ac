package batch

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rostod/rostod/internal/transparency"
)

const receiptKind = "rostod/receipt/v1"

// Standing is what headquarters holds of a branch's journal.
type Standing string

// The standings.
const (
	Sound      Standing = "sound"       // it goes on from what was there
	Forked     Standing = "forked"      // other entries stand where some were co-signed
	RolledBack Standing = "rolled-back" // it is shorter than what was co-signed
)

// Receipt is headquarters' answer.
type Receipt struct {
	Origin   string
	For      string // the ID of what is answered
	Size     uint64 // entries that headquarters holds without a gap
	Standing Standing
	// Checkpoint is the branch's, of Size, with headquarters' co-signature: everything
	// up to there lies there durably. Empty when Size is 0.
	Checkpoint []byte
	At         time.Time // when headquarters signed
}

// Bytes is the receipt as it travels, signed.
func (r Receipt) Bytes(by transparency.Cosigner) ([]byte, error) {
	signed, err := by.State(receiptKind, r.Origin, r.For, strconv.FormatUint(r.Size, 10), string(r.Standing), digest(r.Checkpoint))
	if err != nil {
		return nil, err
	}
	return frame([][]byte{signed}, [][]byte{r.Checkpoint}), nil
}

// OpenReceipt reads what headquarters' key has signed. A checkpoint in it is of that
// size, signed by one of the log's keys, and co-signed.
func OpenReceipt(wire []byte, cosigner string, keys ...string) (Receipt, transparency.Checkpoint, error) {
	var none transparency.Checkpoint
	if len(wire) > 2*mostNote {
		return Receipt{}, none, ErrTooLarge
	}
	lists, err := unframe(wire, 2)
	if err != nil {
		return Receipt{}, none, err
	}
	signed, err := one(lists[0])
	if err != nil {
		return Receipt{}, none, err
	}
	var r Receipt
	if r.Checkpoint, err = one(lists[1]); err != nil {
		return Receipt{}, none, err
	}
	var lines []string
	if r.Origin, lines, r.At, err = transparency.OpenCosignerState(signed, receiptKind, cosigner); err != nil {
		return Receipt{}, none, err
	}
	if len(lines) != 4 || lines[3] != digest(r.Checkpoint) {
		return Receipt{}, none, ErrAltered
	}
	r.For, r.Standing = lines[0], Standing(lines[2])
	if r.Size, err = strconv.ParseUint(lines[1], 10, 62); err != nil {
		return Receipt{}, none, fmt.Errorf("%w: a size", ErrMalformed)
	}
	if r.Size == 0 && len(r.Checkpoint) == 0 {
		return r, none, nil
	}
	at, _, err := transparency.OpenCosigned(r.Checkpoint, cosigner, keys...)
	if err != nil {
		return Receipt{}, none, fmt.Errorf("its checkpoint: %w", err)
	}
	if at.Size != r.Size || at.Origin != r.Origin {
		return Receipt{}, none, ErrAltered
	}
	return r, at, nil
}

// Short is a log's name without what all have in common, for file names.
func Short(origin string) string {
	return strings.NewReplacer("/", "-", ".", "-", "\\", "-").Replace(strings.TrimPrefix(origin, "rostod/"))
}
