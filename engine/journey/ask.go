package journey

import (
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
)

// createBody asks for a journey. Every member is the contract's but locale and
// deviceId.
type createBody struct {
	Callback   string            `json:"callbackUri,omitzero" doc:"Where the customer goes in the end: http, https, an app's scheme, or / to stay." example:"https://app.example/back"`
	Flow       string            `json:"flow,omitzero" doc:"What is run. docs/JOURNEY.md lists those that work here." example:"id"`
	Purpose    string            `json:"purpose,omitzero" doc:"creditprocess, biometryonboarding, carpurchase or ageverification."`
	Person     person            `json:"person,omitzero" doc:"Needed by flows that identify."`
	Client     engine.CustomerID `json:"clientReference,omitzero" doc:"Your own name for the person: at most 256 characters, no spaces. Needed when the key selects multi accounts. It may stand in person, too."`
	Branch     string            `json:"companyBranchId,omitzero" doc:"Your branch."`
	BioToken   engine.ProcessID  `json:"bioTokenId,omitzero" doc:"An older form of references with one process."`
	References []referenceBody   `json:"references,omitzero" doc:"Whom the person is validated against: needed by idtoken flows, refused in others."`
	UseCase    string            `json:"useCase,omitzero" doc:"Your own name for the occasion."`
	ExpiresIn  string            `json:"expiresIn,omitzero" doc:"Until when the customer may finish, as seconds: from 60s to 2592000s; 7 days when left out." example:"3600s"`
	Locale     string            `json:"locale,omitzero" doc:"Language of the page: pt-BR, id or en; left out, the browser's."`
	Device     engine.DeviceID   `json:"deviceId,omitzero" doc:"The kiosk, as you name it: its light is calibrated under this name."`
}

// person is whom the caller says that the customer is.
type person struct {
	Kind          string            `json:"duiType" required:"false" doc:"DUI_TYPE_BR_CPF, DUI_TYPE_ID_NIK and others."`
	Number        string            `json:"duiValue" required:"false" doc:"The number in that register."`
	Name          string            `json:"friendlyName" required:"false" doc:"At most 50 characters."`
	Phone         string            `json:"phone" required:"false"`
	PhoneCountry  string            `json:"phoneCountryCodeAlpha3" required:"false" doc:"BRA, IDN and others."`
	Email         string            `json:"email" required:"false"`
	Client        engine.CustomerID `json:"clientReference,omitzero"`
	Notifications []notification    `json:"notifications,omitempty" doc:"Refused: this daemon sends none."`
}

// Format hides a person from every verb.
func (person) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(person)") }

// LogValue hides a person from slog.
func (person) LogValue() slog.Value { return slog.StringValue("(person)") }

type notification struct {
	Channel string `json:"notificationChannel,omitzero"`
}

type referenceBody struct {
	Type    string `json:"referenceType,omitzero" doc:"REFERENCE_TYPE_PROCESS_ID or REFERENCE_TYPE_IMAGE_BASE64."`
	Content string `json:"referenceContent,omitzero" doc:"The process, or a picture in base64 of at most 800 KB."`
}

const (
	longestReference = 256
	longestName      = 50
	longestMember    = 256
	mostReferences   = 8
	mostPicture      = 800 << 10
	usualLife        = 7 * 24 * time.Hour
	leastLife        = time.Minute
	mostLife         = 30 * 24 * time.Hour
)

func purposes() []string {
	return []string{"creditprocess", "biometryonboarding", "carpurchase", "ageverification"}
}

// kinds are the registers of the contract, without DUI_TYPE_, with the country
// that each is of, where it is of one.
func kinds() map[string]string {
	return map[string]string{
		"BR_CPF": "BRA", "MX_CURP": "MEX", "US_SSN": "USA", "BR_PASSPORT": "BRA", "AR_PASSPORT": "ARG", "AR_DNI": "ARG", "NG_NIN": "NGA",
		"CL_RUN": "CHL", "EC_NI": "ECU", "US_PASSPORT": "USA", "GT_CUI": "GTM", "UY_CI": "URY", "ZZ_EMAIL": "", "ID_NIK": "IDN",
		"ZZ_PHONE_NUMBER": "", "US_DRIVER_LICENSE": "USA", "NG_BVN": "NGA",
	}
}

// kind is the register without DUI_TYPE_.
func (p person) kind() string { return strings.TrimPrefix(p.Kind, "DUI_TYPE_") }

// declared is whom the caller says that the customer is.
func (p person) declared() engine.Declared {
	if p.Number == "" {
		return engine.Declared{}
	}
	number := p.Number
	if k := p.kind(); k != "ZZ_EMAIL" && k != "ZZ_PHONE_NUMBER" {
		number = strings.ToUpper(strings.NewReplacer(".", "", "-", "", "/", "", " ", "").Replace(number))
	}
	return engine.Declared{Kind: p.kind(), Number: number, Name: p.Name}
}

