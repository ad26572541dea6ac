package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/daemon/bench"
)

// The modes of a report.
const (
	full     = "full"
	quick    = "quick"
	recorded = "recorded"
)

// Report is what the lab found.
type Report struct {
	Machine    bench.Machine `json:"machine"`
	Mode       string        `json:"mode"`
	Split      sim.Split     `json:"split"`
	Faces      string        `json:"faces"` // drawn, or from photographs
	Sessions   int           `json:"sessions"`
	Failed     int           `json:"failed"` // that could not be measured
	Lines      []Line        `json:"lines"`  // by species, at the kiosk of the bars
	Conditions []Line        `json:"conditions"`
	Tones      []Tone        `json:"tones"`
	Curves     []Curve       `json:"curves"`
	Signals    []Signal      `json:"signals"`
	Ablations  []Ablation    `json:"ablations"`
	Crossing   Crossing      `json:"wrongSequences"`
	Crosses    int           `json:"wrongSequencesWanted"`
	Lag        Lag           `json:"lag"`
	Latency    bench.Spread  `json:"latencyMs"`
	Length     bench.Spread  `json:"lengthSeconds"`
	Safety     Safety        `json:"wcag"`
	Seconds    float64       `json:"seconds"`
	Caution    []string      `json:"caution"`
	Bars       []bench.Bar   `json:"bars"`
}

// Tone is the living of one skin tone.
type Tone struct {
	Tone  int   `json:"tone"` // 1 light to 6 dark
	Count Count `json:"count"`
}

// Holds says whether every bar holds.
func (r Report) Holds() bool { return bench.Hold(r.Bars) }

// line is what was said of a species, at all lights.
func (r Report) line(s sim.Species) *Count { return r.lineAt(s, "all") }

func (r Report) lineAt(s sim.Species, lux string) *Count {
	for _, l := range r.Lines {
		if l.Name == string(s) {
			return l.At[lux]
		}
	}
	return nil
}

func (r *run) report() (Report, error) {
	report := Report{Machine: bench.Here(), Mode: full, Split: sim.Split(r.Split), Faces: "drawn", Crosses: r.Crosses}
	switch {
	case r.Recorded != "":
		report.Mode, report.Faces = recorded, "recorded"
	case r.Quick:
		report.Mode = quick
	}
	if len(r.Photos) > 0 {
		report.Faces += fmt.Sprintf(", and %d photographs on drawn heads", len(r.Photos))
	}
	report.figures(r.rows)
	report.Curves, report.Signals, report.Ablations = curves(r.rows), alone(r.rows), ablations(r.rows)
	var err error
	report.Safety, err = flashes(r.Plans)
	report.Bars, report.Caution = report.bars(), report.caution()
	return report, err
}

// figures are what the bars are about.
func (r *Report) figures(rows []Row) {
	r.Sessions, r.Crossing, r.Lag = len(rows), crossingOf(rows), lagOf(rows)
	r.lines(rows)
	var latency, length []float64
	for _, row := range rows {
		if row.Failed != "" {
			r.Failed++
			continue
		}
		if row.Group == Bars {
			latency, length = append(latency, row.Measured), append(length, row.Evidence.Seconds+row.Measured/1000)
		}
	}
	r.Latency, r.Length = bench.SpreadOf(latency), bench.SpreadOf(length)
}

// lines counts by species, by condition and by skin tone.
func (r *Report) lines(rows []Row) {
	for _, s := range speciesOf(rows) {
		some := bySpecies(rows, s)
		if len(some) == 0 {
			continue
		}
		group := Bars
		switch {
		case slices.Contains(Beyond(), s):
			group = NotCovered
		case slices.Contains(Others(), s):
			group = Secondary
		}
		r.Lines = append(r.Lines, lineOf(string(s), group, some))
	}
	var names []string
	for _, row := range rows {
		if conditional(row) && !slices.Contains(names, row.Cell) {
			names = append(names, row.Cell)
		}
	}
	for _, name := range names {
		r.Conditions = append(r.Conditions, lineOf(name, Secondary, only(rows, func(row Row) bool { return row.Cell == name })))
	}
	living := bySpecies(rows, sim.Live)
	for tone := 1; tone <= sim.Tones; tone++ {
		if some := only(living, func(row Row) bool { return row.Tone == tone }); len(some) > 0 {
			r.Tones = append(r.Tones, Tone{tone, count(some)})
		}
	}
}

// speciesOf are the species of the simulation, then those that only a recording
// has.
func speciesOf(rows []Row) []sim.Species {
	list := sim.AllSpecies()
	known := len(list)
	for _, row := range rows {
		if !slices.Contains(list, row.Species) {
			list = append(list, row.Species)
		}
	}
	slices.Sort(list[known:])
	return list
}

