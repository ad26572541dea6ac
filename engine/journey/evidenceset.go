package journey

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/journey/dossier"
	"github.com/rostod/rostod/internal/web"
)

func (j *Journeys) evidenceSet(ctx context.Context, p evidencePath, _ web.None) (fileAnswer, error) {
	caller := web.CallerOf(ctx)
	r, err := j.of(ctx, caller.Org, p.ID)
	if err != nil {
		return fileAnswer{}, err
	}
	if r.State != finished || r.Authentication == "" {
		return fileAnswer{}, ErrNotDecided
	}
	seal, err := j.seal(ctx)
	if err != nil {
		return fileAnswer{}, err
	}
	set, err := j.set(ctx, caller, r, seal)
	if err != nil {
		return fileAnswer{}, err
	}
	plain, err := set.Write()
	if err != nil {
		return fileAnswer{}, err
	}
	sealed, err := seal.Sign(plain, "Evidence set of process "+string(r.ID), set.Made)
	if err != nil {
		return fileAnswer{}, err
	}
	if err := j.looked(ctx, caller, r, "journey.evidence", p.Reason); err != nil {
		return fileAnswer{}, err
	}
	return fileAnswer{sealed, "application/pdf"}, nil
}

// set is everything that the evidence set of a journey says to a caller.
func (j *Journeys) set(ctx context.Context, caller engine.Caller, r record, seal dossier.Seal) (dossier.Set, error) {
	c, err := j.captured(ctx, r)
	if err != nil {
		return dossier.Set{}, err
	}
	s := dossier.Set{
		Title: "Evidence set", About: "Process " + string(r.ID), Result: plainly(string(r.Result), "PROCESS_RESULT_"), Tone: dossier.Good,
		Facts: r.facts(), Digests: r.digests(), Made: j.Now().UTC().Truncate(time.Second),
		Missing: "The picture is not kept any more.",
		Sealed: []string{
			"This document is sealed by " + seal.Name() + ". A reader that trusts the certificate whose fingerprint is above (GET /client/v1/seal) shows by whom, and that nothing was changed since.",
			"Inside are, for programs: the journal's receipts of the decision and of the end of the process. rostod-verify checks them with the journal's public key, on any machine.",
		},
	}
	if r.Result != ok {
		s.Tone = dossier.Bad
	}
	if c != nil {
		s.Picture, s.Caption = c.Picture, "The picture that was compared, from the capture of "+c.Created.UTC().Format("2006-01-02 15:04:05 UTC")
		s.Flash = &c.Flash
	}
	scores := caller.May(engine.ViewScores)
	for _, f := range r.Findings {
		s.Findings = append(s.Findings, found(*f, scores))
	}
	s.Digests = append(s.Digests, dossier.Fact{Name: "Seal, SHA-256", Value: seal.Fingerprint()})
	for _, of := range []struct {
		name  string
		entry uint64
	}{{"decision", r.Decided}, {"end", r.Ended}} {
		if of.entry == 0 {
			continue
		}
		receipt, err := j.Receipts.Receipt(ctx, caller, of.entry, "evidence set")
		if err != nil {
			return s, fmt.Errorf("get the receipt of an entry: %w", err)
		}
		s.Files = append(s.Files, dossier.File{
			Name: of.name + "-" + strconv.FormatUint(of.entry, 10) + ".receipt.json", About: "The journal's receipt of the " + of.name, Bytes: receipt,
		})
	}
	return s, nil
}

