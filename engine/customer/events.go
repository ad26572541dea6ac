package customer

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// updated is what others are told of a change of level. Of a customer who was
// erased nobody is told.
func updated(v *storage.View, l storage.Leaf) ([]engine.Event, error) {
	var said struct {
		From    engine.KYCLevel `json:"from"`
		To      engine.KYCLevel `json:"to"`
		Expires time.Time       `json:"expires"`
	}
	if err := json.Unmarshal(l.Public, &said); err != nil {
		return nil, fmt.Errorf("read a change of level's journal entry: %w", err)
	}
	private, err := v.Disclose(l.Index)
	if err != nil {
		return nil, fmt.Errorf("read whose level changed: %w", err)
	}
	return []engine.Event{{Name: engine.KYCUpdated, Data: engine.KYCUpdatedData{
		Customer: engine.CustomerID(private["customer"].Value), From: said.From, Level: said.To, Expires: said.Expires,
	}}}, nil
}
