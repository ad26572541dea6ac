package web

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// Files are the files that a browser may ask for, by name.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil { // only for a name that is none
		return dist
	}
	return files
}
