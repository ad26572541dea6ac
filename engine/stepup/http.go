package stepup

import (
	"context"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// bundleBody is the longest body with a compatible bundle, which brings frames.
const bundleBody = 8 << 20

type stepUpBody struct {
	Customer    engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]+$" example:"cus_1"`
	RiskLevel   engine.RiskLevel  `json:"riskLevel,omitzero" doc:"How much is at stake; low when left out. none asks for no face." enum:"none,low,medium,high"`
	ActionLabel string            `json:"actionLabel,omitzero" doc:"What the customer is about to do, in words for the evidence." maxLength:"256" example:"Withdraw 50,000 to account 1234567890"`
	Trigger     string            `json:"trigger,omitzero" doc:"What kind of action it is, as a word of your own." maxLength:"64" pattern:"^[A-Za-z0-9._-]*$" example:"high_value_transfer"`
	Image       web.Base64        `json:"image,omitzero" doc:"A picture of the customer's face now: PNG, JPEG or WebP, at least 640x480, at most 800 KB. It stands where bundle may stand, and is worth the lowest assurance."`
	Bundle      jsontext.Value    `json:"bundle,omitzero" doc:"The bundle that a flash challenge's capture gave, a string; or a compatible bundle, an object."`
	HMACKey     string            `json:"hmacKey,omitzero" doc:"Taken for the contract's sake and never believed." maxLength:"256"`
	Device      engine.DeviceID   `json:"deviceId,omitzero" doc:"Your own name for the kiosk or device; failures are counted for it too. The capture's own when left out." maxLength:"128" pattern:"^[^\\x00-\\x1f\\x7f-\\x9f]*$"`
}

type matchBody struct {
	Customer  engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]+$" example:"cus_1"`
	Image     web.Base64        `json:"image,omitzero" doc:"A picture of a face now: PNG, JPEG or WebP, at least 640x480, at most 800 KB. It stands where bundle may stand."`
	Bundle    jsontext.Value    `json:"bundle,omitzero" doc:"The bundle that a flash challenge's capture gave, a string; or a compatible bundle, an object."`
	HMACKey   string            `json:"hmacKey,omitzero" doc:"Taken for the contract's sake and never believed." maxLength:"256"`
	Reference web.Base64        `json:"referenceImage,omitzero" doc:"A picture to compare with instead of the customer's enrolled faces."`
}

type livenessBody struct {
	Customer engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]+$" example:"cus_1"`
	Bundle   jsontext.Value    `json:"bundle,omitzero" doc:"The bundle that a flash challenge's capture gave, a string; or a compatible bundle, an object."`
	HMACKey  string            `json:"hmacKey,omitzero" doc:"Taken for the contract's sake and never believed." maxLength:"256"`
}

func (s *StepUp) routes(r *web.Router) {
	faults := func(own ...*fault.Fault) []*fault.Fault {
		return append(append(own, ErrLocked, storage.Full, storage.Failed), s.Refusals...)
	}
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/auth/step-up", ID: "stepUp", Tag: "Step-up",
		Summary: "Is this the customer who enrolled?",
		About:   "Asked before a sensitive action. The answer is 200 whether it allows or not; allow says which. After the second failure in a row the customer, and the device, are locked for a while, each time longer. A bundle is used up by it.",
		Family:  web.Identity, Scope: engine.ViewVerifications, Bucket: "stepup",
		Idempotent: true, MaxBody: bundleBody,
		Faults: faults(ErrNoPicture, ErrTwoPictures, ErrNoEnrolment, ErrOtherModel, ErrFacesChanged),
	}, s.handleStepUp)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/face/match", ID: "matchFace", Tag: "Faces",
		Summary: "Does a face match the customer's?",
		About:   "A finding and no permission: its verification is never fresh. It is held to the bar of the high tier, and failures count as those of a step-up do. With referenceImage nothing enrolled is compared, and nothing counts.",
		Family:  web.Identity, Scope: engine.ViewVerifications, Bucket: "stepup",
		Idempotent: true, MaxBody: bundleBody,
		Faults: faults(ErrNoPicture, ErrTwoPictures, ErrNoEnrolment, ErrOtherModel, ErrFacesChanged, ErrPoorReference),
	}, s.handleMatch)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/face/liveness", ID: "checkLiveness", Tag: "Faces",
		Summary: "Is a living person behind a bundle?",
		About:   "Who it is, is not asked, so its verification is never fresh. What each signal found is only for keys with scores:view. The bundle is used up by it.",
		Family:  web.Identity, Scope: engine.ViewVerifications, Bucket: "stepup",
		Idempotent: true, MaxBody: bundleBody,
		Faults: faults(ErrNoBundle),
	}, s.handleLiveness)
	s.verificationRoutes(r)
	s.lockRoutes(r)
}

func (s *StepUp) handleStepUp(ctx context.Context, _ web.None, b stepUpBody) (stepUpAnswer, error) {
	if b.RiskLevel == "" {
		b.RiskLevel = engine.RiskLow
	}
	by := evidence{b.Image, b.Bundle}
	if err := by.sound(); err != nil && (b.RiskLevel != engine.RiskNone || len(b.Image) > 0) {
		return stepUpAnswer{}, err
	}
	return s.answer(ctx, question{
		evidence: by, Caller: web.CallerOf(ctx), Customer: b.Customer, Device: b.Device, RiskLevel: b.RiskLevel,
		ActionLabel: b.ActionLabel, Trigger: b.Trigger, Method: engine.FaceMatch, Kind: "stepup.decided",
	})
}

func (s *StepUp) handleMatch(ctx context.Context, _ web.None, b matchBody) (matchAnswer, error) {
	by := evidence{b.Image, b.Bundle}
	if err := by.sound(); err != nil {
		return matchAnswer{}, err
	}
	return s.match(ctx, question{
		evidence: by, Caller: web.CallerOf(ctx), Customer: b.Customer, Method: engine.FaceMatch, Kind: "face.matched",
	}, b.Reference)
}

func (s *StepUp) handleLiveness(ctx context.Context, _ web.None, b livenessBody) (livenessAnswer, error) {
	by := evidence{Bundle: b.Bundle}
	if !by.bundled() {
		return livenessAnswer{}, ErrNoBundle.Field("bundle", "is missing")
	}
	return s.alive(ctx, question{
		evidence: by, Caller: web.CallerOf(ctx), Customer: b.Customer, Method: engine.FaceLiveness, Kind: "face.liveness-checked",
	})
}
