package web

import (
	"github.com/rostod/rostod/internal/fault"
)

// The faults of the edge. Rooms add their own.
var (
	errInternal = &fault.Fault{
		Kind: fault.Internal, Code: "internal/error",
		Title: "Something went wrong on our side.",
		Hint:  "Give the traceId to the operator: the log has the cause under it.",
	}
	errNoRoute = &fault.Fault{
		Kind: fault.NotFound, Code: "request/no-such-path",
		Title: "There is nothing at this path.",
		Hint:  "GET /openapi.json lists every path.",
	}
	errNoMethod = &fault.Fault{
		Kind: fault.NotAllowed, Code: "request/method-not-allowed",
		Title: "This path does not answer this method.",
		Hint:  "The Allow header lists the methods that it answers.",
	}
	errTimeout = &fault.Fault{
		Kind: fault.Unavailable, Code: "request/timeout",
		Title: "The answer took too long.",
		Hint:  "Try again. With the same Idempotency-Key nothing is done twice.",
	}
	errGone = &fault.Fault{
		Kind: fault.Unavailable, Code: "request/abandoned",
		Title: "The caller went away before the answer.",
	}

	errBearerMissing = &fault.Fault{
		Kind: fault.Unauthenticated, Code: "auth/missing",
		Title: "This operation needs an API key.",
		Hint:  "Send it as a header, Authorization: Bearer <key>.",
	}
	errBearerMalformed = &fault.Fault{
		Kind: fault.Unauthenticated, Code: "auth/malformed",
		Title: "The Authorization header is not a Bearer token.",
		Hint:  "Send one header, Authorization: Bearer <key>.",
	}
	errBearerInQuery = &fault.Fault{
		Kind: fault.Invalid, Code: "auth/in-query",
		Title:  "API keys are not taken from the address, where logs and proxies keep them.",
		Hint:   "Send the key as a header, Authorization: Bearer <key>, and revoke the one that was sent: it must count as known to others.",
		Fields: map[string][]string{"Authorization": {"The key belongs into this header."}},
	}
	errTokenMissing = &fault.Fault{
		Kind: fault.Unauthenticated, Code: "auth/token-missing",
		Title: "This operation needs a token of its own.",
		Hint:  "Send it as a header, Authorization: Bearer <token>. An API key is not taken here.",
	}
	errScope = &fault.Fault{
		Kind: fault.Forbidden, Code: "auth/missing-scope",
		Title: "The API key may not do this.",
		Hint:  "Use a key with the scope that is named, or create one: rostod keys create --scopes.",
	}
	errRate = &fault.Fault{
		Kind: fault.TooMany, Code: "rate/exceeded",
		Title: "Too many requests with this API key.", Message: "rate limit exceeded",
		Hint: "Wait for the seconds in Retry-After. X-RateLimit-Remaining says how many are left.",
	}
	errRateFailed = &fault.Fault{
		Kind: fault.TooMany, Code: "rate/failed-keys",
		Title: "Too many requests without a valid API key from this address.", Message: "rate limit exceeded",
		Hint: "Wait for the seconds in Retry-After, and send a valid key.",
	}
)

