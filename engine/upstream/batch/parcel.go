package batch

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"filippo.io/age"

	"github.com/rostod/rostod/internal/transparency"
)

const parcelKind = "rostod/parcel/v1"

// Limits of a parcel. It is verified whole, in memory, before anything of it is used.
const (
	MostParcel  = 40 << 20 // bytes of a parcel
	MostBatches = 64       // in one
)

// Parcel is batches for the way on a medium. Parcels of a branch are numbered from 1,
// and each names the digest of the one before: whoever gets them notices one that is
// missing.
type Parcel struct {
	Origin  string
	Number  uint64
	Before  string // digest of the parcel before; "-" when there is none
	From    uint64 // entries [From, To) are in it
	To      uint64
	Digest  string   // of its sealed body; names it for the next
	Batches [][]byte // as they would travel otherwise; nil when only the label was read
}

// ID is the parcel's name.
func (p Parcel) ID() string { return fmt.Sprintf("%s/parcel-%d", p.Origin, p.Number) }

// File is the name of the parcel's file.
func (p Parcel) File() string { return fmt.Sprintf("rostod-%s-%06d.parcel", Short(p.Origin), p.Number) }

// Bytes is the parcel as a file: a signed label, and the batches, sealed with age.
func (p *Parcel) Bytes(to age.Recipient, sign Sign) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to)
	if err != nil {
		return nil, fmt.Errorf("seal a parcel: %w", err)
	}
	if _, err := w.Write(frame(p.Batches)); err != nil {
		return nil, fmt.Errorf("seal a parcel: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal a parcel: %w", err)
	}
	p.Digest = digest(sealed.Bytes())
	signed, err := sign(parcelKind, strconv.FormatUint(p.Number, 10), p.Before, fmt.Sprintf("%d %d", p.From, p.To), p.Digest)
	if err != nil {
		return nil, err
	}
	return frame([][]byte{signed}, [][]byte{sealed.Bytes()}), nil
}

func splitParcel(file []byte) (signed, sealed []byte, err error) {
	if len(file) > MostParcel {
		return nil, nil, ErrTooLarge
	}
	lists, err := unframe(file, 2)
	if err != nil {
		return nil, nil, err
	}
	if signed, err = one(lists[0]); err != nil {
		return nil, nil, err
	}
	sealed, err = one(lists[1])
	return signed, sealed, err
}

// ParcelOrigin is whose parcel it claims to be.
func ParcelOrigin(file []byte) (string, error) {
	signed, _, err := splitParcel(file)
	if err != nil {
		return "", err
	}
	return transparency.StatedOrigin(signed, parcelKind)
}

// ReadLabel checks that a trusted key signed the label and that the file is whole,
// without opening it.
func ReadLabel(file []byte, keys ...string) (Parcel, error) {
	signed, sealed, err := splitParcel(file)
	if err != nil {
		return Parcel{}, err
	}
	var p Parcel
	var lines []string
	if p.Origin, lines, err = transparency.OpenState(signed, parcelKind, keys...); err != nil {
		return Parcel{}, err
	}
	if len(lines) != 4 || lines[3] != digest(sealed) {
		return Parcel{}, ErrAltered
	}
	var ok bool
	if p.From, p.To, ok = pair(lines[2]); !ok || p.From > p.To {
		return Parcel{}, fmt.Errorf("%w: a parcel's range", ErrMalformed)
	}
	if p.Number, err = strconv.ParseUint(lines[0], 10, 62); err != nil {
		return Parcel{}, fmt.Errorf("%w: a parcel's number", ErrMalformed)
	}
	p.Before, p.Digest = lines[1], lines[3]
	return p, nil
}

// OpenParcel reads a parcel whole: its label, its seal to the very end, and every
// batch in it, which must follow one another from From to To. Only then is anything of
// it handed over.
func OpenParcel(file []byte, by age.Identity, keys ...string) (Parcel, error) {
	_, sealed, err := splitParcel(file)
	if err != nil {
		return Parcel{}, err
	}
	plain, err := openSealed(sealed, by)
	if err != nil {
		return Parcel{}, err
	}
	lists, err := unframe(plain, 1)
	if err != nil {
		return Parcel{}, err
	}
	if len(lists[0]) > MostBatches {
		return Parcel{}, ErrTooLarge
	}
	var first, next uint64
	for i, wire := range lists[0] {
		v, err := Open(wire, keys...)
		if err != nil {
			return Parcel{}, fmt.Errorf("batch %d of the parcel: %w", i+1, err)
		}
		if keys = v.Keys; i == 0 {
			first, next = v.From, v.From
		}
		if v.From != next {
			return Parcel{}, fmt.Errorf("%w: batches that do not follow one another", ErrMalformed)
		}
		next = v.To
	}
	p, err := ReadLabel(file, keys...) // a key that is new is vouched for by a batch
	if err != nil {
		return Parcel{}, err
	}
	if len(lists[0]) == 0 || p.From != first || p.To != next {
		return Parcel{}, ErrAltered
	}
	p.Batches = lists[0]
	return p, nil
}

// openSealed opens what age sealed, and hands over nothing before its end was
// authenticated.
func openSealed(sealed []byte, by age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), by)
	if err != nil {
		return nil, fmt.Errorf("%w: a parcel that is not for this key", ErrMalformed)
	}
	plain, err := io.ReadAll(io.LimitReader(r, MostParcel))
	if err != nil {
		return nil, fmt.Errorf("%w: a parcel's seal", ErrAltered)
	}
	return plain, nil
}
