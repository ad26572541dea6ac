package serpro

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/rostod/rostod/engine"
)

// find asks the register about one person. Whatever comes of it is a finding:
// an error means only that the caller of the process has gone.
func (s *Serpro) find(ctx context.Context, c engine.Case) (engine.Finding, error) {
	began := time.Now()
	a := s.judge(ctx, c)
	if ctx.Err() != nil {
		return engine.Finding{}, fmt.Errorf("ask the register: %w", context.Cause(ctx))
	}
	s.Count(a.result())
	if a.Similarity == unanswered {
		// The reason is a word of ours, or Serpro's number for it.
		s.Log.LogAttrs(ctx, slog.LevelWarn, "the register gave no similarity", slog.String("process", string(c.Process)),
			slog.String("code", a.Reason), slog.Duration("took", time.Since(began)))
	}
	f := engine.Finding{Outcome: engine.Outcome{Government: &engine.Government{Serpro: a.Similarity}}}
	if a.Reason != "" {
		f.Reasons = []string{a.Reason}
	}
	return f, nil
}

// judge is the register's answer within the budget.
func (s *Serpro) judge(ctx context.Context, c engine.Case) answer {
	ctx, cancel := context.WithTimeout(ctx, s.budget(ctx))
	defer cancel()
	body, why := s.request(ctx, c)
	if why != "" {
		return unable(why)
	}
	if ctx.Err() != nil {
		return unable(reasonLate) // before the register had a chance
	}
	a, err := s.guarded(ctx, body)
	switch {
	case err == nil:
		return a
	case errors.Is(err, context.DeadlineExceeded):
		return unable(reasonLate)
	}
	return unable(reasonOf(err))
}

// spare is what is left of a request's time for what comes after the register.
const spare = time.Second

// budget is how long the register may take: as long as is configured, and
// never so long that the request around it ends first.
func (s *Serpro) budget(ctx context.Context) time.Duration {
	end, ends := ctx.Deadline()
	if !ends {
		return s.Budget
	}
	return max(min(s.Budget, time.Until(end)-spare), 0)
}
