package daemon

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// recorder makes parts that write down when they open and close.
func recorder(lived *[]string, names ...string) []part {
	var parts []part
	for _, name := range names {
		parts = append(parts, part{name, func(context.Context) (closer, error) {
			*lived = append(*lived, "+"+name)
			return func(context.Context) error {
				*lived = append(*lived, "-"+name)
				return nil
			}, nil
		}})
	}
	return parts
}

func TestPartsCloseInReverse(t *testing.T) {
	var lived []string
	open, err := openAll(t.Context(), recorder(&lived, "a", "b", "c"))
	if err != nil {
		t.Fatal(err)
	}
	if err := closeAll(t.Context(), open); err != nil {
		t.Fatal(err)
	}
	if want := []string{"+a", "+b", "+c", "-c", "-b", "-a"}; !slices.Equal(lived, want) {
		t.Errorf("got %v, want %v", lived, want)
	}
}

func TestOpeningThatStopsHalfWayCloses(t *testing.T) {
	var lived []string
	broken := errors.New("broken")
	parts := append(recorder(&lived, "a", "b"), part{"bad", func(context.Context) (closer, error) { return nil, broken }})
	parts = append(parts, recorder(&lived, "never")...)
	if _, err := openAll(t.Context(), parts); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the part that broke", err)
	}
	if want := []string{"+a", "+b", "-b", "-a"}; !slices.Equal(lived, want) {
		t.Errorf("got %v, want %v", lived, want)
	}
}

func TestEveryPartIsClosedWhateverFails(t *testing.T) {
	var lived []string
	open, err := openAll(t.Context(), recorder(&lived, "a"))
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	open = append(open, opened{"bad", func(context.Context) error { return broken }})
	if err := closeAll(t.Context(), open); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the part that would not close", err)
	}
	if want := []string{"+a", "-a"}; !slices.Equal(lived, want) {
		t.Errorf("got %v, want %v", lived, want)
	}
}
