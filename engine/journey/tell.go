package journey

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// told is a journey as subject access has it: all but tokens.
type told struct {
	ID             engine.ProcessID   `json:"id"`
	Flow           string             `json:"flow"`
	Purpose        string             `json:"purpose"`
	Person         person             `json:"person,omitzero"`
	Client         engine.CustomerID  `json:"clientReference,omitzero"`
	Branch         string             `json:"branch,omitzero"`
	UseCase        string             `json:"useCase,omitzero"`
	Device         engine.DeviceID    `json:"deviceId,omitzero"`
	Locale         string             `json:"locale,omitzero"`
	Against        []engine.ProcessID `json:"against,omitempty"`
	Picture        []byte             `json:"referencePicture,omitempty"`
	State          state              `json:"state"`
	Result         result             `json:"result"`
	Event          event              `json:"lastEvent"`
	CreatedAt      time.Time          `json:"createdAt"`
	ExpiresAt      time.Time          `json:"expiresAt"`
	ConsentedAt    time.Time          `json:"consentedAt,omitzero"`
	FinishedAt     time.Time          `json:"finishedAt,omitzero"`
	Authentication engine.ProcessID   `json:"authenticationId,omitzero"`
	Outcome        engine.Outcome     `json:"outcome,omitzero"`
	Findings       engine.Findings    `json:"findings,omitempty"`
	Capture        engine.CaptureID   `json:"captureId,omitzero"`
	PictureDigest  string             `json:"pictureSha256,omitzero"`
}

// tell passes a person's journeys.
func (j *Journeys) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for id, err := range j.idsOf(r, j.Subject(org, customer)) {
			if err != nil {
				yield(nil, err)
				return
			}
			one, err := j.toldAt(r, id)
			if errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased) {
				continue
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

func (j *Journeys) toldAt(r storage.Reader, id engine.ProcessID) (told, error) {
	k, err := j.table.Get(r, at(id))
	if err != nil {
		return told{}, fmt.Errorf("read journey: %w", err)
	}
	picture, err := j.picture(r, k)
	if err != nil {
		return told{}, err
	}
	return told{
		ID: k.ID, Flow: k.Flow, Purpose: k.Purpose, Person: k.Person, Client: k.Client, Branch: k.Branch, UseCase: k.UseCase,
		Device: k.Device, Locale: k.Locale, Against: k.Against, Picture: picture, State: k.State, Result: k.Result, Event: k.Event,
		CreatedAt: k.Created, ExpiresAt: k.Expires, ConsentedAt: k.Consented, FinishedAt: k.Finished,
		Authentication: k.Authentication, Outcome: k.Outcome, Findings: k.Findings, Capture: k.Capture, PictureDigest: k.PictureDigest,
	}, nil
}
