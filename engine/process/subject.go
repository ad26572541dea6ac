package process

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rostod/rostod/engine"
)

// The longest of what a caller says about a person, in characters.
const (
	longestReference = 256
	longestName      = 512
)

// subject is the person of a process as the caller names it.
type subject struct {
	Code            string            `json:"code,omitzero" doc:"CPF (11 digits, with or without its dots and dash) or CURP." example:"12345678909"`
	Name            string            `json:"name,omitzero" doc:"The person's name."`
	ClientReference engine.CustomerID `json:"clientReference,omitzero" doc:"Your own name for the person: at most 256 characters, no spaces. Needed for multi accounts."`
	Gender          string            `json:"gender,omitzero"`
	BirthDate       string            `json:"birthDate,omitzero"`
	Email           string            `json:"email,omitzero"`
	Phone           string            `json:"phone,omitzero"`
	DUIType         string            `json:"duiType,omitzero"`
}

// sound says what is missing of a person, in the order of the contract. The
// code's digits are looked at last, behind the picture.
func (s *subject) sound(by engine.Caller) error {
	switch {
	case s == nil && nameless(by):
		return nil
	case s == nil:
		return ErrSubject
	case strings.TrimSpace(s.Code) == "" && !nameless(by):
		return ErrCode
	case strings.TrimSpace(s.Name) == "" && !nameless(by):
		return ErrName
	case s.ClientReference == "" && by.Runs(engine.CapMultiAccounts):
		return ErrReference
	case !nameable(string(s.ClientReference)):
		return ErrReferenceWrong
	case utf8.RuneCountInString(s.Name) > longestName:
		return ErrNameWrong
	default:
		return nil
	}
}

// nameless says whether nothing that a key selects needs to know who it is
// about: a validation is against a reference.
func nameless(by engine.Caller) bool {
	return by.Runs(engine.CapValidation) && !slices.ContainsFunc([]engine.CapabilityName{
		engine.CapIdentity, engine.CapMultiAccounts, engine.CapRiskScore, engine.CapSerpro,
	}, by.Runs)
}

// nameable says whether a clientReference may be one.
func nameable(s string) bool {
	return utf8.RuneCountInString(s) <= longestReference &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// declared is whom the caller says that the person is.
func (s *subject) declared() engine.Declared {
	if s == nil || s.Code == "" {
		return engine.Declared{}
	}
	kind := strings.TrimPrefix(s.DUIType, "DUI_TYPE_")
	if kind == "" {
		kind = "BR_CPF"
		if curp.MatchString(plainCode(s.Code)) {
			kind = "MX_CURP"
		}
	}
	return engine.Declared{Kind: kind, Number: plainCode(s.Code), Name: s.Name, BirthDate: s.BirthDate}
}

// plainCode is a code without what people write between its characters.
func plainCode(code string) string {
	return strings.ToUpper(strings.NewReplacer(".", "", "-", "", "/", "", " ", "").Replace(code))
}

// curp is the form of a CURP. Its check digit is not looked at: the published
// test people have made-up ones.
var curp = regexp.MustCompile(`^[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d$`)

// longestNumber is the longest number of a register that is no CPF or CURP.
const longestNumber = 64

// valid says whether a number may be one of its kind; none at all may be, where
// nobody needed one.
func valid(d engine.Declared) bool {
	switch {
	case d.Number == "":
		return true
	case d.Kind == "BR_CPF":
		return cpf(d.Number)
	case d.Kind == "MX_CURP":
		return curp.MatchString(d.Number)
	default:
		return slices.Contains(registers(), d.Kind) && len(d.Number) <= longestNumber && nameable(d.Number)
	}
}

// registers are the contract's kinds of numbers that have no check here.
func registers() []string {
	return []string{
		"US_SSN", "BR_PASSPORT", "AR_PASSPORT", "AR_DNI", "NG_NIN", "CL_RUN", "EC_NI", "US_PASSPORT", "GT_CUI", "UY_CI",
		"ZZ_EMAIL", "ID_NIK", "ZZ_PHONE_NUMBER", "US_DRIVER_LICENSE", "NG_BVN",
	}
}

// cpf says whether a code is a CPF whose two check digits hold.
func cpf(code string) bool {
	if len(code) != 11 || strings.ContainsFunc(code, func(r rune) bool { return r < '0' || r > '9' }) || strings.Count(code, code[:1]) == 11 {
		return false
	}
	return checkDigit(code[:9]) == code[9] && checkDigit(code[:10]) == code[10]
}

// checkDigit is the digit that follows the others of a CPF: their sum weighted
// by their place from the end, beginning at 2, times 10, modulo 11, and 0 for 10.
func checkDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		sum += int(digits[i]-'0') * (len(digits) + 1 - i)
	}
	return '0' + byte(sum*10%11%10)
}

// Declarable says whether the number of a declared person may be one of its
// kind, for those who ask before there is a picture.
func Declarable(d engine.Declared) bool { return valid(d) }
