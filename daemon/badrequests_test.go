package daemon

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// bodyCases are bodies that say something wrong, or say it wrongly.
func bodyCases(good pictures) []badCase {
	b64 := base64.StdEncoding.EncodeToString(good.face)
	foreign := map[string]any{
		"version": "1.0", "sdkVersion": marker, "platform": "web", "frames": []string{b64}, "capturedAt": "2026-11-22T12:00:00Z",
		"flashChallengeNonce": marker, "signature": marker,
	}
	const wrong, typed, cus = "request/invalid", "request/wrong-type", "cus_" + marker
	image := func(value any) asked { return asked{path: enrolPath, body: object("customerId", cus, "image", value)} }
	enrol := func(body string) asked { return asked{path: enrolPath, body: body} }
	stepUp := func(members ...any) asked { return asked{path: stepUpPath, body: object(members...)} }
	challenge := func(members ...any) asked {
		return asked{path: "/api/identity/face/flash-challenge", body: object(members...)}
	}
	with := func(name string, value any) asked {
		return stepUp("customerId", "cus_good", "image", b64, name, value)
	}
	return []badCase{
		{"base64 with a letter that is none", image(b64[:100] + "*" + b64[101:]), 400, "image/not-base64", "padded"},
		{"base64 cut short", image(b64[:len(b64)-3]), 400, "image/not-base64", ""},
		{"base64 without its padding", image("/9j/4A"), 400, "image/not-base64", ""},
		{"base64 with stray bits", image("/9j/4B=="), 400, "image/not-base64", ""},
		{"base64 for addresses", image("_9j-4AAQ"), 400, "image/not-base64", "+ and /"},
		{"base64 with a line break", image(b64[:76] + "\r\n" + b64[76:]), 400, "image/not-base64", "without line breaks"},
		{"base64 with spaces", image(b64[:76] + "    " + b64[76:]), 400, "image/not-base64", ""},
		{"a data: address", image("data:image/jpeg;base64," + b64), 400, "image/data-prefix", "comma"},
		{"an empty picture", image(""), 400, "image/empty", "JPEG"},
		{"a picture that is a number", image(7781), 400, typed, "image"},
		{"a picture that is a list", image([]int{255, 216}), 400, typed, "image"},
		{"a picture that is null", image(nil), 400, wrong, "image"},
		{"no picture", enrol(object("customerId", cus)), 400, wrong, "required"},

		{"no customer", enrol(object("image", b64)), 400, wrong, "customerId"},
		{"an empty customer", enrol(object("customerId", "", "image", b64)), 400, wrong, "at least 1"},
		{"a customer with a space", enrol(object("customerId", "cus "+marker, "image", b64)), 400, wrong, "customerId"},
		{"a customer with NUL", enrol(object("customerId", "cus\x00"+marker, "image", b64)), 400, wrong, "customerId"},
		{"a customer with a control character", enrol(object("customerId", "cus\u0085"+marker, "image", b64)), 400, wrong, "customerId"},
		{"a customer that is too long", enrol(object("customerId", strings.Repeat(marker, 26), "image", b64)), 400, wrong, "256"},
		{"a customer that is a number", enrol(object("customerId", 7781, "image", b64)), 400, typed, "customerId"},
		{"a source of one's own", enrol(object("customerId", cus, "image", b64, "source", marker)), 400, wrong, "dukcapil"},
		{"captured next year", enrol(object("customerId", cus, "image", b64, "capturedAt", inAYear())), 400, wrong, "future"},
		{"captured on no day", enrol(object("customerId", cus, "image", b64, "capturedAt", "2026-02-30T00:00:00Z")), 400, typed, "capturedAt"},
		{"replace that is text", enrol(object("customerId", cus, "image", b64, "replace", marker)), 400, typed, "replace"},

		{"a member that is unknown", enrol(object("customerId", cus, marker, 1, "image", b64)), 400, "request/unknown-member", "It knows"},
		{"a member twice", enrol(object("customerId", cus, "customerId", "b", "image", b64)), 400, "request/duplicate-member", "customerId"},
		{"a member twice in another case", enrol(object("customerId", cus, "CUSTOMERID", "b", "image", b64)), 400, "request/duplicate-member", "customerId"},
		{"more after the end", enrol(object("customerId", cus, "image", b64) + marker), 400, "request/trailing-data", "after it"},
		{"a second object", enrol(object("customerId", cus, "image", b64) + "{}"), 400, "request/trailing-data", ""},
		{"a list", enrol("[" + object("customerId", cus) + "]"), 400, "request/not-an-object", "object"},
		{"text", enrol(`"` + marker + `"`), 400, "request/not-an-object", "object"},
		{"not JSON", enrol("customerId=" + marker), 400, "request/not-json", "RFC 8259"},
		{"JSON that stops", enrol(`{"customerId":"` + marker + `","image":"`), 400, "request/not-json", ""},
		{"a byte order mark", enrol("\xEF\xBB\xBF" + object("customerId", cus)), 400, "request/not-json", "byte order mark"},
		{"white space", enrol(" \n "), 400, "request/empty-body", "object"},
		{"no body", asked{method: http.MethodPost, path: enrolPath}, 400, "request/empty-body", "object"},
		{"nested without end", enrol(`{"customerId":` + strings.Repeat("[", 100000) + `}`), 400, "request/too-deep", "32"},
		{"not UTF-8", enrol(`{"customerId":"` + marker + "\xff\xfe" + `"}`), 400, "request/not-utf8", "UTF-8"},
		{"too large", enrol(object("customerId", cus, "image", strings.Repeat("A", 9<<20))), 413, "request/too-large", "KiB"},
		{"too large without saying so", asked{path: enrolPath, body: object("customerId", cus, "image", strings.Repeat("A", 9<<20)), chunked: true}, 413, "request/too-large", "KiB"},

		{"a risk level of one's own", with("riskLevel", marker), 400, wrong, "none, low, medium, high"},
		{"a trigger with a space", with("trigger", "a "+marker), 400, wrong, "trigger"},
		{"a trigger that is too long", with("trigger", strings.Repeat(marker, 7)), 400, wrong, "64"},
		{"a label that is too long", with("actionLabel", strings.Repeat(marker, 26)), 400, wrong, "256"},
		{"a device that is too long", with("deviceId", strings.Repeat(marker, 13)), 400, wrong, "128"},
		{"image and bundle", with("bundle", map[string]string{"version": marker}), 400, "stepup/image-and-bundle", "one of them"},
		{"a customer with NUL to challenge", challenge("customerId", "cus\x00"+marker), 400, wrong, "customerId"},
		{"a customer with a space to challenge", challenge("customerId", "cus "+marker), 400, wrong, "customerId"},
		{"a device to challenge at that is too long", challenge("customerId", cus, "deviceId", strings.Repeat(marker, 13)), 400, wrong, "128"},
		{"too few steps", challenge("customerId", cus, "steps", 2), 400, wrong, "at least 3"},
		{"steps that a flash has not", challenge("customerId", cus, "steps", 5), 422, "capture/steps", "Leave steps out"},
		{"a challenge of a moment", challenge("customerId", cus, "ttlMs", 14_999), 400, wrong, "at least 15000"},
		{"a page that returns elsewhere", challenge("customerId", cus, "returnUrl", "https://"+marker+".example"), 422, "capture/return-url", "capture.origins"},
		{"a bundle from elsewhere", stepUp("customerId", "cus_good", "bundle", foreign), 422, "bundle/unknown-nonce", "profile compat"},
		{"a bundle that lacks most", stepUp("customerId", "cus_good", "bundle", map[string]string{"version": marker}), 422, "bundle/malformed", "bundle.frames"},
		{"a bundle of words", stepUp("customerId", "cus_good", "bundle", marker), 422, "bundle/altered", "unchanged"},
		{"a bundle of three parts", stepUp("customerId", "cus_good", "bundle", "eyJhbGciOiJub25lIn0."+marker+"."), 422, "bundle/altered", "unchanged"},
		{"a bundle to enrol by", enrol(object("customerId", cus, "bundle", marker)), 422, "bundle/altered", "unchanged"},
		{"image and bundle to enrol", enrol(object("customerId", cus, "image", b64, "bundle", marker)), 400, "gallery/image-and-bundle", "one of them"},
		{"a bundle to match by", asked{path: matchPath, body: object("customerId", "cus_good", "bundle", foreign)}, 422, "bundle/unknown-nonce", ""},
		{"a poor reference", asked{path: matchPath, body: object("customerId", "cus_good", "image", b64, "referenceImage", b64[:len(b64)/8*4])}, 400, "picture/broken", "cut off"},
		{"no bundle to judge", asked{path: livenessPath, body: object("customerId", cus)}, 400, "stepup/no-bundle", "bundle"},
		{"a bundle to judge that is a number", asked{path: livenessPath, body: object("customerId", cus, "bundle", 7781)}, 422, "bundle/malformed", "string"},
		{"neither image nor bundle", stepUp("customerId", "cus_good"), 400, "stepup/no-picture", "image"},
		{"an unknown customer", stepUp("customerId", cus, "image", b64), 422, "stepup/no-enrolment", "no enrolled reference"},
		{"an erased customer", stepUp("customerId", "cus_gone", "image", b64), 422, "stepup/no-enrolment", "Enrol the customer first"},
		{"a broken picture to step up with", stepUp("customerId", "cus_good", "image", b64[:len(b64)/8*4]), 400, "picture/broken", "cut off"},
	}
}

