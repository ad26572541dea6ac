package web_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestBodiesThatAreNotTaken(t *testing.T) {
	e := newEdge(t)
	deep := strings.Repeat(`{"anything":`, 1) + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}"
	for _, test := range []struct {
		what, body string
		status     int
		code       string
		fields     string // names at fault, joined
	}{
		{"nothing", "", 400, "request/empty-body", ""},
		{"only spaces", " \r\n\t ", 400, "request/empty-body", ""},
		{"not JSON", marker, 400, "request/not-json", ""},
		{"cut off", `{"customerId":"a"`, 400, "request/not-json", ""},
		{"cut off in a string", `{"customerId":"a`, 400, "request/not-json", ""},
		{"a comma too many", `{"customerId":"a",}`, 400, "request/not-json", ""},
		{"a comma too few", `{"customerId":"a" "count":1}`, 400, "request/not-json", ""},
		{"single quotes", `{'customerId':'a'}`, 400, "request/not-json", ""},
		{"a comment", `{/* */"customerId":"a"}`, 400, "request/not-json", ""},
		{"a bare name", `{customerId:"a"}`, 400, "request/not-json", ""},
		{"a control character in a string", "{\"customerId\":\"a\x01\"}", 400, "request/not-json", ""},
		{"a byte order mark", "\xef\xbb\xbf" + `{"customerId":"a"}`, 400, "request/not-json", ""},
		{"a number with a leading zero", `{"customerId":"a","count":01}`, 400, "request/not-json", ""},
		{"not a number", `{"customerId":"a","share":NaN}`, 400, "request/not-json", ""},
		{"a lone surrogate", `{"customerId":"\ud800"}`, 400, "request/not-json", ""},
		{"a list", `[]`, 400, "request/not-an-object", ""},
		{"a string", `"` + marker + `"`, 400, "request/not-an-object", ""},
		{"null", `null`, 400, "request/not-an-object", ""},
		{"a number", `12`, 400, "request/not-an-object", ""},
		{"bytes that are not UTF-8", "{\"customerId\":\"\xff\"}", 400, "request/not-utf8", ""},
		{"an overlong form", "{\"customerId\":\"\xc0\xaf\"}", 400, "request/not-utf8", ""},
		{"UTF-16", "\xff\xfe{\x00}\x00", 400, "request/not-utf8", ""},
		{"a second object", `{"customerId":"a"}{"customerId":"b"}`, 400, "request/trailing-data", ""},
		{"a word behind the object", `{"customerId":"a"} ` + marker, 400, "request/trailing-data", ""},
		{"a bracket too many", `{"customerId":"a"}}`, 400, "request/trailing-data", ""},
		{"nested deeply", deep, 400, "request/too-deep", ""},
		{"nested very deeply and not closed", strings.Repeat(`{"a":`, 50_000), 400, "request/too-deep", ""},
		{"a member twice", `{"customerId":"a","customerId":"b"}`, 400, "request/duplicate-member", "customerId"},
		{"a member twice in another case", `{"customerId":"a","CUSTOMERID":"b"}`, 400, "request/duplicate-member", "customerId"},
		{"a member twice with an underscore", `{"customerId":"a","customer_id":"b"}`, 400, "request/duplicate-member", "customerId"},
		{"a member twice, written with an escape", `{"customerId":"a","customer\u0049d":"b"}`, 400, "request/duplicate-member", "customerId"},
		{"a member twice, deep inside", `{"customerId":"a","device":{"id":"xx","id":"yy"}}`, 400, "request/duplicate-member", "device.id"},
		{"a name of the caller's twice", `{"customerId":"a","notes":{"` + marker + `":1,"` + marker + `":2}}`, 400, "request/duplicate-member", "notes.*"},
		{"a name of the caller's twice in open JSON", `{"customerId":"a","anything":{"` + marker + `":1,"` + marker + `":2}}`, 400, "request/duplicate-member", "anything.*"},
		{"an unknown member", `{"customerId":"a","` + marker + `":1}`, 400, "request/unknown-member", ""},
		{"an unknown member deep inside", `{"customerId":"a","device":{"id":"xx","` + marker + `":1}}`, 400, "request/unknown-member", "device"},
		{"a number for a string", `{"customerId":1}`, 400, "request/wrong-type", "customerId"},
		{"a list for a string", `{"CustomerID":["` + marker + `"]}`, 400, "request/wrong-type", "customerId"},
		{"a string for a number", `{"customerId":"a","count":"` + marker + `"}`, 400, "request/wrong-type", "count"},
		{"a fraction for a whole number", `{"customerId":"a","count":1.5}`, 400, "request/wrong-type", "count"},
		{"a number that is too large", `{"customerId":"a","count":99999999999999999999}`, 400, "request/wrong-type", "count"},
		{"a number that is infinite", `{"customerId":"a","share":1e999}`, 400, "request/wrong-type", "share"},
		{"a string for a truth", `{"customerId":"a","sure":"yes"}`, 400, "request/wrong-type", "sure"},
		{"a string for an object", `{"customerId":"a","device":"` + marker + `"}`, 400, "request/wrong-type", "device"},
		{"a string in a map of numbers", `{"customerId":"a","notes":{"` + marker + `":"x"}}`, 400, "request/wrong-type", "notes.*"},
		{"a number in a list of strings", `{"customerId":"a","device":{"id":"xx","tags":["kiosk",3]}}`, 400, "request/wrong-type", "device.tags[1]"},
		{"a time that is none", `{"customerId":"a","at":"` + marker + `"}`, 400, "request/wrong-type", "at"},
		{"a picture that is a number", `{"customerId":"a","image":12}`, 400, "request/wrong-type", "image"},
		{"a picture that is an object", `{"customerId":"a","image":{"` + marker + `":1}}`, 400, "request/wrong-type", "image"},
		{"an empty picture", `{"customerId":"a","image":""}`, 400, "image/empty", "image"},
		{"a data: address", `{"customerId":"a","image":"data:image/jpeg;base64,AAAA"}`, 400, "image/data-prefix", "image"},
		{"a data: address in capitals", `{"customerId":"a","image":"DATA:image/jpeg;base64,AAAA"}`, 400, "image/data-prefix", "image"},
		{"not base64", `{"customerId":"a","image":"` + marker + `!"}`, 400, "image/not-base64", "image"},
		{"the URL-safe alphabet", `{"customerId":"a","image":"AAAA-_AA"}`, 400, "image/not-base64", "image"},
		{"no padding", `{"customerId":"a","image":"AAAAAA"}`, 400, "image/not-base64", "image"},
		{"padding in the middle", `{"customerId":"a","image":"AA==AAAA"}`, 400, "image/not-base64", "image"},
		{"bits after the end", `{"customerId":"a","image":"AB=="}`, 400, "image/not-base64", "image"},
		{"a line break", `{"customerId":"a","image":"AAAA\r\nAAAA"}`, 400, "image/not-base64", "image"},
		{"line breaks that make up a group", `{"customerId":"a","image":"AAAAAAAA\n\n\n\nAAAA"}`, 400, "image/not-base64", "image"},
		{"a space", `{"customerId":"a","image":"AAAA AAA"}`, 400, "image/not-base64", "image"},
		{"a required member missing", `{}`, 400, "request/invalid", "customerId"},
		{"a required member null", `{"customerId":null}`, 400, "request/invalid", "customerId"},
		{"a required member empty", `{"customerId":""}`, 400, "request/invalid", "customerId"},
		{"too long", `{"customerId":"` + strings.Repeat("a", 65) + `"}`, 400, "request/invalid", "customerId"},
		{"characters that are not allowed", `{"customerId":"` + marker + ` é"}`, 400, "request/invalid", "customerId"},
		{"not one of the list", `{"customerId":"a","riskLevel":"` + marker + `"}`, 400, "request/invalid", "riskLevel"},
		{"an empty string is not one of the list", `{"customerId":"a","riskLevel":""}`, 400, "request/invalid", "riskLevel"},
		{"below the minimum", `{"customerId":"a","count":0}`, 400, "request/invalid", "count"},
		{"above the maximum", `{"customerId":"a","count":10}`, 400, "request/invalid", "count"},
		{"exactly at an exclusive maximum", `{"customerId":"a","share":1}`, 400, "request/invalid", "share"},
		{"a date that is none", `{"customerId":"a","born":"2026-02-30"}`, 400, "request/invalid", "born"},
		{"a required member missing deep inside", `{"customerId":"a","device":{}}`, 400, "request/invalid", "device.id"},
		{"too many items", `{"customerId":"a","device":{"id":"xx","tags":["kiosk","phone","kiosk"]}}`, 400, "request/invalid", "device.tags"},
		{"an item that is not one of the list", `{"customerId":"a","device":{"id":"xx","tags":["kiosk","` + marker + `"]}}`, 400, "request/invalid", "device.tags[1]"},
		{"a pointer below the minimum", `{"customerId":"a","device":{"id":"xx","floor":-3}}`, 400, "request/invalid", "device.floor"},
		{"several at once", `{"riskLevel":"x","count":10,"device":{"id":"x"}}`, 400, "request/invalid", "count customerId device.id riskLevel"},
		{"what the body's own check refuses", `{"customerId":"a","count":7}`, 422, "test/seven", "count"},
		{"too large", `{"customerId":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "request/too-large", ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			w := e.ask("POST", "/api/identity/face/enroll", test.body)
			got := said(t, w)
			if w.Code != test.status || got["code"] != test.code {
				t.Errorf("got %d %s, want %d %s (%s)", w.Code, got["code"], test.status, test.code, w.Body)
			}
			fields, _ := got["fields"].(map[string]any)
			if names := strings.Join(slices.Sorted(maps.Keys(fields)), " "); names != test.fields {
				t.Errorf("fields: got %q, want %q", names, test.fields)
			}
			if got["hint"] == "" && test.code != "test/seven" {
				t.Error("got no hint, want one")
			}
			if strings.Contains(w.Body.String(), marker) {
				t.Errorf("the answer repeats what was sent: %s", w.Body)
			}
		})
	}
	if strings.Contains(e.log.String(), marker) {
		t.Error("the log repeats what was sent")
	}
}

func TestBodiesThatAreTaken(t *testing.T) {
	e := newEdge(t)
	for _, test := range []struct{ what, body, want string }{
		{"the least", `{"customerId":"a"}`, `{"customerId":"(customer)"}`},
		{"another case", `{"CUSTOMERID":"a","RiskLevel":"low"}`, `riskLevel:low`},
		{"underscores", `{"customer_id":"a","risk_level":"low"}`, `riskLevel:low`},
		{"escapes in names", `{"\u0063ustomerId":"a","riskLevel":"low"}`, `riskLevel:low`},
		{"null for what is optional", `{"customerId":"a","riskLevel":null,"count":null,"image":null,"device":null,"at":null}`, `riskLevel:`},
		{"space around", " {\"customerId\" : \"a\" , \"riskLevel\":\"low\"}\r\n", `riskLevel:low`},
		{"a zero that is allowed", `{"customerId":"a","share":0,"device":{"id":"xx","floor":0}}`, `floor:0`},
		{"a picture with escaped slashes", `{"customerId":"a","image":"\/\/\/\/"}`, `image:ffffff`},
		{"a picture with one padding", `{"customerId":"a","image":"AAE="}`, `image:0001`},
		{"a picture with two paddings", `{"customerId":"a","image":"AQ=="}`, `image:01`},
		{"a time", `{"customerId":"a","at":"2026-01-31T12:00:00.5+07:00"}`, `at:2026-01-31T05:00:00.5Z`},
		{"open JSON", `{"customerId":"a","anything":{"x":[1,{"y":null}]}}`, `anything:map[x:[1 map[y:<nil>]]]`},
		{"an empty list where one is allowed", `{"customerId":"a","device":{"id":"xx","tags":[]}}`, `tags:[]`},
	} {
		t.Run(test.what, func(t *testing.T) {
			w := e.ask("POST", "/api/identity/face/enroll", test.body)
			if w.Code != 200 {
				t.Fatalf("got %d %s, want 200", w.Code, w.Body)
			}
			b := e.got
			got := fmt.Sprintf("riskLevel:%s image:%x at:%s anything:%v", b.RiskLevel, []byte(b.Image), b.At.UTC().Format("2006-01-02T15:04:05.999Z07:00"), b.Anything)
			if b.Device != nil {
				got += fmt.Sprintf(" tags:%v", b.Device.Tags)
				if b.Device.Floor != nil {
					got += fmt.Sprintf(" floor:%d", *b.Device.Floor)
				}
			}
			if string(b.CustomerID) != "a" || (!strings.HasPrefix(test.want, "{") && !strings.Contains(got, test.want)) {
				t.Errorf("got %s, want %s in it", got, test.want)
			}
		})
	}
}

func TestAPictureArrivesAsItWasSent(t *testing.T) {
	e := newEdge(t)
	for n := range 70 {
		want := make([]byte, n+1)
		for i := range want {
			want[i] = byte(i*37 + n)
		}
		body, _ := json.Marshal(map[string]string{"customerId": "a", "image": base64.StdEncoding.EncodeToString(want)})
		if w := e.ask("POST", "/api/identity/face/enroll", string(body)); w.Code != 200 {
			t.Fatalf("%d bytes: got %d %s, want 200", len(want), w.Code, w.Body)
		}
		if string(e.got.Image) != string(want) {
			t.Errorf("%d bytes: got %x, want %x", len(want), []byte(e.got.Image), want)
		}
		e.now = e.now.Add(60e9)
	}
	if got := fmt.Sprintf("%v %s %x %#v", e.got.Image, e.got.Image, e.got.Image, e.got.Image); got != "(bytes) (bytes) (bytes) (bytes)" {
		t.Errorf("got %s, want no bytes in print", got)
	}
}

func TestABodyThatMayBeLeftOut(t *testing.T) {
	e := newEdge(t)
	for _, test := range []struct {
		what, method, path, body string
		status                   int
	}{
		{"left out", "PUT", "/api/optional", "", 200},
		{"empty", "PUT", "/api/optional", "{}", 200},
		{"given", "PUT", "/api/optional", `{"count":3}`, 200},
		{"wrong", "PUT", "/api/optional", `{"count":0}`, 400},
		{"where none is read: left out", "POST", "/api/identity/customers/x/unlock", "", 204},
		{"where none is read: empty", "POST", "/api/identity/customers/x/unlock", "{}", 204},
		{"where none is read: something", "POST", "/api/identity/customers/x/unlock", `{"a":1}`, 400},
		{"a GET's body is not looked at", "GET", "/api/trouble/none", marker, 200},
	} {
		if w := e.ask(test.method, test.path, test.body); w.Code != test.status {
			t.Errorf("%s: got %d %s, want %d", test.what, w.Code, w.Body, test.status)
		}
	}
}

// untouched is a body that must not be read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestABodyThatIsDeclaredTooLargeIsNotRead(t *testing.T) {
	e := newEdge(t)
	r := httptest.NewRequest("POST", enrolPath, untouched{t})
	r.ContentLength = 1 << 40
	r.Header.Set("Authorization", "Bearer "+key)
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	if w.Code != 413 || w.Header().Get("Connection") != "close" || !strings.Contains(w.Body.String(), "1024 KiB") {
		t.Errorf("got %d %v %s, want 413, the limit, and the connection closed", w.Code, w.Header(), w.Body)
	}
}

func TestHowABodyMustBeDeclared(t *testing.T) {
	e := newEdge(t)
	const body = `{"customerId":"a"}`
	for _, test := range []struct {
		what, header string
		status       int
		code         string
	}{
		{"JSON", "Content-Type: application/json", 200, ""},
		{"JSON with its charset", "Content-Type: application/json; charset=UTF-8", 200, ""},
		{"a kind of JSON", "Content-Type: application/vnd.bank+json", 200, ""},
		{"not declared", "Content-Type: ", 200, ""},
		{"text", "Content-Type: text/plain", 415, "request/content-type"},
		{"a form", "Content-Type: application/x-www-form-urlencoded", 415, "request/content-type"},
		{"a picture", "Content-Type: image/jpeg", 415, "request/content-type"},
		{"another charset", "Content-Type: application/json; charset=latin-1", 415, "request/content-type"},
		{"nonsense", "Content-Type: " + marker + "/;;", 415, "request/content-type"},
		{"compressed", "Content-Encoding: gzip", 415, "request/content-encoding"},
		{"said to be as it is", "Content-Encoding: identity", 200, ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			w := e.ask("POST", "/api/identity/face/enroll", body, test.header)
			code, _ := said(t, w)["code"].(string)
			if w.Code != test.status || code != test.code {
				t.Errorf("got %d %s, want %d %s", w.Code, code, test.status, test.code)
			}
			e.now = e.now.Add(60e9)
		})
	}
}