// caution is what must be read with the figures.
func (r Report) caution() []string {
	if r.Mode == recorded {
		return []string{"Recorded sessions: as good as what was written down of them, and of those people, cameras and artefacts only. An accredited test is another thing."}
	}
	list := []string{
		"These are sim-APCER and sim-BPCER, not rates of ISO/IEC 30107-3: no real artefact and no real person was there. They say what the code does with the light that the simulation models.",
		"3D masks (mask3d) and real-time relighting by the attacker (relight3d) are not covered: accepted is what is expected of them.",
		"Paper that was not modelled, real skin, beauty filters and local tone mapping of cameras are not in these rates.",
	}
	if r.Mode == quick {
		list = append(list, "A quick run: 0 accepted of so few says little; the bars are floors, and not those of the full run.")
	}
	if r.Mode != recorded {
		list = append(list, "The matcher and the passive network were told to say nothing: every session has one face, the same at every moment, and a passive score of 0.5.")
	}
	if r.Mode == full && r.Split != sim.Test {
		list = append(list, "This is the split "+string(r.Split)+": it may be tuned on, and its figures prove nothing.")
	}
	if busy := r.Machine.Busy(); busy != "" {
		list = append(list, busy)
	}
	return list
}

// write writes report.json and the page.
func (r Report) write(dir string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	page, err := r.page()
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"report.json": append(data, '\n'), "index.html": []byte(page)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil { //nolint:gosec // a report about nobody, for anybody
			return fmt.Errorf("write the report: %w", err)
		}
	}
	return nil
}

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := bench.NewPage(w)
	p.Line("Flash lab, %s run, split %s: %d sessions, %d could not be measured; faces %s", r.Mode, r.Split, r.Sessions, r.Failed, r.Faces)
	p.Line("%s; %.0f s\nsim-APCER and sim-BPCER, not ISO/IEC 30107-3\n", r.Machine, r.Seconds)
	p.Table(r.table()...)
	p.Line("  live/n at each light; an attack that is called live is accepted. pooled: two-sided 95 %%, Clopper-Pearson.\n")
	if len(r.Conditions) > 0 {
		rows := [][]string{{"CONDITION", "LIVE", "N", "95 %", "SPOOF", "UNCLEAR"}}
		for _, l := range r.Conditions {
			c := l.At["all"]
			rows = append(rows, []string{l.Name, fmt.Sprint(c.Live.K), fmt.Sprint(c.N), between(c.Live), fmt.Sprint(c.Spoof.K), fmt.Sprint(c.Unclear.K)})
		}
		p.Table(rows...)
		p.Line("  No promise: measured beside the bars.\n")
	}
	if len(r.Tones) > 0 {
		rows := [][]string{{"SKIN TONE", "LIVE", "N", "NOT LIVE %", "95 %"}}
		for _, t := range r.Tones {
			rows = append(rows, []string{fmt.Sprint(t.Tone), fmt.Sprint(t.Count.Live.K), fmt.Sprint(t.Count.N), fmt.Sprintf("%.1f", 100*t.Count.NotFirst.Rate), between(t.Count.NotFirst)})
		}
		p.Table(rows...)
		p.Line("")
	}
	p.Bars(r.Bars)
	p.Line("")
	for _, c := range r.Caution {
		p.Line("CAUTION: %s", c)
	}
	return p.End()
}

func between(r Rate) string { return fmt.Sprintf("%.1f-%.1f", 100*r.Low, 100*r.High) }

// table is every species at every light.
func (r Report) table() [][]string {
	head := []string{"SPECIES", "GROUP"}
	for _, lux := range Luxes() {
		head = append(head, luxName(lux))
	}
	rows := [][]string{append(head, "ALL", "95 %", "SPOOF", "UNCLEAR")}
	for _, l := range r.Lines {
		row := []string{l.Name, string(l.Group)}
		for _, lux := range Luxes() {
			c := l.At[luxName(lux)]
			if c == nil {
				row = append(row, "-")
				continue
			}
			row = append(row, fmt.Sprintf("%d/%d", c.Live.K, c.N))
		}
		c := l.At["all"]
		rows = append(rows, append(row, fmt.Sprintf("%d/%d", c.Live.K, c.N), between(c.Live), fmt.Sprint(c.Spoof.K), fmt.Sprint(c.Unclear.K)))
	}
	return rows
}

func percentless(v float64) string { return fmt.Sprintf("%g", v) }
