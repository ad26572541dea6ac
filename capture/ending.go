package capture

import (
	"context"
	"errors"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// parting is how long a client may stay when all is said: its place is wanted.
const parting = 5 * time.Second

// part ends a connection that the client does not end.
func (s *session) part(now time.Time) {
	if s.parted.IsZero() {
		s.parted = now
	}
	if now.Sub(s.parted) >= parting {
		s.link.Close(nil)
	}
}

// retry ends a capture that came to nothing, and says what to change.
func (s *session) retry(hint string) {
	if s.challenge.Attempt >= attempts {
		s.finish("other_way", hint, "aborted")
		return
	}
	s.finish("retry", hint, "aborted")
}

// attempts is how often a customer may try before another way is offered.
const attempts = 3

// finish says how it went. The client ends the connection, or part does.
func (s *session) finish(outcome, hint, state string) {
	s.stage, s.outcome = concluded, outcome
	if err := s.studio.Keeper.End(s.ctx, s.challenge.ID, state, hint); err != nil {
		s.log(err)
	}
	s.say(doneMessage{Type: "done", Outcome: outcome, Hint: hint})
}

// fail ends a session whose client does what it may not, or nothing.
func (s *session) fail(cause error) {
	if s.stage == concluded {
		return
	}
	s.stage, s.outcome = concluded, "failed"
	f := fault.Of(cause)
	if f == nil {
		f = errOurs
	}
	s.say(errorMessage{"error", f.Code, f.Hint})
	s.link.Close(cause)
}

// broken ends a session that cannot go on for a reason of ours.
func (s *session) broken(err error) {
	if s.ctx.Err() != nil {
		return
	}
	s.log(err)
	s.fail(fault.Because(errOurs, err))
}

// over ends a session that cannot be talked to any more.
func (s *session) over(cause error) {
	if s.stage != concluded {
		s.stage, s.outcome = concluded, "lost"
	}
	s.link.Close(cause)
}

// Closed is the last call.
func (s *session) Closed(cause error) {
	<-s.linked
	s.cancel()
	if s.looker != nil {
		// Whoever looks has its result thrown away; an error is no news here.
		_, _ = s.looker.end()
		s.looker = nil
	}
	if s.stage != concluded || s.outcome == "failed" || s.outcome == "lost" {
		if s.outcome == "" {
			s.outcome = "vanished"
		}
		state := "aborted"
		if errors.Is(cause, errTimeUp) {
			state = "expired"
		}
		if !s.refused.Load() {
			if err := s.studio.Keeper.End(context.WithoutCancel(s.ctx), s.challenge.ID, state, ""); err != nil {
				s.log(err)
			}
		}
	}
	s.stage = concluded
	s.studio.Count(s.outcome)
	s.studio.free(string(s.id))
}

// log names what went wrong, and nobody.
func (s *session) log(err error) {
	s.studio.Log.Error("capture", "challenge", string(s.challenge.ID), "err", err, "stage", int(s.stage))
}