// The faults of a request that cannot be read.
var (
	errQuery = &fault.Fault{
		Kind: fault.Invalid, Code: "request/bad-query",
		Title: "The part of the address after the question mark cannot be read.",
		Hint:  "Write name=value pairs joined by &, percent-encoded.",
	}
	errNotText = &fault.Fault{
		Kind: fault.Invalid, Code: "request/parameter-not-text",
		Title: "A parameter is not text.",
		Hint:  "Percent-encode it as UTF-8, without control characters.",
	}
	errUnknownParameter = &fault.Fault{
		Kind: fault.Invalid, Code: "request/unknown-parameter",
		Title: "The address has a parameter that this operation does not know.",
	}
	errRepeatedParameter = &fault.Fault{
		Kind: fault.Invalid, Code: "request/repeated-parameter",
		Title: "A parameter stands more than once in the address.",
		Hint:  "Send each parameter once.",
	}
	errParameters = &fault.Fault{
		Kind: fault.Invalid, Code: "request/invalid-parameter",
		Title: "A parameter is not as the operation needs it.",
		Hint:  "The members of fields say what each must be.",
	}
	errContentType = &fault.Fault{
		Kind: fault.UnsupportedMedia, Code: "request/content-type",
		Title: "The body must be JSON in UTF-8.",
		Hint:  "Send Content-Type: application/json.",
	}
	errMediaType = &fault.Fault{
		Kind: fault.UnsupportedMedia, Code: "request/media-type",
		Title: "The body is of another kind than this operation takes.",
		Hint:  "Send the Content-Type that the document names.",
	}
	errContentEncoding = &fault.Fault{
		Kind: fault.UnsupportedMedia, Code: "request/content-encoding",
		Title: "Compressed bodies are not read.",
		Hint:  "Send the body as it is, without Content-Encoding.",
	}
	errBodyTooLarge = &fault.Fault{
		Kind: fault.TooLarge, Code: "request/too-large",
		Title: "The body is larger than this operation takes.",
	}
	errBodyTooSlow = &fault.Fault{
		Kind: fault.Invalid, Code: "request/too-slow",
		Title: "The body did not arrive in time.",
		Hint:  "Try again over a faster connection, or with a smaller picture.",
	}
	errBodyBroken = &fault.Fault{
		Kind: fault.Invalid, Code: "request/body-cut-off",
		Title: "The body ended before it was complete.",
		Hint:  "Send as many bytes as Content-Length says.",
	}
	errBodyEmpty = &fault.Fault{
		Kind: fault.Invalid, Code: "request/empty-body",
		Title: "The body is empty.",
		Hint:  "Send a JSON object.",
	}
	errNotJSON = &fault.Fault{
		Kind: fault.Invalid, Code: "request/not-json",
		Title: "The body is not JSON.",
		Hint:  "Send one JSON object (RFC 8259), without a byte order mark.",
	}
	errNotObject = &fault.Fault{
		Kind: fault.Invalid, Code: "request/not-an-object",
		Title: "The body is JSON, but not an object.",
		Hint:  "Send one JSON object.",
	}
	errNotUTF8 = &fault.Fault{
		Kind: fault.Invalid, Code: "request/not-utf8",
		Title: "The body is not valid UTF-8.",
		Hint:  "Encode the JSON as UTF-8.",
	}
	errTooDeep = &fault.Fault{
		Kind: fault.Invalid, Code: "request/too-deep",
		Title: "The JSON is nested too deeply.",
		Hint:  "Objects and lists may lie 32 deep.",
	}
	errTrailing = &fault.Fault{
		Kind: fault.Invalid, Code: "request/trailing-data",
		Title: "Something follows the JSON object.",
		Hint:  "Send one JSON object and nothing after it.",
	}
	errDuplicate = &fault.Fault{
		Kind: fault.Invalid, Code: "request/duplicate-member",
		Title: "A member stands twice in one object.",
		Hint:  "Send each member once. Names are compared without case, dashes and underscores.",
	}
	errUnknownMember = &fault.Fault{
		Kind: fault.Invalid, Code: "request/unknown-member",
		Title: "The body has a member that this operation does not know.",
	}
	errWrongType = &fault.Fault{
		Kind: fault.Invalid, Code: "request/wrong-type",
		Title: "A member has a value of another type than it needs.",
		Hint:  "The members of fields say what each must be.",
	}
	errInvalid = &fault.Fault{
		Kind: fault.Invalid, Code: "request/invalid",
		Title: "The request is not as the operation needs it.",
		Hint:  "The members of fields say what each must be.",
	}
)

// The faults of Idempotency-Key.
var (
	errKeyInvalid = &fault.Fault{
		Kind: fault.Invalid, Code: "idempotency/invalid-key",
		Title: "The Idempotency-Key cannot be read.",
		Hint:  "Send 1 to 255 visible ASCII characters, as they are or between double quotes, in one header.",
	}
	errKeyRefused = &fault.Fault{
		Kind: fault.Invalid, Code: "idempotency/not-supported",
		Title: "This operation does not keep its answers, so an Idempotency-Key would promise too much.",
		Hint:  "Leave the header out.",
	}
	errKeyInProgress = &fault.Fault{
		Kind: fault.Conflict, Code: "idempotency/in-progress",
		Title: "The first request with this Idempotency-Key has not been answered yet.",
		Hint:  "Wait for the seconds in Retry-After, then send the same request again.",
	}
	errKeyOther = &fault.Fault{
		Kind: fault.Unprocessable, Code: "idempotency/other-request",
		Title: "This Idempotency-Key was sent before with another request.",
		Hint:  "Make a new key for each new request, and repeat a request byte for byte.",
	}
)

// ownFaults lists the faults of the edge, for their pages.
func ownFaults() []*fault.Fault {
	return []*fault.Fault{
		errInternal, errNoRoute, errNoMethod, errTimeout,
		errBearerMissing, errBearerMalformed, errBearerInQuery, errScope, errRate, errRateFailed,
		errQuery, errNotText, errUnknownParameter, errRepeatedParameter, errParameters,
		errContentType, errContentEncoding, errBodyTooLarge, errBodyTooSlow, errBodyBroken, errBodyEmpty,
		errNotJSON, errNotObject, errNotUTF8, errTooDeep, errTrailing, errDuplicate, errUnknownMember,
		errWrongType, errInvalid, errMediaType, errTokenMissing,
		errPictureEmpty, errPictureDataURL, errPictureNotBase64,
		errKeyInvalid, errKeyRefused, errKeyInProgress, errKeyOther, errNoCode,
		errTokenAbsent, errAPIKeyAbsent, errTokenBad, errNotAllowed, errBodyBad, errBodyBig,
	}
}
