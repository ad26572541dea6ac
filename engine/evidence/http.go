package evidence

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type capturePath struct {
	ID engine.CaptureID `path:"id" doc:"The capture, cap_…" maxLength:"64"`
	web.Why
}

type evidenceAnswer struct {
	Capture      captureView          `json:"capture"`
	Measurements engine.FlashEvidence `json:"measurements" doc:"What was measured of the light that came back, slot by slot."`
	Sights       []engine.Sight       `json:"sights" doc:"The face at other moments of the capture, held against the one that is matched."`
	Judgement    *judgementView       `json:"judgement,omitzero" doc:"How it was judged when it was used; left out when it was not."`
}

type captureView struct {
	ID          engine.CaptureID   `json:"id"`
	ChallengeID engine.ChallengeID `json:"challengeId"`
	CustomerID  engine.CustomerID  `json:"customerId"`
	DeviceID    engine.DeviceID    `json:"deviceId,omitzero"`
	Profile     engine.Profile     `json:"profile"`
	CreatedAt   time.Time          `json:"createdAt"`
	Frames      int                `json:"frames"`
	FPS         float64            `json:"fps"`
	LagMs       float64            `json:"lagMs"`
	Record      string             `json:"recordSha256" doc:"SHA-256 of the capture as it is kept; the journal has it too."`
	Picture     string             `json:"pictureSha256"`
}

type judgementView struct {
	Verdict       engine.LivenessVerdict `json:"verdict"`
	AssuranceTier engine.AssuranceTier   `json:"assuranceTier"`
	Score         *float64               `json:"score,omitzero" doc:"Only for keys with scores:view."`
	LogOdds       *float64               `json:"logOdds,omitzero" doc:"Of a living person against the likeliest attack, of a flash capture; only for keys with scores:view."`
	Reasons       []string               `json:"reasons,omitzero"`
	UsedAt        time.Time              `json:"usedAt"`
}

func (e *Evidence) routes(r *web.Router) {
	const one, tag = "/api/identity/captures/{id}", "Captures"
	faults := []*fault.Fault{ErrNoCapture, ErrGone, storage.Full, storage.Failed}
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: one + "/evidence", ID: "getCaptureEvidence", Tag: tag,
		Summary: "Read what a capture measured",
		About:   "For the reviewer: every measurement behind a liveness verdict, and the verdict as it was given.",
		Family:  web.Identity, Scope: engine.ViewAttempts, Faults: faults,
	}, e.handleEvidence)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: one + "/evidence.svg", ID: "drawCaptureEvidence", Tag: tag,
		Summary: "See what a capture measured",
		About:   "Expected against measured response, for each slot and region.",
		Family:  web.Identity, Scope: engine.ViewAttempts, Faults: faults, Produces: []string{"image/svg+xml"},
	}, e.handleDrawing)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: one + "/picture", ID: "getCapturePicture", Tag: tag,
		Summary: "See the picture that is matched",
		About:   "Who looks is written down first: GET /api/access-log. What cannot be written down is not shown.",
		Family:  web.Identity, Scope: engine.ViewAttempts, Produces: []string{"image/jpeg", "image/png"},
		Faults: faults,
	}, e.handlePicture)
}

func (e *Evidence) handleEvidence(ctx context.Context, p capturePath, _ web.None) (evidenceAnswer, error) {
	caller := web.CallerOf(ctx)
	c, k, err := e.review(ctx, caller, p, "capture.evidence")
	if err != nil {
		return evidenceAnswer{}, err
	}
	answer := evidenceAnswer{
		Capture: captureView{
			ID: c.ID, ChallengeID: c.Challenge, CustomerID: c.Customer, DeviceID: c.Device, Profile: c.Profile,
			CreatedAt: c.Created, Frames: c.Flash.Frames, FPS: c.Flash.FPS, LagMs: c.Flash.Lag,
			Record: hex.EncodeToString(k.Record), Picture: hex.EncodeToString(k.Picture),
		},
		Measurements: c.Flash, Sights: c.Others,
	}
	if f := k.Finding; f != nil {
		answer.Judgement = &judgementView{Verdict: f.Verdict, AssuranceTier: f.Assurance, Reasons: f.Reasons, UsedAt: k.Used}
		if caller.May(engine.ViewScores) {
			answer.Judgement.Score = &f.Score
			if c.Profile == engine.ProfileFlash {
				answer.Judgement.LogOdds = &f.LogOdds
			}
		}
	}
	return answer, nil
}

func (e *Evidence) handleDrawing(ctx context.Context, p capturePath) (*web.Stream, error) {
	c, _, err := e.review(ctx, web.CallerOf(ctx), p, "capture.drawing")
	if err != nil {
		return nil, err
	}
	drawn := e.Draw(c.Flash)
	return &web.Stream{
		ContentType: "image/svg+xml",
		Header:      map[string]string{"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
		Write:       whole(drawn),
	}, nil
}

func (e *Evidence) handlePicture(ctx context.Context, p capturePath) (*web.Stream, error) {
	c, _, err := e.review(ctx, web.CallerOf(ctx), p, "capture.picture")
	if err != nil {
		return nil, err
	}
	return &web.Stream{
		ContentType: http.DetectContentType(c.Picture),
		Header:      map[string]string{"Cache-Control": "no-store"}, Write: whole(c.Picture),
	}, nil
}

// review is a capture for a reviewer of its org, when it is written down who
// looks at what of it.
func (e *Evidence) review(ctx context.Context, caller engine.Caller, p capturePath, what string) (c engine.Capture, k kept, err error) {
	err = e.Store.View(ctx, func(v *storage.View) error {
		var err error
		k, err = e.captures.Get(v, captureAt(e.org(caller.Org), p.ID))
		switch {
		case errors.Is(err, storage.ErrNotFound):
			return ErrNoCapture
		case errors.Is(err, storage.ErrErased):
			return ErrGone
		case err != nil:
			return err
		}
		c, err = e.opened(v, k)
		return err
	})
	if err == nil {
		err = e.Views.Note(ctx, engine.Viewing{By: caller, Customer: k.Customer, What: what, Record: string(k.ID), Reason: p.Reason})
	}
	return c, k, err
}

func whole(b []byte) func(context.Context, io.Writer) error {
	return func(_ context.Context, w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}
