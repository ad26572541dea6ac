package gallery

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/ann"
)

// bundleBody is the longest body with a compatible bundle, which brings frames.
const bundleBody = 8 << 20

// clockSkew is how far a caller's clock may be ahead of ours.
const clockSkew = 5 * time.Minute

type enrolBody struct {
	Customer engine.CustomerID `json:"customerId" doc:"Your own name for the customer." minLength:"1" maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]+$" example:"cus_1"`
	Image    web.Base64        `json:"image,omitzero" doc:"A picture of the face: PNG, JPEG or WebP, at least 640x480, at most 800 KB. Needed where there is no bundle."`
	Bundle   jsontext.Value    `json:"bundle,omitzero" doc:"The bundle that a flash challenge's capture gave, a string; or a compatible bundle, an object. It stands where image may stand, must be live, and is used up by it."`
	Source   engine.Source     `json:"source,omitzero" doc:"Where the picture comes from; onboarding_selfie when left out." enum:"dukcapil,ktp_extract,onboarding_selfie,step_up_promotion,base_import"`
	Captured time.Time         `json:"capturedAt,omitzero" doc:"When the picture was taken, RFC 3339; now when left out. Of a bundle it is known."`
	Replace  bool              `json:"replace,omitzero" doc:"Remove the customer's other faces in the same step."`
}

type enrolmentView struct {
	ID         engine.EnrolmentID `json:"id"`
	Source     engine.Source      `json:"source"`
	CapturedAt time.Time          `json:"capturedAt"`
	CreatedAt  time.Time          `json:"createdAt"`
	Model      string             `json:"model" doc:"SHA-256 of the model that made the template, hexadecimal."`
	Segment    engine.SegmentID   `json:"segment,omitzero"`
}

type enrolmentAnswer struct {
	Enrolment enrolmentView `json:"enrolment"`
	Faces     int           `json:"faces" doc:"How many faces the customer has enrolled now."`
	Seen      int           `json:"facesInPicture" doc:"How many faces the picture shows; the weightiest is enrolled."`
}

type facesAnswer struct {
	Data []enrolmentView `json:"data"`
}

type erasedAnswer struct {
	Erased   int       `json:"erased" doc:"How many enrolments were erased."`
	Captures int       `json:"captures,omitzero" doc:"How many captures were erased with them."`
	ErasedAt time.Time `json:"erasedAt"`
	Journal  uint64    `json:"journal" doc:"The journal entry that says so."`
}

type removedAnswer struct {
	Removed engine.EnrolmentID `json:"removed"`
}

type customerPath struct {
	Customer engine.CustomerID `path:"customerId" doc:"Your own name for the customer." maxLength:"256"`
}

type facePath struct {
	Customer engine.CustomerID  `path:"customerId" doc:"Your own name for the customer." maxLength:"256"`
	Face     engine.EnrolmentID `path:"enrolmentId" doc:"The enrolment, fe_…" maxLength:"64"`
}

