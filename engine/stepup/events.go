package stepup

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// created is what others are told of a decision: the verification that it
// made, if it made one.
func (s *StepUp) created(r *storage.View, l storage.Leaf) ([]engine.Event, error) {
	var said struct {
		Verification engine.VerificationID `json:"verification"`
	}
	if err := json.Unmarshal(l.Public, &said); err != nil {
		return nil, fmt.Errorf("read a decision's journal entry: %w", err)
	}
	if said.Verification == "" {
		return nil, nil
	}
	one, err := s.verifications.Get(r, s.verificationAt(engine.OrgID(l.Org), said.Verification))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil // it is not kept any more
	}
	if err != nil {
		return nil, fmt.Errorf("read a verification: %w", err)
	}
	return []engine.Event{{Name: engine.VerificationCreated, Data: engine.VerificationData{
		Verification: one.ID, Customer: one.Customer, Method: one.Method, Status: one.Status, Score: one.Score,
	}}}, nil
}