// plainly is a word of the contract as people read it.
func plainly(word, prefix string) string {
	return strings.ReplaceAll(strings.TrimPrefix(word, prefix), "_", " ")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func (r record) facts() []dossier.Fact {
	return []dossier.Fact{
		{Name: "Person", Value: r.Person.Name},
		{Name: plainly(r.Person.Kind, "DUI_TYPE_"), Value: r.Person.Number},
		{Name: "Client reference", Value: string(r.Client)},
		{Name: "Flow", Value: r.Flow},
		{Name: "Purpose", Value: r.Purpose},
		{Name: "Use case", Value: r.UseCase},
		{Name: "Organisation", Value: string(r.Org)},
		{Name: "Branch", Value: r.Branch},
		{Name: "Created", Value: moment(r.Created)},
		{Name: "Consent given", Value: moment(r.Consented)},
		{Name: "Finished", Value: moment(r.Finished)},
		{Name: "Decided by process", Value: string(r.Authentication)},
		{Name: "Compared with", Value: joined(r.Against)},
	}
}

func joined(ids []engine.ProcessID) string {
	var list []string
	for _, id := range ids {
		list = append(list, "process "+string(id))
	}
	return strings.Join(list, "\n")
}

func (r record) digests() []dossier.Fact {
	list := []dossier.Fact{
		{Name: "Policy", Value: "version " + strconv.FormatUint(r.Policy, 10)},
		{Name: "Capture", Value: string(r.Capture)},
		{Name: "Picture, SHA-256", Value: r.PictureDigest},
	}
	for i, m := range r.Models {
		list = append(list, dossier.Fact{Name: "Model " + strconv.Itoa(i+1) + ", SHA-256", Value: m})
	}
	for _, f := range r.Findings {
		if f.Model != "" {
			list = append(list, dossier.Fact{Name: "Table of " + string(f.Capability), Value: f.Model})
		}
	}
	return append(list,
		dossier.Fact{Name: "Journal, decision", Value: "entry " + strconv.FormatUint(r.Decided, 10)},
		dossier.Fact{Name: "Journal, end", Value: "entry " + strconv.FormatUint(r.Ended, 10)})
}

// found is a finding as the evidence set says it.
func found(f engine.Finding, scores bool) dossier.Finding {
	d := dossier.Finding{Name: plainly(string(f.Capability), ""), Verdict: "no result", Reasons: slices.Clone(f.Reasons)}
	d.Name = strings.ToUpper(d.Name[:1]) + strings.ReplaceAll(d.Name[1:], "-", " ")
	o := f.Outcome
	switch {
	case f.Liveness != nil:
		d.Verdict, d.Tone = string(f.Liveness.Verdict), tone(f.Liveness.Verdict == engine.Live)
		for _, r := range f.Liveness.Reasons {
			if !slices.Contains(d.Reasons, r) {
				d.Reasons = append(d.Reasons, r)
			}
		}
		if scores {
			d.Score = fmt.Sprintf("score %.4f, assurance %s", f.Liveness.Score, f.Liveness.Assurance)
		}
	case o.UnicoID != nil:
		d.Verdict, d.Tone = said(o.UnicoID.Result, engine.Yes, engine.No)
	case o.IdentityFraudsters != nil:
		d.Verdict, d.Tone = said(o.IdentityFraudsters.Result, "", engine.Yes)
	case o.IDCloud != nil:
		d.Verdict, d.Tone = said(o.IDCloud.Result, "", engine.Reproved)
	case o.Authenticated != nil:
		d.Verdict, d.Tone = map[bool]string{true: "same person", false: "another person"}[*o.Authenticated], tone(*o.Authenticated)
	case o.Score != nil:
		d.Verdict = "score " + strconv.Itoa(*o.Score)
	case o.Government != nil:
		d.Verdict = "similarity " + strconv.Itoa(o.Government.Serpro)
	}
	if scores && d.Score == "" && f.Threshold > 0 {
		d.Score = fmt.Sprintf("threshold %.3f", f.Threshold)
	}
	return d
}

func tone(good bool) dossier.Tone {
	if good {
		return dossier.Good
	}
	return dossier.Bad
}

func said(result, good, bad string) (string, dossier.Tone) {
	switch result {
	case good:
		return result, dossier.Good
	case bad:
		return result, dossier.Bad
	default:
		return result, dossier.Plain
	}
}