// requestCases are requests that are wrong around the body.
func requestCases(tg *target, good pictures) []badCase {
	sound := enrolling(good.face)
	header := func(a asked, name, value string) asked {
		a.header = map[string]string{name: value}
		return a
	}
	keyed := func(a asked, key string) asked {
		a.key = key
		return a
	}
	get := func(path string) asked { return asked{path: path} }
	attempts := func(query string) asked { return get("/api/identity/attempts?" + query) }
	tiers := func(body string) asked {
		return asked{method: http.MethodPut, path: "/api/identity/settings/risk-tiers", body: body}
	}
	const short = "POST /api/identity/face/enroll HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n" +
		"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"customerId\":\"" + marker
	const badQuery, badParameter = "attempts/bad-query", "request/invalid-parameter"
	return []badCase{
		{"a form", header(sound, "Content-Type", "application/x-www-form-urlencoded"), 415, "request/content-type", "application/json"},
		{"a form with files", header(sound, "Content-Type", "multipart/form-data; boundary="+marker), 415, "request/content-type", ""},
		{"JSON in another alphabet", header(sound, "Content-Type", "application/json; charset=latin1"), 415, "request/content-type", "UTF-8"},
		{"a compressed body", header(sound, "Content-Encoding", "gzip"), 415, "request/content-encoding", "Content-Encoding"},
		{"a body that stops", asked{raw: short}, 400, "request/body-cut-off", "Content-Length"},

		{"no key", keyed(sound, "-"), 401, "auth/missing", "Bearer"},
		{"another scheme", header(keyed(sound, "-"), "Authorization", "Basic "+marker), 401, "auth/malformed", "Bearer"},
		{"a key without a scheme", header(keyed(sound, "-"), "Authorization", marker), 401, "auth/malformed", "Bearer"},
		{"a key in the address", keyed(get("/api/identity/attempts?access_token="+marker), "-"), 400, "auth/in-query", "revoke"},
		{"a key that is none", header(sound, "Authorization", "Bearer "+marker), 401, "access/unknown-key", "missing or invalid Bearer"},
		{"a key that is almost right", header(sound, "Authorization", "Bearer "+tg.keys["all"][:72]+"!"), 401, "access/unknown-key", "missing or invalid Bearer"},
		{"a revoked key", keyed(sound, "revoked"), 401, "access/revoked-key", "missing or invalid Bearer"},
		{"an expired key", keyed(sound, "expired"), 401, "access/expired-key", "missing or invalid Bearer"},
		{"a missing scope", keyed(sound, "examiner"), 403, "auth/missing-scope", "missing scope: customers:write"},
		{"a key with more than its maker's", keyed(asked{path: "/api/keys", body: `{"scopes":["all"]}`}, "manager"), 403, "access/more-than-yours", "scopes"},
		{"a scope that is none", asked{path: "/api/keys", body: object("scopes", []string{marker})}, 400, "request/invalid", "scopes"},
		{"an unknown key to revoke", asked{method: http.MethodPost, path: "/api/keys/key_" + marker + "/revoke"}, 404, "access/no-such-key", "lists them"},

		{"a key to revoke whose id is too long", asked{method: http.MethodPost, path: "/api/keys/" + strings.Repeat(marker, 7) + "/revoke"}, 400, badParameter, "id"},

		{"nothing at this path", get("/api/identity/" + marker), 404, "request/no-such-path", "openapi.json"},
		{"another method", get(enrolPath), 405, "request/method-not-allowed", "Allow"},
		{"a verification that is none", get("/api/identity/verifications/ver_" + marker), 404, "stepup/no-such-verification", "same org"},
		{"an enrolment that is none", asked{method: http.MethodDelete, path: "/api/identity/customers/cus_good/faces/fe_" + marker}, 404, "gallery/no-such-face", "lists them"},
		{"a customer without faces", asked{method: http.MethodDelete, path: "/api/identity/customers/" + marker + "/faces"}, 404, "gallery/no-enrolment", "Enrol one"},
		{"a customer in the address that is no text", get("/api/identity/customers/%00" + marker + "/faces"), 400, "request/parameter-not-text", "Percent-encode"},
		{"a customer in the address that is too long", get("/api/identity/customers/" + strings.Repeat(marker, 26) + "/faces"), 400, badParameter, "customerId"},

		{"a cursor that is none", attempts("cursor=" + marker), 400, badQuery, "cursor"},
		{"from no day", attempts("from=2026-02-30"), 400, badQuery, "from"},
		{"to a word", attempts("to=" + marker), 400, badQuery, "to"},
		{"to before from", attempts("from=2026-02-02&to=2026-02-01"), 400, badQuery, "after from"},
		{"a limit of 0", attempts("limit=0"), 400, badParameter, "limit"},
		{"a limit that is a word", attempts("limit=" + marker), 400, badParameter, "limit"},
		{"a status of one's own", attempts("status=" + marker), 400, badParameter, "status"},
		{"an unknown parameter", attempts(marker + "=1"), 400, "request/unknown-parameter", "It knows"},
		{"a parameter twice", attempts("limit=1&limit=2"), 400, "request/repeated-parameter", "limit"},
		{"an address that cannot be read", attempts("limit=%zz" + marker), 400, "request/bad-query", "percent-encoded"},
		{"a format that is not written", header(get("/api/identity/attempts"), "Accept", "image/png"), 406, "attempts/no-such-format", "ndjson"},

		{"a threshold of 2", tiers(`{"tiers":{"high":{"threshold":2}}}`), 400, "request/invalid", "tiers.high.threshold"},
		{"high easier than medium", tiers(`{"tiers":{"high":{"threshold":0.1}}}`), 422, "settings/unsound", "high.threshold"},
		{"a capture that is none", get("/api/identity/captures/cap_" + marker + "/evidence"), 404, "evidence/no-such-capture", "attempts"},
		{"a kiosk that is unknown", get("/api/identity/kiosks/" + marker), 404, "kiosk/unknown", "lists"},
		{"a kiosk to set nothing of", asked{method: http.MethodPut, path: "/api/identity/kiosks/" + marker, body: "{}"}, 400, "kiosk/nothing-to-set", "lagMs"},
		{"a kiosk of negative lag", asked{method: http.MethodPut, path: "/api/identity/kiosks/" + marker, body: `{"lagMs":-1}`}, 400, "request/invalid", "lagMs"},
		{"settings of another version", tiers(`{"version":7}`), 409, "settings/changed", "Read them again"},
		{"a version that is none", get("/api/identity/settings/risk-tiers?version=7"), 404, "settings/no-such-version", "lists them"},

		{"a replay with another body", header(enrolling(good.other), "Idempotency-Key", "k1"), 422, "idempotency/other-request", "new key"},
		{"a replay about an erased customer", header(named(sound, "cus_gone"), "Idempotency-Key", "k2"), 410, "idempotency/erased", "new Idempotency-Key"},
		{"an Idempotency-Key with a space", header(sound, "Idempotency-Key", "a "+marker), 400, "idempotency/invalid-key", "255"},
		{"an Idempotency-Key that is too long", header(sound, "Idempotency-Key", strings.Repeat("k", 256)), 400, "idempotency/invalid-key", "255"},
		{"an Idempotency-Key where none is kept", header(asked{path: "/api/keys", body: `{"scopes":["all"]}`}, "Idempotency-Key", "k3"), 400, "idempotency/not-supported", "Leave"},
	}
}
