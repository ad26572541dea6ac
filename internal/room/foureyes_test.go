package room_test

import (
	"errors"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
)

func TestFourEyes(t *testing.T) {
	for _, tt := range []struct {
		name            string
		asked, confirms engine.HolderMark
		want            error
	}{
		{"two holders", "a", "b", nil},
		{"one holder", "a", "a", room.ErrSameHolder},
		{"nobody confirms", "a", "", room.ErrNoHolder},
		{"nobody asked", "", "b", room.ErrNoFirstHolder},
		{"nobody at all", "", "", room.ErrNoHolder},
	} {
		if got := room.FourEyes(tt.asked, tt.confirms); !errors.Is(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
