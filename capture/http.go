package capture

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
)

const (
	tag = "Capture"
	sdp = "application/sdp"
)

// createBody asks for a challenge.
type createBody struct {
	CustomerID engine.CustomerID `json:"customerId" minLength:"1" maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]+$" doc:"The operator's own name for the customer."`
	DeviceID   engine.DeviceID   `json:"deviceId,omitzero" maxLength:"128" pattern:"^[^\\x00-\\x1f\\x7f-\\x9f]*$" doc:"The kiosk, as the operator names it: its light is calibrated under this name."`
	Steps      *int              `json:"steps,omitzero" minimum:"3" maximum:"10" doc:"Only of profile compat; a flash challenge has ten."`
	TTLMS      *int64            `json:"ttlMs,omitzero" minimum:"15000" maximum:"300000" doc:"How long the challenge may be begun; 90000 when left out."`
	Purpose    string            `json:"purpose,omitzero" enum:"face" doc:"face."`
	Profile    engine.Profile    `json:"profile,omitzero" enum:"flash,compat" doc:"flash reveals no colour in advance. compat tells colours, times and an HMAC secret, for clients of other makers; its captures are worth the lowest assurance."`
	Locale     string            `json:"locale,omitzero" maxLength:"16" pattern:"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$" doc:"Language of the hosted page: pt-BR, id, en."`
	ReturnURL  string            `json:"returnUrl,omitzero" maxLength:"2048" doc:"Where the hosted page goes when it is done; of one of the origins that the configuration allows. The outcome and the bundle come in its fragment."`
	OtherWay   *bool             `json:"allowOtherWay,omitzero" doc:"false: the hosted page offers no other way, and the customer can only cancel."`
	NoFlash    bool              `json:"noflash,omitzero" doc:"The customer must not see the colours: the hosted page offers the other way alone."`
	Soft       bool              `json:"soft,omitzero" doc:"Colours change within 80 ms instead of at once; the measurement counts with it."`
}

// challengeView is a challenge as its caller sees it.
type challengeView struct {
	ID           engine.ChallengeID `json:"id" example:"fc_06H095TSQ162AFBE0D2QD7BKYC"`
	Purpose      string             `json:"purpose"`
	Nonce        string             `json:"nonce,omitzero"`
	Profile      engine.Profile     `json:"profile,omitzero"`
	State        string             `json:"state,omitzero" enum:"created,capturing,finished,expired,aborted"`
	ExpiresAt    instant            `json:"expiresAt"`
	CaptureURL   string             `json:"captureUrl,omitzero"`
	WhipURL      string             `json:"whipUrl,omitzero"`
	CaptureToken string             `json:"captureToken,omitzero"`
	Colours      []string           `json:"colors,omitzero" doc:"Of profile compat."`
	HoldMS       []int              `json:"holdMs,omitzero" doc:"Of profile compat: how long each colour stands."`
	Challenges   []string           `json:"challenges,omitzero" doc:"Of profile compat: none are asked for."`
	HMACSecret   string             `json:"hmacSecret,omitzero" doc:"Of profile compat: signs its bundle."`
	Liveness     *livenessView      `json:"liveness,omitzero" doc:"Once there is a capture."`
	Capture      *captureView       `json:"capture,omitzero"`
}

type livenessView struct {
	Verdict       engine.LivenessVerdict `json:"verdict"`
	AssuranceTier engine.AssuranceTier   `json:"assuranceTier"`
	Score         *float64               `json:"score,omitzero" doc:"Only for keys with scores:view."`
	Reasons       []string               `json:"reasons,omitzero" doc:"Only for keys with scores:view."`
	EvidenceURL   string                 `json:"evidenceUrl"`
}

type captureView struct {
	ID     engine.CaptureID `json:"id"`
	Frames int              `json:"frames"`
	FPS    float64          `json:"fps"`
	LagMS  float64          `json:"lagMs"`
}

// instant is a moment in JSON with milliseconds.
type instant = string

