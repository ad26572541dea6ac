package attempts

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage/text"
)

// searched is one thing that a search filters and counts rows by.
type searched struct {
	name    string
	words   []string // all there are; nil: any
	counted bool     // may be a facet
	hidden  bool     // personal, or chosen by the caller: its values are not in the files
	of      func(engine.Attempt) []string
}

// fields are all of them. Whom rows are about is no facet: a list of customers
// is for who may see customers.
func fields() []searched {
	return []searched{
		{"method", words(engine.FaceMatch, engine.FaceLiveness), true, false, func(a engine.Attempt) []string { return some(a.Method) }},
		{"status", words(engine.Verified, engine.Failed, engine.Pending, engine.NotRequired), true, false, func(a engine.Attempt) []string { return some(a.Status) }},
		{"riskLevel", words(engine.RiskLevels()...), true, false, func(a engine.Attempt) []string { return some(a.RiskLevel) }},
		{"allow", []string{"true", "false"}, true, false, func(a engine.Attempt) []string { return []string{strconv.FormatBool(a.Allow)} }},
		{"liveness", words(engine.Live, engine.Spoof, engine.Unclear), true, false, func(a engine.Attempt) []string {
			if a.Liveness == nil {
				return nil
			}
			return some(a.Liveness.Verdict)
		}},
		{"match", words(engine.Match, engine.NoMatch, engine.GreyZone), true, false, func(a engine.Attempt) []string {
			if a.Match == nil {
				return nil
			}
			return some(a.Match.Verdict)
		}},
		{"reason", nil, true, false, reasons},
		{"trigger", nil, true, true, func(a engine.Attempt) []string { return some(a.Trigger) }},
		{"deviceId", nil, true, true, func(a engine.Attempt) []string { return some(a.Device) }},
		{"customerId", nil, false, true, func(a engine.Attempt) []string { return some(a.Customer) }},
		{"day", nil, true, false, func(a engine.Attempt) []string { return []string{a.Created.UTC().Format(time.DateOnly)} }},
	}
}

func words[T ~string](list ...T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

// some is a value, or none.
func some[T ~string](v T) []string {
	if v == "" {
		return nil
	}
	return []string{string(v)}
}

// reasons are why a row was decided so, each once.
func reasons(a engine.Attempt) []string {
	list := slices.Clone(a.Reasons)
	if a.Liveness != nil {
		list = append(list, a.Liveness.Reasons...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// facets are the names that may be counted.
func facets() []string {
	var names []string
	for _, f := range fields() {
		if f.counted {
			names = append(names, f.name)
		}
	}
	return names
}

// kinds are the fields as the index has them.
func kinds() map[string]text.Kind {
	all := map[string]text.Kind{}
	for _, f := range fields() {
		all[f.name] = text.Plain
		if f.hidden {
			all[f.name] = text.Hidden
		}
	}
	return all
}

// document is a row as the index has it. Of an erased one only its moment is left.
func document(row found, owner, sealed string) text.Document {
	d := text.Document{ID: documentID(row.place), Owner: owner, At: row.Created}
	if row.Erased {
		return d
	}
	d.Sealed, d.Values = sealed, map[string][]string{}
	for _, f := range fields() {
		if values := f.of(row.Attempt); len(values) > 0 {
			d.Values[f.name] = values
		}
	}
	d.Words = []string{
		row.Trigger, row.ActionLabel, string(row.Customer), string(row.Device), string(row.ID), string(row.Verification), string(row.Capture),
	}
	d.Words = slices.DeleteFunc(append(d.Words, strings.Join(reasons(row.Attempt), "\n")), func(s string) bool { return s == "" })
	return d
}
