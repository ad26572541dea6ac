package importer

import (
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"html/template"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

//go:embed report.html
var page string

// The report for people names at most so many rings and rejected rows; the CSV
// has all.
const (
	mostRings    = 500
	mostRejected = 500
)

// report answers what came of an import.
func (m *Importer) report(ctx context.Context, q reportQuery) (*web.Stream, error) {
	by := web.CallerOf(ctx)
	l := m.living(by.Org, q.ID)
	if l == nil {
		j, err := m.kept(ctx, by.Org, q.ID)
		if err != nil {
			return nil, err
		}
		l = newLive(j)
	}
	s := &web.Stream{ContentType: "text/csv; charset=utf-8; header=present", Filename: string(q.ID) + ".csv"}
	write := m.writeCSV
	if q.Format != "csv" {
		s.ContentType, s.Filename, write = "text/html; charset=utf-8", string(q.ID)+".html", m.writeHTML
		s.Header = map[string]string{"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
	}
	s.Write = func(ctx context.Context, w io.Writer) error {
		return m.Store.View(ctx, func(v *storage.View) error { return write(v, w, l) })
	}
	return s, nil
}

// rowsOf are the results of an import, wherever they are.
func (m *Importer) rowsOf(v *storage.View, l *live) iter.Seq2[result, error] {
	if l.dry == nil {
		return m.results(v, l.view())
	}
	l.mu.Lock()
	list := l.dry.results
	l.mu.Unlock()
	return func(yield func(result, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// joined reads which accounts show one face.
func (m *Importer) joined(v *storage.View, l *live) (links, error) {
	j, rings := l.view(), links{}
	for r, err := range m.rowsOf(v, l) {
		if errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, c := range r.Matches {
			rings.join(m.Gallery.Person(j.Org, r.Reference), c.Person)
		}
	}
	return rings, nil
}

// account is one line of a ring.
type account struct {
	Row       uint64 // 0: it was enrolled before
	Reference string
	Name      string
	Born      string
	Outcome   string
	Score     float64 // against the account that it is most like; 0: none
	Like      string  // that account
}

type ringOf struct {
	Number   int
	Accounts []account
	Names    int // different ones
}

// found is the report for people.
type found struct {
	importView
	Title    string
	Org      engine.OrgID
	Source   string
	Bar      float64
	Policy   uint64
	At       time.Time
	Rings    []ringOf
	Others   int // rings beyond those that are named
	Accounts int // in all rings
	Reasons  []reasonCount
	Rejected []result
	Unnamed  uint64 // rejected rows beyond those that are named
}

func (m *Importer) writeHTML(v *storage.View, w io.Writer, l *live) error {
	f, err := m.find(v, l)
	if err != nil {
		return err
	}
	t, err := template.New("report").Funcs(template.FuncMap{
		"means": means, "when": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" },
		"score": func(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) },
		"text":  func(c engine.CustomerID) string { return string(c) },
		"part": func(n, all uint64) string {
			return strconv.FormatFloat(100*float64(n)/float64(max(all, 1)), 'f', 1, 64)
		},
		"took": func(a, b time.Time) string { return b.Sub(a).Round(time.Second).String() },
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("read the report's page: %w", err)
	}
	return t.Execute(w, f)
}

// find collects what the report for people says.
func (m *Importer) find(v *storage.View, l *live) (found, error) {
	joined, err := m.joined(v, l)
	if err != nil {
		return found{}, err
	}
	j := l.view()
	f := found{importView: l.progress(m.now()), Org: j.Org, Source: sourceOf(j), Bar: j.Bar, Policy: j.Policy, At: m.now(), Reasons: byCount(j.Counts.Reasons)}
	for i := range f.Reasons {
		f.Reasons[i].Means = means(f.Reasons[i].Reason)
	}
	n := &numbers{joined, map[engine.Person]int{}}
	rings, met := map[int]*ringOf{}, map[engine.Person]bool{}
	var elsewhere []engine.Candidate // accounts that were enrolled before
	names := map[engine.Person]string{}
	for r, err := range m.rowsOf(v, l) {
		if err != nil {
			return found{}, err
		}
		if r.Outcome == rejected {
			if len(f.Rejected) < mostRejected {
				f.Rejected = append(f.Rejected, r)
			} else {
				f.Unnamed++
			}
		}
		p := m.Gallery.Person(j.Org, r.Reference)
		number := n.of(p)
		if number == 0 || r.Reference == "" || met[p] {
			continue
		}
		met[p], names[p] = true, string(r.Reference)
		a := account{Row: r.Row, Reference: string(r.Reference), Name: r.Name, Born: r.Born, Outcome: string(r.Outcome)}
		if len(r.Matches) > 0 {
			a.Score = r.Matches[0].Score
			if a.Like, err = m.most(v, r.Matches, names); err != nil {
				return found{}, err
			}
			elsewhere = append(elsewhere, r.Matches...)
		}
		if rings[number] == nil {
			rings[number] = &ringOf{Number: number}
		}
		rings[number].Accounts = append(rings[number].Accounts, a)
	}
	for _, c := range elsewhere {
		if number := n.of(c.Person); !met[c.Person] {
			met[c.Person] = true
			name, err := m.nameOf(v, c, names)
			if err != nil {
				return found{}, err
			}
			rings[number].Accounts = append(rings[number].Accounts, account{Reference: name, Outcome: "enrolled before"})
		}
	}
	f.list(rings)
	return f, nil
}

// list puts the rings in their order.
func (f *found) list(rings map[int]*ringOf) {
	for number := 1; number <= len(rings); number++ {
		one := rings[number]
		f.Accounts += len(one.Accounts)
		if len(f.Rings) == mostRings {
			f.Others++
			continue
		}
		people := map[string]bool{}
		for _, a := range one.Accounts {
			if a.Row > 0 {
				people[strings.ToLower(a.Name)+"|"+a.Born] = true
			}
		}
		one.Names = len(people)
		f.Rings = append(f.Rings, *one)
	}
}

// nameOf is the reference of a candidate.
func (m *Importer) nameOf(v *storage.View, c engine.Candidate, names map[engine.Person]string) (string, error) {
	if name := names[c.Person]; name != "" || c.Enrolment == "" {
		return name, nil
	}
	customer, err := m.Gallery.CustomerOf(v, c)
	if err != nil {
		return "", err
	}
	if customer == "" {
		return "(erased)", nil
	}
	return string(customer), nil
}

func sourceOf(j job) string {
	if j.Upload != nil {
		return fmt.Sprintf("upload (%s, %d bytes)", j.Upload.Format, j.Upload.Size)
	}
	return j.Path
}

func (m *Importer) writeCSV(v *storage.View, w io.Writer, l *live) error {
	joined, err := m.joined(v, l)
	if err != nil {
		return err
	}
	j, n := l.view(), &numbers{joined, map[engine.Person]int{}}
	names := map[engine.Person]string{}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"row", "file", "id", "name", "birthDate", "outcome", "reason", "further", "enrolment", "ring", "sameFaceAs", "score"}); err != nil {
		return err
	}
	for r, err := range m.rowsOf(v, l) {
		if err != nil {
			return err
		}
		p := m.Gallery.Person(j.Org, r.Reference)
		line := []string{
			strconv.FormatUint(r.Row, 10), inert(r.File), inert(string(r.Reference)), inert(r.Name), r.Born, string(r.Outcome), r.Reason,
			strings.Join(r.Further, " "), string(r.Enrolment), "", "", "",
		}
		if number := n.of(p); number > 0 && r.Reference != "" {
			line[9] = strconv.Itoa(number)
			names[p] = string(r.Reference)
		}
		if len(r.Matches) > 0 {
			like, err := m.most(v, r.Matches, names)
			if err != nil {
				return err
			}
			line[10], line[11] = inert(like), strconv.FormatFloat(r.Matches[0].Score, 'f', 4, 64)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// most is the account that a face is most like. Of several that are it equally,
// as copies of one picture are, it is the first by name, so that an import always
// says the same.
func (m *Importer) most(v *storage.View, matches []engine.Candidate, names map[engine.Person]string) (first string, err error) {
	for _, c := range matches {
		if c.Score < matches[0].Score {
			break
		}
		name, err := m.nameOf(v, c, names)
		if err != nil {
			return "", err
		}
		if first == "" || name != "" && name < first {
			first = name
		}
	}
	return first, nil
}

// inert keeps a spreadsheet from taking a cell for a formula (OWASP, CSV
// injection): such a cell gets an apostrophe in front.
func inert(cell string) string {
	if first, size := utf8.DecodeRuneInString(cell); size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// RingCount is how many rings there are.
func (f found) RingCount() int { return len(f.Rings) + f.Others }

// Stripes are the shares of the outcomes as parts of one bar.
func (f found) Stripes() template.HTML {
	var b strings.Builder
	at := 0.0
	for _, one := range []struct {
		rows   uint64
		colour string
	}{
		{f.Counts.Enrolled, "#1d7a46"}, {f.Counts.There, "#3f5f8a"}, {f.Counts.Duplicate, "#b25b00"}, {f.Counts.Rejected, "#b3261e"},
	} {
		wide := 100 * float64(one.rows) / float64(max(f.Rows, 1))
		fmt.Fprintf(&b, `<rect x="%.3f" width="%.3f" height="10" fill="%s"/>`, at, wide, one.colour)
		at += wide
	}
	return template.HTML(b.String()) //nolint:gosec // numbers and our own words only
}
