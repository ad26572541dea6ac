package audit

import (
	"context"
	_ "embed"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type entryPath struct {
	Index int `path:"index" doc:"The entry, as attempts and erasures name it in journal." minimum:"0"`
}

type receiptPath struct {
	Index int `path:"index" doc:"The entry, as attempts and erasures name it in journal." minimum:"0"`
	web.Why
}

type sequelQuery struct {
	From int `query:"from" doc:"The size of the earlier checkpoint." required:"true" minimum:"0"`
}

type sequelAnswer struct {
	From       uint64   `json:"from"`
	Hashes     [][]byte `json:"hashes" doc:"The consistency proof of RFC 6962, base64 each."`
	Checkpoint string   `json:"checkpoint" doc:"The journal of now, signed."`
}

type verifyBody struct {
	Checkpoints []string `json:"checkpoints,omitzero" doc:"Signed checkpoints that were kept elsewhere, to hold against the journal." maxItems:"1000"`
}

type verifyAnswer struct {
	Size        uint64       `json:"size" doc:"Entries, whose hashes were all computed again."`
	Root        []byte       `json:"root"`
	Sound       bool         `json:"sound" doc:"Whether the journal begins with what every checkpoint speaks of."`
	Checkpoints []comparison `json:"checkpoints"`
}

type comparison struct {
	Size  uint64 `json:"size,omitzero"`
	State state  `json:"state" enum:"within,forked,short,foreign" doc:"within: the journal begins with what it speaks of; forked: it has other entries; short: it has fewer; foreign: signed by a key that is not this journal's."`
}

type keyView struct {
	Number int       `json:"number"`
	Key    string    `json:"key" doc:"The verifier key (c2sp.org/signed-note): what an auditor keeps."`
	Since  time.Time `json:"since"`
	Entry  uint64    `json:"journal" doc:"The entry that says so."`
	Proof  string    `json:"proof,omitzero" doc:"Of that entry, signed by the key before (c2sp.org/tlog-proof)."`
}

type keysAnswer struct {
	Log  string    `json:"log" doc:"The journal's name, which its checkpoints begin with."`
	Keys []keyView `json:"keys" doc:"The first first; the last one signs."`
}

func (a *Audit) routes(r *web.Router) {
	const at, tag = "/api/audit", "Audit"
	text := []string{"text/plain"}
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/checkpoint", ID: "getCheckpoint", Tag: tag, Produces: text,
		Summary: "The journal's size and root, signed",
		About:   "A checkpoint (c2sp.org/tlog-checkpoint). Keep one elsewhere, and later nobody can take back what it speaks of.",
		Family:  web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{storage.Full, storage.Failed},
	}, func(ctx context.Context, _ web.None) (*web.Stream, error) {
		_, signed, err := a.signed(ctx)
		return sent(signed, err, plain, "")
	})
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/entries/{index}/proof", ID: "getEntryProof", Tag: tag, Produces: text,
		Summary: "An entry of the journal, with the proof that it is in there",
		About:   "A file (c2sp.org/tlog-proof) with the entry as its extra data. rostod-verify checks it anywhere, with the log's key and nothing else.",
		Family:  web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{ErrNoEntry, storage.Full, storage.Failed},
	}, func(ctx context.Context, p entryPath) (*web.Stream, error) {
		b, err := a.Proof(ctx, web.CallerOf(ctx), uint64(p.Index))
		return sent(b, err, plain, "entry-"+strconv.Itoa(p.Index)+".tlog-proof")
	})
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/entries/{index}/receipt", ID: "getReceipt", Tag: tag, Produces: []string{"application/json"},
		Summary: "A decision's receipt: the entry, its proof, and the private values that it commits to",
		About:   "rostod-verify checks it anywhere. Scores are in it only for keys with scores:view, what a process was about only for keys with processes:run, and nothing private when the person was erased.",
		Family:  web.Identity, Scope: engine.ViewAttempts, Faults: []*fault.Fault{ErrNoEntry, storage.Full, storage.Failed},
	}, func(ctx context.Context, p receiptPath) (*web.Stream, error) {
		b, err := a.receipt(ctx, web.CallerOf(ctx), uint64(p.Index), p.Reason)
		return sent(b, err, "application/json", "receipt-"+strconv.Itoa(p.Index)+".json")
	})
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/page", ID: "getVerifierPage", Tag: tag, Produces: []string{"text/html"}, Public: true,
		Summary: "A page that checks receipts in a browser, without a server",
		About:   "Save it, carry it to wherever receipts are to be checked, and open the file. It holds nothing of this machine.",
		Family:  web.Identity,
	}, func(context.Context, web.None) (*web.Stream, error) {
		return sent(page, nil, "text/html; charset=utf-8", "verify.html")
	})
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/consistency", ID: "getConsistency", Tag: tag,
		Summary: "Prove that the journal goes on from an earlier checkpoint",
		Family:  web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{ErrAhead, storage.Full, storage.Failed},
	}, a.handleSequel)
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: at + "/tiles", ID: "getTiles", Tag: tag, Produces: []string{"application/x-tar"},
		Summary: "The whole journal as a log that others can serve and read",
		About:   "A tar of the files of c2sp.org/tlog-tiles. The entries of every org are in it, so it is for whoever works on the machine.",
		Family:  web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{ErrNotHere, storage.Full, storage.Failed},
	}, a.handleTiles)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/verify", ID: "verifyJournal", Tag: tag, Repeatable: true, OptionalBody: true,
		Summary: "Compute the journal's tree again, and hold checkpoints against it",
		Family:  web.Identity, Scope: engine.ViewAudit, MaxBody: 1 << 20, Faults: []*fault.Fault{ErrCheckpoint, storage.Failed},
	}, a.handleVerify)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at + "/keys", ID: "getAuditKeys", Tag: tag,
		Summary: "The keys that the journal was signed with",
		Family:  web.Identity, Scope: engine.ViewAudit, Faults: []*fault.Fault{storage.Full, storage.Failed},
	}, a.handleKeys)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/keys/rotate", ID: "rotateAuditKey", Tag: tag,
		Summary: "Sign with a new key from now on",
		About:   "The key before signs for the new one and is destroyed.",
		Family:  web.Identity, Scope: engine.ManageKeys, Faults: []*fault.Fault{storage.Full, storage.Failed},
	}, a.handleRotate)
}

