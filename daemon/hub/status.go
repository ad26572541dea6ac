package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// View is how a branch stands.
type View struct {
	Name     string         `json:"name"`
	Log      string         `json:"log"`
	Complete bool           `json:"complete" doc:"Whether all that the branch has said it has is here, nothing speaks against it, and it was heard of late."`
	Size     uint64         `json:"size" doc:"Entries that are here, without a gap, and co-signed."`
	Claimed  uint64         `json:"claimed" doc:"The most entries that the branch has said it has."`
	Standing batch.Standing `json:"standing" enum:"sound,forked,rolled-back"`
	Why      string         `json:"why,omitzero" doc:"What speaks against it."`
	Silent   bool           `json:"silent" doc:"Whether it was not heard for longer than hub.silentMinutes."`
	Heard    time.Time      `json:"heard,omitzero"`
	Waiting  int            `json:"waiting,omitzero" doc:"Batches that wait for one before them."`
	Parcels  []uint64       `json:"missingParcels,omitzero" doc:"Parcels that did not come, by number."`
	Alarms   []AlarmView    `json:"alarms,omitzero" doc:"Entries that were told of ahead and whose place has not come yet."`
	Evidence *Evidence      `json:"evidence,omitzero"`
}

// AlarmView is an entry that was told of ahead.
type AlarmView struct {
	Entry uint64    `json:"entry"`
	Kind  string    `json:"kind"`
	Told  time.Time `json:"told"`
}

// Evidence is two checkpoints that the branch signed and that cannot both be true.
type Evidence struct {
	Cosigned string `json:"cosigned" doc:"The one that was co-signed here."`
	Against  string `json:"against" doc:"The one that contradicts it."`
}

// Branches is every branch and how it stands.
func (h *Hub) Branches(ctx context.Context) ([]View, error) {
	list, err := h.all(ctx)
	if err != nil {
		return nil, err
	}
	views := []View{}
	for _, b := range list {
		v, err := h.view(ctx, b)
		if err != nil {
			return nil, err
		}
		views = append(views, v)
	}
	return views, nil
}

// Branch is one by its name.
func (h *Hub) Branch(ctx context.Context, name string) (View, error) {
	b, err := h.named(ctx, name)
	if err != nil {
		return View{}, err
	}
	return h.view(ctx, b)
}

func (h *Hub) view(ctx context.Context, b branch) (View, error) {
	v := View{
		Name: b.Name, Log: b.Origin, Size: b.Size, Claimed: b.Claimed, Standing: b.Standing, Why: b.Why,
		Heard: h.heardOf(b), Parcels: b.Missing,
	}
	v.Silent = h.silent(b)
	if b.Standing != batch.Sound {
		v.Evidence = &Evidence{string(b.Checkpoint), string(b.Against)}
	}
	list, err := h.rangesOf(ctx, b, b.Size)
	if err != nil {
		return v, err
	}
	for _, k := range list {
		if k.From > b.Size {
			v.Waiting++
		}
	}
	told, err := h.told(ctx, b, b.Size)
	for _, a := range told {
		v.Alarms = append(v.Alarms, AlarmView{a.Index, a.Kind, a.Told})
	}
	v.Complete = b.Standing == batch.Sound && b.Size > 0 && b.Size >= b.Claimed && v.Waiting == 0 && !v.Silent
	return v, err
}

func (h *Hub) heardOf(b branch) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if late := h.heard[b.Origin]; late.After(b.Heard) {
		return late
	}
	return b.Heard
}

// silent says whether a branch was not heard for too long: since it was enrolled, when
// it never was.
func (h *Hub) silent(b branch) bool {
	since := h.heardOf(b)
	if since.IsZero() {
		since = b.Enrolled
	}
	return h.Now().Sub(since) > h.SilentAfter
}

// Verify reads everything that is kept of a branch again: every signature, every
// proof, every hash up to the co-signed root. Its error names what is wrong.
func (h *Hub) Verify(ctx context.Context, name string) (View, error) {
	b, err := h.named(ctx, name)
	if err != nil {
		return View{}, err
	}
	defer h.lock(b.Origin)()
	if b, err = h.branchOf(ctx, b.Origin); err != nil {
		return View{}, err
	}
	var edge transparency.Edge
	err = h.entries(ctx, b, 0, func(_ uint64, entry []byte) error {
		edge = edge.Append(tlog.RecordHash(entry), func(tlog.Hash) {})
		return nil
	})
	if err != nil {
		return View{}, err
	}
	if b.Size > 0 {
		c, err := transparency.OpenCheckpoint(b.Checkpoint, b.Keys...)
		if err != nil {
			return View{}, archiveDamaged("The checkpoint of branch " + b.Name + " is not its own")
		}
		root, err := h.tree(b).root(b.Size)
		if err != nil || root != c.Root || edge.Root() != c.Root || c.Size != b.Size {
			return View{}, archiveDamaged("The entries of branch " + b.Name + " do not lead to the root that was co-signed")
		}
	}
	return h.view(ctx, b)
}

