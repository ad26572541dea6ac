package dossier

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // pictures that came as PNG
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/rostod/rostod/engine"
)

// Fact is one thing that is so.
type Fact struct{ Name, Value string }

// Tone is how a finding reads at first sight.
type Tone int

// The tones.
const (
	Plain Tone = iota // says nothing either way
	Good
	Bad
)

// Finding is what one capability found.
type Finding struct {
	Name    string
	Verdict string
	Tone    Tone
	Score   string   // empty: the reader may not see it, or there is none
	Reasons []string // in the words of the capability
}

// File is what lies inside the PDF for programs.
type File struct {
	Name  string
	About string
	Bytes []byte
}

// Set is everything that is written.
type Set struct {
	Title    string // "Evidence set"
	About    string // of what, in one line
	Result   string
	Tone     Tone
	Facts    []Fact
	Findings []Finding
	Picture  []byte // JPEG or PNG; nil: NoPicture says why
	Caption  string
	Missing  string // why there is no picture
	Flash    *engine.FlashEvidence
	Digests  []Fact
	Sealed   []string // what the reader should know about the seal, one paragraph each
	Files    []File
	Made     time.Time
}

// The page, A4, in millimetres.
const (
	margin = 16.0
	right  = 210 - margin
	inside = right - margin
	bottom = 297 - 18.0
)

// sheet is a PDF in the making.
type sheet struct{ *fpdf.Fpdf }

// Write writes the set as a PDF, without a seal.
func (s Set) Write() ([]byte, error) {
	p := sheet{fpdf.New("P", "mm", "A4", "")}
	p.AddUTF8FontFromBytes("sans", "", goregular.TTF)
	p.AddUTF8FontFromBytes("sans", "B", gobold.TTF)
	p.AddUTF8FontFromBytes("code", "", gomono.TTF)
	p.SetTitle(s.Title+" "+s.About, true)
	p.SetProducer("rostod", true)
	p.SetCreator("rostod", true)
	p.SetCreationDate(s.Made)
	p.SetModificationDate(s.Made)
	p.SetMargins(margin, margin, margin)
	p.SetCellMargin(0)
	p.SetAutoPageBreak(true, 297-bottom)
	p.AliasNbPages("{pages}")
	p.SetFooterFunc(func() { p.foot(s) })
	var files []fpdf.Attachment
	for _, f := range s.Files {
		files = append(files, fpdf.Attachment{Content: f.Bytes, Filename: f.Name, Description: f.About})
	}
	p.SetAttachments(files)
	p.AddPage()
	p.head(s)
	if err := p.summary(s); err != nil {
		return nil, err
	}
	p.findings(s.Findings)
	if s.Flash != nil && len(s.Flash.Slots) > 0 {
		p.AddPage()
		p.flash(*s.Flash)
	}
	p.digests(s)
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("write a PDF: %w", err)
	}
	return out.Bytes(), nil
}

// readable is a picture in a form that a PDF can hold: JPEG as it is, anything
// else that can be decoded as JPEG.
func readable(picture []byte) ([]byte, image.Config, error) {
	c, kind, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, c, fmt.Errorf("read the picture: %w", err)
	}
	if kind == "jpeg" {
		return picture, c, nil
	}
	whole, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, c, fmt.Errorf("read the picture: %w", err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, whole, &jpeg.Options{Quality: 92}); err != nil {
		return nil, c, fmt.Errorf("write the picture: %w", err)
	}
	return out.Bytes(), c, nil
}
