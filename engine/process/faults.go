package process

import (
	"strings"

	"github.com/rostod/rostod/internal/fault"
)

// numbered is a fault of the by-client contract: its number and its words.
func numbered(what, number, message, title string) *fault.Fault {
	return &fault.Fault{
		Kind: fault.Invalid, Code: "process/" + what, Number: number, Message: message, Title: title,
		Hint: "The contract numbers this error " + number + "; docs/PROCESS.md lists the order in which they are looked for.",
	}
}

// What is wrong with a request, in the words of the contract.
var (
	ErrSubject   = numbered("subject", "20004", "O parâmetro subject não foi informado", "The subject is missing.")
	ErrCode      = numbered("code", "20005", "O parâmetro subject.code não foi informado", "The subject's code is missing.")
	ErrName      = numbered("name", "20006", "O parâmetro subject.name não foi informado", "The subject's name is missing.")
	ErrCodeWrong = numbered("wrong-code", "20507", "O parâmetro subject.code é inválido", "The subject's code is no CPF or CURP.")
	ErrNameWrong = numbered("wrong-name", "20003", "O parâmetro subject.name é inválido", "The subject's name has more than 512 characters.")
	ErrReference = numbered("reference", "20003", "O parâmetro subject.clientReference não foi informado",
		"The subject's clientReference is missing: a search for other accounts must know this one.")
	ErrReferenceWrong = numbered("wrong-reference", "20003", "O parâmetro subject.clientReference é inválido",
		"The subject's clientReference has more than 256 characters, spaces or control characters.")
	ErrAgainst        = numbered("references", "20003", "O parâmetro references não foi informado", "The references are missing: a validation compares with one.")
	ErrAgainstMany    = numbered("many-references", "20003", "O parâmetro references é inválido", "There are more than 8 references.")
	ErrAgainstType    = numbered("reference-type", "20003", "O parâmetro referenceType é inválido", "A reference is neither a process nor a picture.")
	ErrAgainstEmpty   = numbered("reference-content", "20003", "O parâmetro referenceContent não foi informado", "The content of a reference is missing.")
	ErrAgainstUnknown = numbered("no-such-reference", "20003", "O parâmetro referenceContent é inválido", "There is no process of this org by the id of a reference.")
	ErrAgainstGone    = &fault.Fault{
		Kind: fault.Gone, Code: "process/reference-erased", Number: "410", Message: "O processo de referência foi removido",
		Title: "The face of a process that is a reference was erased with its person.",
		Hint:  "Validate against a later process, or a picture.",
	}
	ErrImage       = numbered("image", "20009", "O parâmetro imagebase64 não foi informado", "The picture is missing.")
	ErrBase64      = numbered("base64", "20900", "O base64 informado não é válido", "The picture is not standard base64.")
	ErrFormat      = numbered("format", "20505", "O base64 informado não é suportado. Os formatos aceitos são png, jpeg e webp", "The picture is not a PNG, JPEG or WebP that can be read.")
	ErrLarge       = numbered("large", "20506", "O base64 informado é muito grande. O tamanho máximo suportado é até 800kb.", "The picture has more than 800 KB.")
	ErrSmall       = numbered("small", "20807", "A imagem precisa estar no padrão HD ou possuir uma resolução superior a 640 x 480.", "The picture is smaller than 640x480.")
	ErrBundle      = numbered("bundle", "10506", "O bundle informado é inválido.", "The key takes captures only, or the bundle is not one of this daemon's for this person.")
	ErrBundleOld   = numbered("bundle-expired", "10507", "The JWT with the captured face is expired", "The bundle is older than ten minutes.")
	ErrBundleUsed  = numbered("bundle-used", "10508", "The JWT with the captured face has already been used", "The bundle has been used.")
	ErrNothingToDo = &fault.Fault{
		Kind: fault.Forbidden, Code: "process/no-capability", Number: "30017", Message: "O usuário não tem permissão para executar está ação",
		Title: "The API key selects no capability.",
		Hint:  "Make a key that does: rostod keys create --capabilities.",
	}
	ErrNoCapability = &fault.Fault{
		Kind: fault.Internal, Code: "process/no-such-capability", Title: "A process was asked for a capability that this daemon does not have.",
		Hint: "Compare the capabilities with those of rostod keys create --help.",
	}
	ErrNoProcess = &fault.Fault{
		Kind: fault.NotFound, Code: "process/no-such-process", Number: "404", Message: "O processo informado não existe",
		Title: "There is no such process for this API key.",
		Hint:  "Send an id that POST /processes/v1 answered to a key of the same org.",
	}
	ErrRestricted = &fault.Fault{
		Kind: fault.Forbidden, Code: "process/restricted", Number: "30017", Message: "O usuário não tem permissão para executar está ação",
		Title: "This person's data is restricted: it is kept and not used.",
		Hint:  "GET /api/restrictions says since when and why.",
	}
	ErrGone = &fault.Fault{
		Kind: fault.Gone, Code: "process/erased", Number: "410", Message: "O processo informado foi removido",
		Title: "This process was erased with its person.",
		Hint:  "Create another one.",
	}
)

// faults lists what creating a process may be refused with.
func faults() []*fault.Fault {
	return []*fault.Fault{
		ErrNothingToDo, ErrRestricted, ErrSubject, ErrCode, ErrName, ErrNameWrong, ErrReference, ErrReferenceWrong, ErrCodeWrong,
		ErrAgainst, ErrAgainstMany, ErrAgainstType, ErrAgainstEmpty, ErrAgainstUnknown, ErrAgainstGone,
		ErrImage, ErrBase64, ErrFormat, ErrLarge, ErrSmall, ErrBundle, ErrBundleOld, ErrBundleUsed,
	}
}

// inTheContract are faults of others in the words of the contract, by code.
var inTheContract = map[string]*fault.Fault{
	"image/empty":             ErrImage,
	"image/not-base64":        ErrBase64,
	"picture/too-many-bytes":  ErrLarge,
	"picture/too-many-pixels": ErrLarge,
	"picture/too-small":       ErrSmall,
	"bundle/expired":          ErrBundleOld,
	"bundle/used":             ErrBundleUsed,
	"hold/restricted":         ErrRestricted,
}

// contractual gives an error the number that it has in the contract, and keeps
// the error for the log. What has none is returned as it is.
func contractual(err error) error {
	f := fault.Of(err)
	if f == nil {
		return err
	}
	by, known := inTheContract[f.Code]
	part, _, _ := strings.Cut(f.Code, "/")
	switch {
	case known:
	case part == "bundle":
		by = ErrBundle
	case part == "picture", part == "image":
		by = ErrFormat
	default:
		return err
	}
	return fault.Because(by, err)
}