// entries passes a branch's entries from an index on, each from a batch whose
// signature and proof hold.
func (h *Hub) entries(ctx context.Context, b branch, from uint64, each func(index uint64, entry []byte) error) error {
	list, err := h.rangesOf(ctx, b, from)
	if err != nil {
		return err
	}
	next := from
	for next < b.Size {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		for len(list) > 0 && list[0].To <= next {
			list = list[1:]
		}
		k, found := following(list, next)
		if !found {
			return archiveDamaged(fmt.Sprintf("Entry %d of branch %s is missing", next, b.Name))
		}
		v, err := h.reopen(b, k)
		if err != nil {
			if errors.Is(err, ErrArchive) {
				return err
			}
			return archiveDamaged(fmt.Sprintf("%s of branch %s does not verify (%v)", k.File, b.Name, err))
		}
		for _, entry := range v.Entries[next-v.From : min(v.To, b.Size)-v.From] {
			if err := each(next, entry); err != nil {
				return err
			}
			next++
		}
	}
	return nil
}

// Export writes a branch's entries as they are, one a line.
func (h *Hub) Export(ctx context.Context, name string, w io.Writer) error {
	b, err := h.named(ctx, name)
	if err != nil {
		return err
	}
	return h.entries(ctx, b, 0, func(_ uint64, entry []byte) error {
		_, err := fmt.Fprintf(w, "%s\n", entry)
		return err
	})
}

// Erasures is the list of those entries of a branch that say that somebody was erased,
// each with its proof under the checkpoint that was co-signed, and the hub's word that
// it is whole: what the branch needs when an older copy was put back there.
func (h *Hub) Erasures(ctx context.Context, name string) ([]byte, error) {
	b, err := h.named(ctx, name)
	if err != nil {
		return nil, err
	}
	var list [][]byte
	err = h.entries(ctx, b, 0, func(index uint64, entry []byte) error {
		if kindOf(entry) != "person.erased" {
			return nil
		}
		hashes, err := tlog.ProveRecord(int64(b.Size), int64(index), h.tree(b))
		if err != nil {
			return fmt.Errorf("prove an erasure: %w", err)
		}
		receipt, err := transparency.NewReceipt(transparency.Proof(index, entry, hashes, b.Checkpoint), nil)
		list = append(list, receipt)
		return err
	})
	if err != nil {
		return nil, err
	}
	of := transparency.Checkpoint{Origin: b.Origin}
	if b.Size > 0 {
		if of, err = transparency.OpenCheckpoint(b.Checkpoint, b.Keys...); err != nil {
			return nil, archiveDamaged("The checkpoint of branch " + b.Name + " is not its own")
		}
	}
	return transparency.ErasureList(h.keys.Signer, of, list)
}

// Restart lets a branch that was named begin anew: what is here of it stays, in a
// folder beside, and its journal is taken from its first entry on. Why stays in the
// hub's journal.
func (h *Hub) Restart(ctx context.Context, name, why string) (View, error) {
	b, err := h.named(ctx, name)
	if err != nil {
		return View{}, err
	}
	if why == "" {
		return View{}, ErrReason
	}
	defer h.lock(b.Origin)()
	if b, err = h.branchOf(ctx, b.Origin); err != nil {
		return View{}, err
	}
	if b.Standing == batch.Sound {
		return View{}, ErrSound
	}
	before := b
	b.Folder = fmt.Sprintf("%s.%d", batch.Short(b.Origin), h.Now().UTC().UnixMilli())
	b.Size, b.Claimed, b.Checkpoint, b.Standing, b.Why, b.Against, b.Tabled, b.Missing = 0, 0, nil, batch.Sound, "", nil, 0, nil
	_, err = h.Store.Commit(ctx, func(tx *storage.Tx) error {
		if err := h.branches.Put(tx, storage.Subject{}, branchAt(b.Origin), b); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "hub.restarted", Actor: "operator", Public: map[string]any{
			"branch": b.Name, "why": why, "standing": before.Standing, "size": before.Size,
			"cosigned": string(before.Checkpoint), "against": string(before.Against), "kept": before.Folder,
		}})
		return err
	})
	if err != nil {
		return View{}, err
	}
	return h.view(ctx, b)
}

// Private is what headquarters may know of an entry: values that the entry commits to.
// Who asked is in the hub's journal.
func (h *Hub) Private(ctx context.Context, name string, index uint64) (map[string]string, error) {
	b, err := h.named(ctx, name)
	if err != nil {
		return nil, err
	}
	list, err := h.rangesOf(ctx, b, index)
	if err != nil {
		return nil, err
	}
	k, found := following(list, index)
	if !found || index >= b.Size {
		return nil, ErrNoEntry
	}
	v, err := h.reopen(b, k)
	if err != nil {
		return nil, err
	}
	all, err := v.OpenOpenings(h.keys.Opens)
	if err != nil {
		return nil, err
	}
	if len(all[index]) == 0 {
		return nil, ErrNoEntry
	}
	_, err = h.Store.Commit(ctx, func(tx *storage.Tx) error {
		_, err := tx.Log(storage.Entry{Kind: "hub.opened", Actor: "operator", Public: map[string]any{"branch": b.Name, "entry": index}})
		return err
	})
	values := map[string]string{}
	for name, o := range all[index] {
		values[name] = o.Value
	}
	return values, err
}

// removeLeftovers removes what a killed hub was about to write.
func (h *Hub) removeLeftovers() error {
	files, err := filepath.Glob(filepath.Join(h.Dir, "*", "*", ".new-*"))
	if err != nil {
		return fmt.Errorf("look for leftovers: %w", err)
	}
	for _, f := range files {
		err = errors.Join(err, os.Remove(f))
	}
	return err
}
