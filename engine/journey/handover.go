package journey

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

const (
	// codeLife is how long a code may be read: long enough to find a phone.
	codeLife = 5 * time.Minute
	// mostCodes is how many codes one journey may make.
	mostCodes = 20
)

// codeView is a code that a phone reads, once.
type codeView struct {
	URL       string    `json:"url"`
	Size      int       `json:"size" doc:"Modules of the code in each direction, without the quiet zone of four."`
	Path      string    `json:"path" doc:"The dark modules as the path of an SVG, one unit a module."`
	ExpiresAt time.Time `json:"expiresAt"`
}

// handOver makes the code by which a phone takes over.
func (j *Journeys) handOver(ctx context.Context, p processPath, _ web.None) (codeView, error) {
	if _, err := j.leading(ctx, p.ID); err != nil {
		return codeView{}, err
	}
	if !reachable(j.Base()) {
		return codeView{}, ErrNoCode
	}
	token, err := j.fresh(codePrefix)
	if err != nil {
		return codeView{}, err
	}
	r, err := j.change(ctx, p.ID, "journey.handed-over", func(tx *storage.Tx, r *record) (map[string]any, error) {
		if r.Codes >= mostCodes {
			return nil, ErrTooOften
		}
		r.Code, r.CodeUntil = digest(token), tx.Now().UTC().Truncate(time.Millisecond).Add(codeLife)
		r.Codes++
		return map[string]any{"code": r.Codes}, nil
	})
	if err != nil {
		return codeView{}, err
	}
	v := codeView{URL: j.address(r, token), ExpiresAt: r.CodeUntil}
	v.Size, v.Path, err = drawn(v.URL)
	return v, err
}

// drawn is a text as a QR code (ISO/IEC 18004) of error correction level M.
func drawn(text string) (size int, path string, err error) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return 0, "", fmt.Errorf("draw a code: %w", err)
	}
	var b strings.Builder
	size = code.Bounds().Dx()
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return size, b.String(), nil
}
