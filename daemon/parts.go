package daemon

import (
	"context"
	"errors"
	"fmt"
)

// part is one piece of the daemon with a life of its own. open returns what
// closes it again, also beside an error; nil when nothing must be closed.
type part struct {
	name string
	open func(ctx context.Context) (closer, error)
}

// closer ends a part before the context does.
type closer func(ctx context.Context) error

// opened is a part that must be closed.
type opened struct {
	name  string
	close closer
}

// openAll opens the parts in order. When one fails, those before it are
// closed, last first, and its error is returned.
func openAll(ctx context.Context, parts []part) ([]opened, error) {
	var open []opened
	for _, p := range parts {
		end, err := p.open(ctx)
		if end != nil {
			open = append(open, opened{p.name, end})
		}
		if err != nil {
			err = fmt.Errorf("open %s: %w", p.name, err)
			return nil, errors.Join(err, closeAll(context.WithoutCancel(ctx), open))
		}
	}
	return open, nil
}

// closeAll closes what was opened, last first, all of it whatever fails.
func closeAll(ctx context.Context, open []opened) error {
	var problems []error
	for i := len(open) - 1; i >= 0; i-- {
		if err := open[i].close(ctx); err != nil {
			problems = append(problems, fmt.Errorf("close %s: %w", open[i].name, err))
		}
	}
	return errors.Join(problems...)
}
