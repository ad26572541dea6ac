package journey

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Stay is the callback address of a page that goes nowhere.
const Stay = "/"

const longestCallback = 2048

// opaque are schemes that a browser gives a meaning of its own: what is opened
// by them is no app of the operator's. So are those of extensions, and those of
// Windows, such as ms-settings, which lead out of a kiosk.
func opaque() []string {
	return []string{
		"about", "blob", "chrome", "data", "file", "filesystem", "ftp", "intent", "javascript", "jar", "mailto", "sms", "tel", "vbscript",
		"view-source", "ws", "wss",
	}
}

// wrongCallback says what is wrong with a callback address; empty when the
// page may go there: "/", http or https with a host, or an app's own scheme.
func wrongCallback(address string) string {
	if address == Stay {
		return ""
	}
	if address == "" || len(address) > longestCallback {
		return "must have 1 to 2048 characters"
	}
	if strings.ContainsFunc(address, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\\' || r == unicode.ReplacementChar
	}) {
		return "must have no spaces, control characters or backslashes"
	}
	to, err := url.Parse(address)
	switch {
	case err != nil || to.Scheme == "":
		return "must be an absolute address, or /"
	case slices.Contains(opaque(), to.Scheme), strings.HasPrefix(to.Scheme, "ms-"), strings.HasSuffix(to.Scheme, "-extension"):
		return "must be http, https or an app's own scheme"
	case to.User != nil:
		return "must have no user name"
	case to.Scheme != "http" && to.Scheme != "https":
		return ""
	case to.Host == "" || to.Hostname() == "":
		return "must have a host"
	default:
		return ""
	}
}
