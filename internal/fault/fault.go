package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of trouble it is. The edge turns it into a status.
type Kind int

// The kinds, with the HTTP status each is given at the edge.
const (
	Internal         Kind = iota // 500: our mistake
	Invalid                      // 400: the request cannot be read or understood
	Unauthenticated              // 401: no caller, or not one that we know
	Forbidden                    // 403: the caller may not do this
	NotFound                     // 404: no such thing for this caller
	NotAllowed                   // 405: the path exists, this method does not
	NotAcceptable                // 406: no such representation
	Conflict                     // 409: the thing is in another state
	Gone                         // 410: it was there and will not come back
	TooLarge                     // 413: more bytes or pixels than are taken
	UnsupportedMedia             // 415: a format that is not read
	Unprocessable                // 422: understood, and a rule says no
	TooMany                      // 429: a rate limit
	Unavailable                  // 503: a part is down or full; RetryAfter says when
	NoSpace                      // 507: the disk is full; nothing was stored
)

// Status is the HTTP status of the kind.
func (k Kind) Status() int {
	switch k {
	case Invalid:
		return 400
	case Unauthenticated:
		return 401
	case Forbidden:
		return 403
	case NotFound:
		return 404
	case NotAllowed:
		return 405
	case NotAcceptable:
		return 406
	case Conflict:
		return 409
	case Gone:
		return 410
	case TooLarge:
		return 413
	case UnsupportedMedia:
		return 415
	case Unprocessable:
		return 422
	case TooMany:
		return 429
	case Unavailable:
		return 503
	case NoSpace:
		return 507
	default:
		return 500
	}
}

// Fault is an error that may be shown to a caller: every text in it was
// written by us, and none of it repeats what was sent.
type Fault struct {
	Kind Kind
	// Code is stable, "room/what"; the daemon explains it at /problems/{code}.
	Code string
	// Title is one sentence for people.
	Title string
	// Hint says what to do next; it may be empty.
	Hint string
	// Fields names the members or parameters at fault, in the words of the
	// API, with one sentence each. Never their values.
	Fields map[string][]string
	// RetryAfter, when not zero, is told to the caller in whole seconds.
	RetryAfter time.Duration
	// Message replaces Title as the "error" member for contracts that fix
	// the string; empty means Title.
	Message string
	// Number is the code of contracts that number their errors; those say
	// Message beside it.
	Number string
}

// Error is the code and the sentence.
func (f *Fault) Error() string { return f.Code + ": " + f.Title }

// Is makes two faults with one code the same error, so that a fault with
// fields or a delay filled in still matches the variable it was made from.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Code == f.Code
}

// Field is a copy of f that also blames one member, with a sentence.
func (f *Fault) Field(name, sentence string) *Fault {
	c := *f
	c.Fields = make(map[string][]string, len(f.Fields)+1)
	for k, v := range f.Fields {
		c.Fields[k] = v
	}
	c.Fields[name] = append(append([]string(nil), c.Fields[name]...), sentence)
	return &c
}

// After is a copy of f that tells the caller when to try again.
func (f *Fault) After(d time.Duration) *Fault {
	c := *f
	c.RetryAfter = d
	return &c
}

// Of finds the fault in an error's chain. An error without one is our own
// mistake: nil.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Because gives err the public face f and keeps err for the log.
func Because(f *Fault, err error) error { return fmt.Errorf("%w: %w", f, err) }