const plain = "text/plain; charset=utf-8"

//go:embed verify.html
var page []byte

// sent is a file as an answer, under a name to save it by.
func sent(b []byte, err error, kind, name string) (*web.Stream, error) {
	if err != nil {
		return nil, err
	}
	return &web.Stream{ContentType: kind, Filename: name, Write: func(_ context.Context, w io.Writer) error {
		_, err := w.Write(b)
		return err
	}}, nil
}

func (a *Audit) handleSequel(ctx context.Context, q sequelQuery, _ web.None) (sequelAnswer, error) {
	hashes, signed, err := a.sequel(ctx, uint64(q.From))
	answer := sequelAnswer{From: uint64(q.From), Hashes: [][]byte{}, Checkpoint: string(signed)}
	for _, h := range hashes {
		answer.Hashes = append(answer.Hashes, h[:])
	}
	return answer, err
}

func (a *Audit) handleTiles(ctx context.Context, _ web.None) (*web.Stream, error) {
	if web.CallerOf(ctx).Key != engine.Operator {
		return nil, ErrNotHere
	}
	return &web.Stream{ContentType: "application/x-tar", Filename: "journal.tar", Write: a.tiles}, nil
}

func (a *Audit) handleVerify(ctx context.Context, _ web.None, b verifyBody) (verifyAnswer, error) {
	report, err := a.Store.Verify(ctx)
	if err != nil {
		return verifyAnswer{}, err
	}
	answer := verifyAnswer{Size: report.Size, Root: report.Root[:], Sound: true, Checkpoints: []comparison{}}
	err = a.Store.View(ctx, func(v *storage.View) error {
		keys, err := a.chain(v)
		if err != nil {
			return err
		}
		for _, signed := range b.Checkpoints {
			then, is, err := compare(v, keys, signed)
			if err != nil {
				return err
			}
			answer.Checkpoints = append(answer.Checkpoints, comparison{then.Size, is})
			answer.Sound = answer.Sound && is == within
		}
		return nil
	})
	return answer, err
}

func (a *Audit) handleKeys(ctx context.Context, _, _ web.None) (keysAnswer, error) {
	by, err := a.current(ctx)
	if err != nil {
		return keysAnswer{}, err
	}
	answer := keysAnswer{Log: by.log(), Keys: []keyView{}}
	err = a.Store.View(ctx, func(v *storage.View) error {
		all, err := a.chain(v)
		for _, k := range all {
			answer.Keys = append(answer.Keys, keyView{int(k.Number), k.Name, k.Since, k.Entry, string(k.Proof)})
		}
		return err
	})
	return answer, err
}

func (a *Audit) handleRotate(ctx context.Context, _, _ web.None) (keysAnswer, error) {
	if err := a.rotate(ctx, web.CallerOf(ctx).Key); err != nil {
		return keysAnswer{}, err
	}
	return a.handleKeys(ctx, web.None{}, web.None{})
}