// wrong says what is wrong with a person: the member, and what it must be.
func (p person) wrong(needed bool, number func(engine.Declared) bool) (member, must string) {
	if _, known := kinds()[p.kind()]; p.Kind != "" && (!known || !strings.HasPrefix(p.Kind, "DUI_TYPE_")) {
		return "duiType", "is none of the contract's"
	}
	switch {
	case p.Kind == "" && (needed || p.Number != ""):
		return "duiType", "is missing"
	case p.Number == "" && needed:
		return "duiValue", "is missing"
	case !number(p.declared()):
		return "duiValue", "is no number of this type"
	case utf8.RuneCountInString(p.Name) > longestName:
		return "friendlyName", "has more than 50 characters"
	case p.Phone != "" && !phone.MatchString(p.Phone):
		return "phone", "must have 8 to 15 digits"
	case p.PhoneCountry != "" && !country.MatchString(p.PhoneCountry):
		return "phoneCountryCodeAlpha3", "must be three capital letters"
	case p.Email != "" && !address(p.Email):
		return "email", "is no address"
	default:
		return "", ""
	}
}

var (
	phone   = regexp.MustCompile(`^\+?[0-9]{8,15}$`)
	country = regexp.MustCompile(`^[A-Z]{3}$`)
	seconds = regexp.MustCompile(`^[0-9]{1,9}s$`)
	uuid    = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

func isUUID(s string) bool { return uuid.MatchString(s) }

func address(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= longestMember
}

// nameable says whether a clientReference may be one.
func nameable(s string) bool {
	return utf8.RuneCountInString(s) <= longestReference &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// life is how long a journey may take.
func life(said string) (time.Duration, bool) {
	if said == "" {
		return usualLife, true
	}
	if !seconds.MatchString(said) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(said, "s"), 10, 64)
	d := time.Duration(n) * time.Second
	return d, err == nil && d >= leastLife && d <= mostLife
}

// sound says what is wrong with a request, the first mistake in the order of
// its members, or answers the flow and how long it may take.
func (b *createBody) sound(by engine.Caller, number func(engine.Declared) bool) (flow, time.Duration, error) {
	f, known := named(b.Flow)
	if !known {
		return f, 0, ErrFlow.Field("flow", "works here: "+works())
	}
	if !slices.Contains(purposes(), b.Purpose) {
		return f, 0, ErrPurpose.Field("purpose", "must be one of: "+strings.Join(purposes(), ", "))
	}
	if wrong := wrongCallback(b.Callback); wrong != "" {
		return f, 0, because(ErrCallback, "callbackUri", wrong)
	}
	if member, must := b.Person.wrong(f.identifies(), number); member != "" {
		return f, 0, because(ErrPerson, member, must)
	}
	if len(b.Person.Notifications) > 0 {
		return f, 0, ErrNotify
	}
	if b.Client == "" {
		b.Client = b.Person.Client
	}
	if b.Client == "" && by.Runs(engine.CapMultiAccounts) {
		return f, 0, ErrReference.Field("clientReference", "is needed: this key asks for multi accounts")
	}
	if !nameable(string(b.Client)) {
		return f, 0, ErrReference.Field("clientReference", "must have at most 256 characters, and no spaces or control characters")
	}
	takes, ok := life(b.ExpiresIn)
	if !ok {
		return f, 0, ErrExpiresIn
	}
	if b.BioToken != "" && len(b.References) == 0 {
		b.References = []referenceBody{{byProcess, string(b.BioToken)}}
	}
	if wrong := wrongReferences(f, b.References); wrong != "" {
		return f, 0, because(ErrReferences, "references", wrong)
	}
	for member, value := range map[string]string{"companyBranchId": b.Branch, "useCase": b.UseCase, "locale": b.Locale, "deviceId": string(b.Device)} {
		if utf8.RuneCountInString(value) > longestMember {
			return f, 0, because(ErrMember, member, "has more than 256 characters")
		}
	}
	return f, takes, nil
}

// The types of a reference.
const (
	byProcess = "REFERENCE_TYPE_PROCESS_ID"
	byPicture = "REFERENCE_TYPE_IMAGE_BASE64"
)

// wrongReferences says what is wrong with the references of a flow.
func wrongReferences(f flow, list []referenceBody) string {
	pictures := 0
	for _, r := range list {
		switch {
		case r.Type != byProcess && r.Type != byPicture:
			return "must be of type " + byProcess + " or " + byPicture
		case r.Type == byProcess && !isUUID(r.Content):
			return "must be the id of a process"
		case r.Type == byPicture:
			pictures++
		}
	}
	switch {
	case f.has(same) && len(list) == 0:
		return "are missing: this flow compares with one"
	case !f.has(same) && len(list) > 0:
		return "have no meaning in this flow"
	case len(list) > mostReferences || pictures > 1:
		return "may be 8 processes and one picture at most"
	default:
		return ""
	}
}

// pictureOf is the picture among references, decoded; nil when there is none.
func pictureOf(list []referenceBody) ([]byte, error) {
	for _, r := range list {
		if r.Type != byPicture {
			continue
		}
		b, err := web.DecodeBase64(r.Content)
		if err != nil || len(b) == 0 {
			return nil, because(ErrReferences, "references", "must have the picture in base64")
		}
		if len(b) > mostPicture {
			return nil, because(ErrReferences, "references", "has a picture of more than 800 KB")
		}
		return b, nil
	}
	return nil, nil
}