func (g *Gallery) routes(r *web.Router) {
	const faces = "/api/identity/customers/{customerId}/faces"
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/face/enroll", ID: "enrollFace", Tag: "Faces",
		Summary: "Enrol a customer's face",
		About:   "The picture, or the capture behind the bundle, must show one living person well. A further face of a customer must be the same person as the first; replace: true starts again.",
		Family:  web.Identity, Scope: engine.WriteCustomers, Bucket: "enrol", Success: http.StatusCreated,
		Idempotent: true, MaxBody: bundleBody,
		Faults: append([]*fault.Fault{ErrTwoPictures, ErrPoorPicture, ErrNotLive, ErrOtherFace, ErrFull, storage.Full, storage.Failed}, g.Refusals...),
	}, g.handleEnrol)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: faces, ID: "listFaces", Tag: "Faces",
		Summary: "List a customer's enrolled faces", Family: web.Identity, Scope: engine.ViewCustomers,
	}, g.handleList)
	web.Handle(r, web.Operation{
		Method: http.MethodDelete, Path: faces + "/{enrolmentId}", ID: "removeFace", Tag: "Faces",
		Summary: "Remove one enrolled face", Family: web.Identity, Scope: engine.WriteCustomers,
		Faults: []*fault.Fault{ErrNoSuchFace, storage.Full, storage.Failed},
	}, g.handleRemove)
	web.Handle(r, web.Operation{
		Method: http.MethodDelete, Path: faces, ID: "eraseFaces", Tag: "Faces",
		Summary: "Erase all of a customer's faces and captures",
		About:   "The key that seals them is forgotten, so that copies on disk cannot be read either. Attempts are kept: they are evidence.",
		Family:  web.Identity, Scope: engine.WriteCustomers,
		Faults: []*fault.Fault{ErrNoFaces, storage.Full, storage.Failed},
	}, g.handleErase)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/index", ID: "getIndex", Tag: "Index",
		Summary: "How the index of faces is", Scope: engine.ViewStatus, Faults: []*fault.Fault{ann.Damaged},
	}, func(ctx context.Context, _ web.None, _ web.None) (indexAnswer, error) { return g.index.state(ctx) })
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/index/reissue", ID: "reissueIndex", Tag: "Index",
		Summary: "Turn the templates in the index by new secrets",
		About:   "Every segment's file is made anew. Templates in files that were copied before resemble those of now as a stranger's do. Searches go on meanwhile.",
		Scope:   engine.WriteSettings, Faults: []*fault.Fault{ann.Damaged, storage.Full, storage.Failed},
	}, func(ctx context.Context, _ web.None, _ web.None) (indexAnswer, error) { return g.index.reissue(ctx) })
}

func (g *Gallery) handleEnrol(ctx context.Context, _ web.None, b enrolBody) (enrolmentAnswer, error) {
	if b.Source == "" {
		b.Source = engine.FromOnboarder
	}
	now := g.Now()
	if b.Captured.After(now.Add(clockSkew)) {
		return enrolmentAnswer{}, web.ErrInvalid.Field("capturedAt", "must not be in the future")
	}
	if b.Captured.After(now) {
		b.Captured = now
	}
	bundled := len(b.Bundle) > 0 && b.Bundle.Kind() != 'n'
	switch {
	case bundled && len(b.Image) > 0:
		return enrolmentAnswer{}, ErrTwoPictures
	case !bundled && len(b.Image) == 0:
		return enrolmentAnswer{}, web.ErrInvalid.Field("image", "It is required.")
	case !bundled:
		b.Bundle = nil
	}
	return g.enrol(ctx, wish{
		Caller: web.CallerOf(ctx), Customer: b.Customer, Picture: b.Image, Bundle: b.Bundle,
		Source: b.Source, Captured: b.Captured, Replace: b.Replace,
	})
}

func (g *Gallery) handleList(ctx context.Context, p customerPath, _ web.None) (facesAnswer, error) {
	answer := facesAnswer{Data: []enrolmentView{}}
	err := g.Store.View(ctx, func(v *storage.View) error {
		faces, err := g.faces(v, g.subject(web.CallerOf(ctx).Org, p.Customer))
		for _, e := range faces {
			answer.Data = append(answer.Data, e.view())
		}
		return err
	})
	return answer, err
}

func (g *Gallery) handleRemove(ctx context.Context, p facePath, _ web.None) (removedAnswer, error) {
	return removedAnswer{Removed: p.Face}, g.remove(ctx, web.CallerOf(ctx), p.Customer, p.Face)
}

func (g *Gallery) handleErase(ctx context.Context, p customerPath, _ web.None) (erasedAnswer, error) {
	return g.erase(ctx, web.CallerOf(ctx), p.Customer)
}

func (e enrolment) view() enrolmentView {
	return enrolmentView{
		ID: e.ID, Source: e.Source, CapturedAt: e.Captured, CreatedAt: e.Created,
		Model: hex.EncodeToString(e.Model), Segment: e.Segment,
	}
}