func at(t time.Time) instant { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// envelope is what stands around a challenge.
type envelope struct {
	FlashChallenge challengeView `json:"flashChallenge"`
}

// byID are the parameters of one challenge.
type byID struct {
	ID engine.ChallengeID `path:"id" doc:"The challenge."`
}

// bySession are the parameters of one WHIP session.
type bySession struct {
	ID      engine.ChallengeID `path:"id" doc:"The challenge."`
	Session string             `path:"session" doc:"The session, from Location."`
}

func (s *Studio) routes(r *web.Router) {
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/face/flash-challenge", ID: "createFlashChallenge", Tag: tag, Family: web.Identity,
		Summary: "Create a flash challenge for a customer.", Scope: engine.ViewVerifications, Success: http.StatusCreated, Repeatable: true,
		About:  "The token goes to the client that films, in the fragment of captureUrl or by itself. It opens this one capture and nothing else.",
		Faults: append([]*fault.Fault{ErrSteps, ErrReturn}, s.Faults...),
	}, s.handleCreate)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/identity/face/flash-challenge/{id}", ID: "getFlashChallenge", Tag: tag, Family: web.Identity,
		Summary: "Where a challenge stands, and what was found of its capture.", Scope: engine.ViewVerifications,
		Faults: s.Faults,
	}, s.handleGet)
	web.HandleRaw(r, web.Operation{
		Method: http.MethodPost, Path: "/whip/{id}", ID: "publish", Tag: tag, Public: true, CrossOrigin: true, Repeatable: true,
		Summary: "Publish a camera to a challenge by WHIP (RFC 9725).", Success: http.StatusCreated, Consumes: sdp, Produces: []string{sdp},
		About:  "Authorization: Bearer is the capture token. The answer's Location ends the session with DELETE. Candidates are in the answer; there is no trickle and no restart.",
		Faults: slices.Concat([]*fault.Fault{ErrBusy, ErrClosing}, peer.Faults(), s.Faults),
	}, s.handlePublish)
	web.HandleStream(r, web.Operation{
		Method: http.MethodDelete, Path: "/whip/{id}/{session}", ID: "unpublish", Tag: tag, Public: true, CrossOrigin: true,
		Summary: "End a WHIP session.", Faults: append([]*fault.Fault{ErrNoSession}, s.Faults...),
	}, s.handleUnpublish)
	s.pages(r)
}

// lifetime is how long a challenge may be begun when nobody says.
const lifetime = 90 * time.Second

func (s *Studio) handleCreate(ctx context.Context, _ web.None, b createBody) (envelope, error) {
	caller := web.CallerOf(ctx)
	c := Challenge{
		Org: caller.Org, Customer: b.CustomerID, Device: b.DeviceID, Profile: b.Profile, Purpose: "face",
		State: "created", Created: s.Now().UTC().Truncate(time.Millisecond),
		Page: Page{
			Locale: b.Locale, ReturnURL: b.ReturnURL, NoOtherWay: b.OtherWay != nil && !*b.OtherWay, NoFlash: b.NoFlash, Soft: b.Soft,
		},
	}
	if c.Profile == "" {
		c.Profile = engine.ProfileFlash
	}
	if err := s.returns(b.ReturnURL); err != nil {
		return envelope{}, err
	}
	ttl := lifetime
	if b.TTLMS != nil {
		ttl = time.Duration(*b.TTLMS) * time.Millisecond
	}
	c.Expires = c.Created.Add(ttl)
	token, err := s.numbered(&c)
	if err != nil {
		return envelope{}, err
	}
	if err := s.profiled(&c, b.Steps); err != nil {
		return envelope{}, err
	}
	if c, err = s.Keeper.Create(ctx, caller.Key, c); err != nil {
		return envelope{}, fmt.Errorf("keep a challenge: %w", err)
	}
	v := s.viewOf(c)
	v.CaptureToken = token
	v.Nonce, v.Colours, v.HoldMS, v.HMACSecret = c.Nonce, c.Colours, c.HoldMS, c.Secret
	v.State = ""
	if c.Profile == engine.ProfileFlash {
		v.CaptureURL, v.WhipURL = s.captureURL(c.ID, token), s.Base()+"/whip/"+string(c.ID)
	} else {
		v.CaptureToken, v.Challenges = "", []string{}
	}
	return envelope{v}, nil
}

