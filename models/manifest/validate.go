package manifest

import (
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"strings"
)

// The largest sizes that a manifest may ask for: beyond them is a slip of the
// pen, and it would be allocated.
const (
	maxSide   = 4096 // pixels
	maxSize   = 8192 // numbers of a template
	maxFile   = 1 << 30
	maxFactor = 16
)

// list collects mistakes with the place they were made in.
type list struct {
	where string
	found []error
}

func (l *list) unless(ok bool, format string, args ...any) {
	if !ok {
		l.found = append(l.found, fmt.Errorf("%s: %s", l.where, fmt.Sprintf(format, args...)))
	}
}

// mistakes is everything that is wrong with the manifest.
func (m *Manifest) mistakes() []error {
	l := &list{where: "manifest"}
	l.unless(m.Version == 1, "version is %d, 1 is read", m.Version)
	for _, r := range Roles() {
		n := 0
		for _, x := range m.Models {
			if x.Role == r {
				n++
			}
		}
		l.unless(n == 1, "%d models have the role %s, one must", n, r)
	}
	l.where = "runtime"
	m.Runtime.check(l)
	files := map[string]bool{m.Runtime.File: true}
	for i, x := range m.Models {
		l.where = fmt.Sprintf("models[%d] %s", i, x.Name)
		l.unless(!files[x.File], "file %q stands twice", x.File)
		files[x.File] = true
		x.check(l)
	}
	return l.found
}

func (r Runtime) check(l *list) {
	l.unless(r.Version != "", "version is empty")
	l.unless(plain(r.File), "file must be a name without a folder")
	l.unless(len(r.Builds) > 0, "builds is empty")
	for i, b := range r.Builds {
		l.unless(b.OS != "" && b.Arch != "", "builds[%d] names no platform", i)
		l.unless(b.SHA256 != Digest{}, "builds[%d] has no sha256", i)
		l.unless(b.Bytes > 0 && b.Bytes <= maxFile, "builds[%d] bytes must be 1..%d", i, maxFile)
		l.unless(b.Path == "" || filepath.IsLocal(b.Path), "builds[%d] path leads out of the package", i)
	}
}

func (x Model) check(l *list) {
	l.unless(x.Name != "", "name is empty")
	l.unless(plain(x.File), "file must be a name without a folder")
	l.unless(x.Bytes > 0 && x.Bytes <= maxFile, "bytes must be 1..%d", maxFile)
	l.unless(x.SHA256 != Digest{}, "sha256 is missing")
	l.unless(x.Licence != "", "licence is empty")
	if x.URL != "" {
		u, err := url.Parse(x.URL)
		l.unless(err == nil && u.Scheme == "https" && u.Host != "", "url must begin with https://")
	}
	x.Input.check(l, x.Role)
	l.unless((x.Detector != nil) == (x.Role == Detector), "the member detector belongs to the role detector, and to no other")
	l.unless((x.Embedder != nil) == (x.Role == Embedder), "the member embedder belongs to the role embedder, and to no other")
	l.unless((x.Passive != nil) == (x.Role == Passive), "the member passive belongs to the role passive, and to no other")
	switch {
	case x.Role == Detector && x.Detector != nil:
		x.Detector.check(l, x.Input)
	case x.Role == Embedder && x.Embedder != nil:
		x.Embedder.check(l, x.Input)
	case x.Role == Passive && x.Passive != nil:
		x.Passive.check(l)
	case x.Role != Detector && x.Role != Embedder && x.Role != Passive:
		l.unless(false, "role %q is none of detector, embedder, passive", x.Role)
	}
}

