package serpro

import (
	"context"
	"encoding/base64"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
)

// Serpro's rules for a picture: at least 250 x 250, ideally about 750 x 750,
// JPEG or PNG, and the whole request at most 3 MB.
const (
	leastSide   = 250
	longestSide = 1280
	mostRequest = 3_000_000
)

// sizes are the longer sides that a picture is tried at, until the request fits.
func sizes() []int { return []int{longestSide, 1000, 750} }

type biometry struct {
	Format string `json:"formato"`
	Alive  bool   `json:"vivacidade"` // whether Serpro shall judge liveness too: rostod has
	Data   string `json:"base64"`
}

type claims struct {
	Name      string   `json:"nome,omitzero"`
	BirthDate string   `json:"data_nascimento,omitzero"`
	Face      biometry `json:"biometria_facial"`
}

type privacy struct {
	RFB struct {
		Template string `json:"id_template"`
	} `json:"rfb"`
	Senatran struct {
		Token   string  `json:"token"`
		Anuente *string `json:"cnpj_anuente"`
	} `json:"senatran"`
}

// envelope is the body of both versions; v4 has no privacy.
type envelope struct {
	Privacy *privacy `json:"privacidade,omitzero"`
	CPF     string   `json:"cpf"`
	Claims  claims   `json:"validacao"`
}

// path is where a version takes requests.
func (v Version) path() string {
	if v == V5 {
		return "/v5/pessoa-fisica/validacao"
	}
	return "/v4/pf-facial"
}

// request is the body that asks about a case, or a reason why none can be made.
func (s *Serpro) request(ctx context.Context, c engine.Case) (body []byte, why string) {
	if c.Declared.Kind != "BR_CPF" || !isCPF(c.Declared.Number) {
		return nil, reasonNotCPF
	}
	e := envelope{CPF: c.Declared.Number, Claims: claims{Name: c.Declared.Name, BirthDate: c.Declared.BirthDate}}
	if s.Version == V5 {
		token, err := s.Consent(ctx, c.Declared.Number)
		if err != nil || token == "" {
			return nil, reasonConsent
		}
		e.Privacy = &privacy{}
		e.Privacy.RFB.Template, e.Privacy.Senatran.Token = s.Template, string(token)
		if s.Anuente != "" {
			e.Privacy.Senatran.Anuente = &s.Anuente
		}
	}
	return s.withFace(e, c.Picture)
}

// withFace puts the picture into the request, smaller when it must be.
func (s *Serpro) withFace(e envelope, picture []byte) (body []byte, why string) {
	if len(picture) == 0 {
		return nil, reasonPicture
	}
	for _, longest := range sizes() {
		jpeg, width, height, err := s.Pictures.JPEG(picture, longest)
		if err != nil {
			return nil, reasonPicture
		}
		if min(width, height) < leastSide {
			return nil, reasonSmall
		}
		e.Claims.Face = biometry{Format: "JPG", Data: base64.StdEncoding.EncodeToString(jpeg)}
		if body, err = json.Marshal(e); err != nil {
			return nil, reasonPicture
		}
		if len(body) <= mostRequest {
			return body, ""
		}
	}
	return nil, reasonPicture
}

// isCPF says whether a number has the eleven digits of a CPF, of which the last
// two follow from the others (Receita Federal: modulo 11).
func isCPF(number string) bool {
	if len(number) != 11 {
		return false
	}
	same := true
	for i := range number {
		if number[i] < '0' || number[i] > '9' {
			return false
		}
		same = same && number[i] == number[0]
	}
	return !same && checkDigit(number[:9]) == number[9] && checkDigit(number[:10]) == number[10]
}

func checkDigit(digits string) byte {
	sum := 0
	for i := range digits {
		sum += int(digits[i]-'0') * (len(digits) + 1 - i)
	}
	return '0' + byte(sum*10%11%10)
}