// numbered gives a challenge its id, nonce and token.
func (s *Studio) numbered(c *Challenge) (token string, err error) {
	if c.ID, err = engine.NewID[engine.ChallengeID]("fc", c.Created, s.Random); err != nil {
		return "", err
	}
	var b [48]byte
	if _, err := io.ReadFull(s.Random, b[:]); err != nil {
		return "", fmt.Errorf("make a capture token: %w", err)
	}
	c.Nonce = base64.RawURLEncoding.EncodeToString(b[:16])
	token = "ct_" + base64.RawURLEncoding.EncodeToString(b[16:])
	c.Token = sha256.Sum256([]byte(token))
	return token, nil
}

func (s *Studio) viewOf(c Challenge) challengeView {
	return challengeView{ID: c.ID, Purpose: c.Purpose, Profile: c.Profile, State: c.State, ExpiresAt: at(c.Expires)}
}

func (s *Studio) handleGet(ctx context.Context, p byID, _ web.None) (envelope, error) {
	caller := web.CallerOf(ctx)
	c, err := s.Keeper.Challenge(ctx, caller.Org, p.ID)
	if err != nil {
		return envelope{}, err
	}
	v := s.viewOf(c)
	if c.Capture == "" {
		return envelope{v}, nil
	}
	j, err := s.Keeper.Judge(ctx, c.Org, c.Capture)
	if err != nil {
		return envelope{}, err
	}
	f := j.Capture.Flash
	v.Capture = &captureView{ID: c.Capture, Frames: f.Frames, FPS: f.FPS, LagMS: f.Lag}
	v.Liveness = &livenessView{
		Verdict: j.Finding.Verdict, AssuranceTier: j.Finding.Assurance,
		EvidenceURL: "/api/identity/captures/" + string(c.Capture) + "/evidence",
	}
	if caller.May(engine.ViewScores) {
		v.Liveness.Score, v.Liveness.Reasons = &j.Finding.Score, j.Finding.Reasons
	}
	return envelope{v}, nil
}

func (s *Studio) handlePublish(ctx context.Context, p byID, offer []byte) (*web.Stream, error) {
	token, err := web.TokenOf(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.Keeper.Peek(ctx, p.ID, token)
	if err != nil {
		return nil, err
	}
	x, answer, err := s.open(ctx, c, token, string(offer))
	if err != nil {
		return nil, err
	}
	return &web.Stream{
		ContentType: sdp,
		Header:      map[string]string{"Location": "/whip/" + string(c.ID) + "/" + string(x.id), "ETag": `"` + string(x.id) + `"`},
		Write:       func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, answer); return err },
	}, nil
}

func (s *Studio) handleUnpublish(ctx context.Context, p bySession) (*web.Stream, error) {
	token, err := web.TokenOf(ctx)
	if err != nil {
		return nil, err
	}
	// That the challenge was begun is no news here; another token is.
	if c, err := s.Keeper.Peek(ctx, p.ID, token); err != nil && c.ID == "" {
		return nil, err
	}
	x, ok := s.session(p.Session)
	if !ok || x.challenge.ID != p.ID {
		return nil, ErrNoSession
	}
	x.link.Close(errDeleted)
	return &web.Stream{ContentType: "text/plain", Write: func(context.Context, io.Writer) error { return nil }}, nil
}

// ErrReturn says that a page may not go where it was told to.
var ErrReturn = &fault.Fault{
	Kind: fault.Unprocessable, Code: "capture/return-url",
	Title: "The page may not return to this address.",
	Hint:  "Use https and an origin of the configuration's capture.origins.",
}

// returns checks a return address against the origins.
func (s *Studio) returns(address string) error {
	if address == "" {
		return nil
	}
	for _, o := range s.Origins {
		if address == o || strings.HasPrefix(address, o+"/") || strings.HasPrefix(address, o+"?") {
			return nil
		}
	}
	return ErrReturn.Field("returnUrl", ErrReturn.Title)
}
