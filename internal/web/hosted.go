package web

import (
	"maps"
	"slices"
	"strconv"

	"github.com/rostod/rostod/internal/fault"
)

// HostedError is an error in the form of the contract of hosted processes. Its
// pages and its older servers put the same two things under different names,
// so both are there.
type HostedError struct {
	Error   Numbered       `json:"error"`
	Code    int            `json:"code" doc:"The same number." example:"3"`
	Message string         `json:"message" doc:"The same words." example:"invalid flow"`
	Details []HostedDetail `json:"details" doc:"What must be different."`
}

// HostedDetail is what must be different about one member.
type HostedDetail struct {
	Field       string `json:"field"`
	Description string `json:"description"`
}

// The numbers of gRPC (google.rpc.Code) that the contract has, and those that
// what it does not say is given.
const (
	hostedInvalid      = "3"
	hostedNotFound     = "5"
	hostedForbidden    = "7"
	hostedExhausted    = "8"
	hostedNotReady     = "9"
	hostedUnidentified = "16"
)

// hostedError is a fault as the contract of hosted processes says it. A room's
// own faults have their number and words; others, also those that another
// contract numbers, are told by their kind.
func hostedError(f *fault.Fault) HostedError {
	number, words := f.Number, f.Message
	if n, err := strconv.Atoi(number); err != nil || n > 16 {
		number, words = hostedNumber(f.Kind), f.Title
	}
	switch {
	case number == byClientBroken:
		words = byClientSentence
	case number == hostedForbidden:
		words = "no permission"
	}
	code, _ := strconv.Atoi(number) // it is one of the above
	e := HostedError{Error: Numbered{number, words}, Code: code, Message: words, Details: []HostedDetail{}}
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		for _, sentence := range f.Fields[name] {
			e.Details = append(e.Details, HostedDetail{name, sentence})
		}
	}
	return e
}

func hostedNumber(k fault.Kind) string {
	switch k {
	case fault.Invalid, fault.UnsupportedMedia, fault.TooLarge, fault.NotAcceptable, fault.NotAllowed:
		return hostedInvalid
	case fault.Unauthenticated:
		return hostedUnidentified
	case fault.Forbidden:
		return hostedForbidden
	case fault.NotFound, fault.Gone:
		return hostedNotFound
	case fault.Conflict, fault.Unprocessable:
		return hostedNotReady
	case fault.TooMany:
		return hostedExhausted
	default:
		return byClientBroken
	}
}
