package stepup

import (
	"context"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// pictureBody is the longest body with a picture of 800 KB in base64.
const pictureBody = 1200 << 10

type stepUpBody struct {
	Customer    engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]+$" example:"cus_1"`
	RiskLevel   engine.RiskLevel  `json:"riskLevel,omitzero" doc:"How much is at stake; low when left out. none asks for no face." enum:"none,low,medium,high"`
	ActionLabel string            `json:"actionLabel,omitzero" doc:"What the customer is about to do, in words for the evidence." maxLength:"256" example:"Withdraw 50,000 to account 1234567890"`
	Trigger     string            `json:"trigger,omitzero" doc:"What kind of action it is, as a word of your own." maxLength:"64" pattern:"^[A-Za-z0-9._-]*$" example:"high_value_transfer"`
	Image       web.Base64        `json:"image,omitzero" doc:"A picture of the customer's face now: PNG, JPEG or WebP, at least 640x480, at most 800 KB. Stands where bundle may stand."`
	Bundle      jsontext.Value    `json:"bundle,omitzero" doc:"The bundle that a flash challenge's capture gave."`
	HMACKey     string            `json:"hmacKey,omitzero" doc:"Taken for the contract's sake and never believed." maxLength:"256"`
	Device      engine.DeviceID   `json:"deviceId,omitzero" doc:"Your own name for the kiosk or device; failures are counted for it too." maxLength:"128" pattern:"^[^\\x00-\\x1f\\x7f-\\x9f]*$"`
}

type stepUpAnswer struct {
	Allow        bool              `json:"allow" doc:"Whether the action may go on. Read nothing else to decide that."`
	Faces        int               `json:"facesInPicture,omitzero" doc:"How many faces the picture shows; the weightiest is judged."`
	Liveness     *livenessView     `json:"liveness,omitzero"`
	Match        *matchView        `json:"match,omitzero" doc:"Left out when the picture could not be judged."`
	Verification *verificationView `json:"verification,omitzero"`
	Reasons      []string          `json:"reasons,omitzero" doc:"Why it is not allowed, as stable codes."`
	Hints        []string          `json:"hints,omitzero" doc:"What to tell the customer before another try."`
	Audit        auditView         `json:"audit"`
}

type livenessView struct {
	Verdict       engine.LivenessVerdict `json:"verdict"`
	AssuranceTier engine.AssuranceTier   `json:"assuranceTier"`
	Score         *float64               `json:"score,omitzero" doc:"0..1; only for keys with scores:view."`
}

type matchView struct {
	Verdict    engine.MatchVerdict `json:"verdict"`
	Similarity *float64            `json:"similarity,omitzero" doc:"Comparison score 0..1; only for keys with scores:view."`
	Threshold  *float64            `json:"threshold,omitzero" doc:"Only for keys with scores:view."`
}

type verificationView struct {
	ID         engine.VerificationID     `json:"id"`
	Status     engine.VerificationStatus `json:"status"`
	Score      *int                      `json:"score,omitzero" doc:"0..100; only for keys with scores:view."`
	FreshUntil time.Time                 `json:"freshUntil,omitzero" doc:"Until when it may be reused; only when verified."`
}

type auditView struct {
	AttemptID     engine.AttemptID `json:"attemptId"`
	RiskLevel     engine.RiskLevel `json:"riskLevel"`
	Trigger       string           `json:"trigger,omitzero"`
	ActionLabel   string           `json:"actionLabel,omitzero"`
	PolicyVersion uint64           `json:"policyVersion"`
	DecidedAt     time.Time        `json:"decidedAt"`
}

func (s *StepUp) routes(r *web.Router) {
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/auth/step-up", ID: "stepUp", Tag: "Step-up",
		Summary: "Is this the customer who enrolled?",
		About:   "Asked before a sensitive action. The answer is 200 whether it allows or not; allow says which. After the second failure in a row the customer, and the device, are locked for a while, each time longer.",
		Family:  web.Identity, Scope: engine.ViewVerifications, Bucket: "stepup",
		Idempotent: true, MaxBody: pictureBody,
		Faults: append([]*fault.Fault{
			ErrNoPicture, ErrTwoPictures, ErrBundle, ErrNoEnrolment, ErrOtherModel, ErrFacesChanged, ErrLocked, storage.Full, storage.Failed,
		}, s.Refusals...),
	}, s.handleStepUp)
	s.verificationRoutes(r)
	s.lockRoutes(r)
}

func (s *StepUp) handleStepUp(ctx context.Context, _ web.None, b stepUpBody) (stepUpAnswer, error) {
	if b.RiskLevel == "" {
		b.RiskLevel = engine.RiskLow
	}
	hasBundle := len(b.Bundle) > 0 && b.Bundle.Kind() != 'n'
	switch {
	case hasBundle && len(b.Image) > 0:
		return stepUpAnswer{}, ErrTwoPictures
	case hasBundle:
		return stepUpAnswer{}, ErrBundle
	case len(b.Image) == 0 && b.RiskLevel != engine.RiskNone:
		return stepUpAnswer{}, ErrNoPicture.Field("image", "is missing")
	}
	return s.answer(ctx, question{
		Caller: web.CallerOf(ctx), Customer: b.Customer, Device: b.Device, RiskLevel: b.RiskLevel,
		ActionLabel: b.ActionLabel, Trigger: b.Trigger, Picture: b.Image,
	})
}

// answerOf is a decision as the caller reads it.
func answerOf(q question, e entry) stepUpAnswer {
	scores := q.Caller.May(engine.ViewScores)
	a := stepUpAnswer{
		Allow: e.row.Allow, Faces: e.row.Faces, Reasons: e.row.Reasons,
		Audit: auditView{
			AttemptID: e.row.ID, RiskLevel: e.row.RiskLevel, Trigger: e.row.Trigger,
			ActionLabel: e.row.ActionLabel, PolicyVersion: e.row.PolicyVersion, DecidedAt: e.row.Created,
		},
	}
	if l := e.row.Liveness; l != nil {
		a.Liveness = &livenessView{Verdict: l.Verdict, AssuranceTier: l.Assurance, Score: entitled(scores, l.Score)}
	}
	if m := e.row.Match; m != nil {
		a.Match = &matchView{
			Verdict: m.Verdict, Similarity: entitled(scores, m.Similarity), Threshold: entitled(scores, m.Threshold),
		}
	}
	if e.verification != nil {
		v := viewOf(*e.verification, scores)
		a.Verification = &v
	}
	a.Hints = hints(e.row)
	return a
}

// hints is what a customer is told who may try again.
func hints(row engine.Attempt) []string {
	var list []string
	for _, issue := range row.Issues {
		list = append(list, issue.Sentence())
	}
	switch {
	case len(list) > 0 || row.Liveness == nil:
	case row.Liveness.Verdict == engine.Spoof:
		list = []string{"Please try again in better light, with only your face in the picture."}
	case row.Liveness.Verdict == engine.Unclear:
		list = []string{"We could not process the picture. Please try again."}
	case row.Match != nil && row.Match.Verdict == engine.GreyZone:
		list = []string{"A person will look at this. Please wait or ask the staff."}
	}
	return list
}

// entitled is a number for those who may see it, and nothing for others.
func entitled[T any](may bool, n T) *T {
	if !may {
		return nil
	}
	return &n
}
