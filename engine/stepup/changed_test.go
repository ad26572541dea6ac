package stepup_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// A decision is about the faces that are enrolled when it is kept, not about
// those that were there when the picture began to be looked at.
func TestFacesChangedDuringTheLook(t *testing.T) {
	const faces = "/api/identity/customers/cus_1/faces"
	tests := []struct {
		name   string
		change func(*testing.T, enginetest.Caller)
		code   string
		status int
	}{
		{"erased", func(t *testing.T, c enginetest.Caller) {
			c.Do(t, http.MethodDelete, faces, nil).Want(t, http.StatusOK, "")
		}, "stepup/no-enrolment", http.StatusUnprocessableEntity},
		{"another one added", func(t *testing.T, c enginetest.Caller) {
			c.Enrol(t, "cus_1", enginetest.LikeAna())
		}, "stepup/faces-changed", http.StatusConflict},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := enginetest.Open(t)
			c := r.Caller(t, "bank")
			c.Enrol(t, "cus_1", enginetest.Ana())
			r.Eyes.Before(func(context.Context) error {
				r.Eyes.Before(nil)
				tt.change(t, c)
				return nil
			})
			c.StepUp(t, "cus_1", engine.RiskLow, enginetest.Ana()).Want(t, tt.status, tt.code)
			if got := c.Get(t, "/api/identity/attempts").Number("total"); got != 0 {
				t.Errorf("got %v attempts, want none", got)
			}
		})
	}
}