func (in Input) check(l *list, r Role) {
	l.unless(in.Name != "", "input.name is empty")
	l.unless(in.Order == "RGB" || in.Order == "BGR", "input.order must be RGB or BGR")
	l.unless(in.Scale > 0 && finite(in.Scale), "input.scale must be above 0")
	for c := range 3 {
		l.unless(finite(in.Mean[c]), "input.mean[%d] is not a number", c)
		l.unless(in.Std[c] > 0 && finite(in.Std[c]), "input.std[%d] must be above 0", c)
	}
	if r == Detector {
		l.unless(in.Multiple >= 1 && in.Multiple <= 256, "input.multiple must be 1..256")
		l.unless(in.Width == 0 && in.Height == 0, "input.width and height: a detector has none, its sides follow the picture")
		return
	}
	l.unless(in.Multiple == 0, "input.multiple is a detector's")
	l.unless(in.Width >= 16 && in.Width <= maxSide && in.Height >= 16 && in.Height <= maxSide, "input.width and height must be 16..%d", maxSide)
	l.unless(r != Passive || in.Width == in.Height, "input.width and height must be equal: the face is cut out as a square")
}

func (d DetectorContract) check(l *list, in Input) {
	l.unless(d.Class != "" && d.Object != "" && d.Box != "" && d.Landmarks != "", "detector.class, object, box and landmarks name outputs and must not be empty")
	l.unless(len(d.Strides) > 0, "detector.strides is empty")
	for _, s := range d.Strides {
		l.unless(s > 0 && in.Multiple%s == 0, "detector.strides: input.multiple must be a multiple of %d", s)
	}
	l.unless(share(d.Score) && d.Score > 0, "detector.score must be above 0 and at most 1")
	l.unless(share(d.Overlap), "detector.overlap must be 0..1")
	l.unless(share(d.TurnBelow), "detector.turnBelow must be 0..1")
	l.unless(len(d.LongSides) > 0, "detector.longSides is empty")
	for _, n := range d.LongSides {
		l.unless(n >= 32 && n <= maxSide, "detector.longSides must be 32..%d", maxSide)
	}
	if r := d.Refine; r != nil {
		l.unless(r.Crop >= 1 && r.Crop <= maxFactor, "detector.refine.crop must be 1..%d", maxFactor)
		l.unless(r.Side >= 32 && r.Side <= maxSide && in.Multiple > 0 && r.Side%in.Multiple == 0,
			"detector.refine.side must be 32..%d and a multiple of input.multiple", maxSide)
	}
}

func (e EmbedderContract) check(l *list, in Input) {
	l.unless(e.Output != "", "embedder.output is empty")
	l.unless(e.Size >= 16 && e.Size <= maxSize, "embedder.size must be 16..%d", maxSize)
	for i, p := range e.Points {
		inside := p[0] >= 0 && p[0] <= float64(in.Width) && p[1] >= 0 && p[1] <= float64(in.Height)
		l.unless(inside, "embedder.points[%d] lies outside of the input", i)
	}
	spread := math.Hypot(e.Points[0][0]-e.Points[1][0], e.Points[0][1]-e.Points[1][1])
	l.unless(spread > 1, "embedder.points: the eyes are in one place")
	k := e.Calibration
	l.unless(len(k) >= 2, "embedder.calibration needs two knots or more")
	for i, x := range k {
		l.unless(x[0] >= -1 && x[0] <= 1 && share(x[1]), "embedder.calibration[%d] must be a cosine -1..1 and a score 0..1", i)
		l.unless(i == 0 || x[0] > k[i-1][0] && x[1] > k[i-1][1], "embedder.calibration[%d] must be above the knot before it in both members", i)
	}
}

func (p PassiveContract) check(l *list) {
	l.unless(p.Output != "", "passive.output is empty")
	l.unless(p.Classes >= 2 && p.Classes <= 16, "passive.classes must be 2..16")
	l.unless(p.Live >= 0 && p.Live < p.Classes, "passive.live must be the index of a class")
	l.unless(p.Crop >= 0.5 && p.Crop <= maxFactor, "passive.crop must be 0.5..%d", maxFactor)
	l.unless(p.Border == "reflect-101", "passive.border must be reflect-101")
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func share(v float64) bool { return v >= 0 && v <= 1 }

// plain says whether a file's name stays in its folder.
func plain(name string) bool {
	return name != "" && name == filepath.Base(name) && filepath.IsLocal(name) && !strings.HasPrefix(name, ".")
}
