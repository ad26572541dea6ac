package house

import (
	"fmt"
	"strings"
)

// linked are the C libraries that are linked into the program, as cgo is told
// to, with their homes; "" is everywhere. Why each is there stands in deps.txt.
var linked = map[string]string{
	"-l:libturbojpeg.a": "models/picture",
	"-l:libvpx.a":       "capture/decode",
	"-lm":               "",
	"-lpthread":         "",
}

// Linked keeps each C library in its home.
func Linked(h *House) []Finding {
	var found []Finding
	for _, f := range h.Files {
		for _, group := range f.Tree.Comments {
			for line := range strings.Lines(group.Text()) {
				flags, ok := strings.CutPrefix(strings.TrimSpace(line), "#cgo")
				_, flags, told := strings.Cut(flags, "LDFLAGS:")
				if !ok || !told {
					continue
				}
				for _, flag := range strings.Fields(flags) {
					if home, known := linked[flag]; !known || home != "" && home != f.Dir {
						found = append(found, Finding{File: f.Path, Line: h.line(group), What: fmt.Sprintf("links %s, whose home is %q", flag, home),
							Why: "a C library reads memory as it likes: each has one home, where what it is given is checked first, and a line in deps.txt and in internal/house/linked.go"})
					}
				}
			}
		}
	}
	return found
}
