package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// mostPending is how many batches may wait for one that is missing before them, and
// how many alarms for their places.
const mostPending = 4096

// persistHeard is how old the record of a branch's last word may grow.
const persistHeard = 10 * time.Minute

// Take takes a batch or an alarm, and answers the receipt. What cannot be verified is
// refused with a fault and changes nothing.
func (h *Hub) Take(ctx context.Context, wire []byte) ([]byte, error) {
	origin, err := batch.Origin(wire)
	if err != nil {
		return nil, fault.Because(ErrMalformed, err)
	}
	if _, err := h.branchOf(ctx, origin); err != nil {
		return nil, err // a stranger's name has no lock
	}
	defer h.lock(origin)()
	b, err := h.branchOf(ctx, origin)
	if err != nil {
		return nil, err
	}
	if batch.IsAlarm(wire) {
		return h.takeAlarm(ctx, b, wire)
	}
	v, err := batch.Open(wire, b.Keys...)
	if err != nil {
		h.Log.Warn("a batch was refused", "branch", b.Name, "err", err)
		return nil, refused(err)
	}
	if _, err := v.OpenOpenings(h.keys.Opens); err != nil {
		h.Log.Warn("a batch was refused", "branch", b.Name, "err", err)
		return nil, refused(err)
	}
	if b, err = h.takeBatch(ctx, b, v, wire); err != nil {
		return nil, err
	}
	return h.receipt(b, v.ID())
}

// refused is what is said of what cannot be verified.
func refused(err error) error {
	switch {
	case errors.Is(err, transparency.ErrNotSigned), errors.Is(err, transparency.ErrOtherLog):
		return fault.Because(ErrNotSigned, err)
	case errors.Is(err, batch.ErrProof), errors.Is(err, batch.ErrAltered), errors.Is(err, batch.ErrOpening):
		return fault.Because(ErrProof, err)
	default:
		return fault.Because(ErrMalformed, err)
	}
}

// verdict is what a batch says of the log that is here.
type verdict struct {
	standing batch.Standing
	why      string
	skip     int  // entries at the front that are here already
	later    bool // it lies behind a gap
}

// judge holds a verified batch against the log that is here. rootAt is the root of so
// many of the entries here.
func judge(size uint64, v batch.Verified, rootAt func(uint64) (tlog.Hash, error)) (verdict, error) {
	edge := v.Edge
	check := func(at uint64, root tlog.Hash) (verdict, error) {
		here, err := rootAt(at)
		if err != nil || here == root {
			return verdict{standing: batch.Sound}, err
		}
		return verdict{standing: batch.Forked, why: fmt.Sprintf("its first %d entries are others than those that were co-signed", at)}, nil
	}
	if v.Seen <= size && v.Size < v.Seen {
		return verdict{standing: batch.RolledBack, why: fmt.Sprintf("it has %d entries, of %d that were co-signed", v.Size, v.Seen)}, nil
	}
	if v.From > size {
		return verdict{standing: batch.Sound, later: true}, nil
	}
	if is, err := check(v.From, v.Before); err != nil || is.standing != batch.Sound {
		return is, err
	}
	skip := int(min(v.To, size) - v.From)
	for _, e := range v.Entries[:skip] {
		edge = edge.Append(tlog.RecordHash(e), func(tlog.Hash) {})
	}
	is, err := check(v.From+uint64(skip), edge.Root())
	is.skip = skip
	return is, err
}

// takeBatch judges a batch, keeps it, and takes in what follows it.
func (h *Hub) takeBatch(ctx context.Context, b branch, v batch.Verified, wire []byte) (branch, error) {
	now := h.Now().UTC().Truncate(time.Millisecond)
	b.Keys = v.Keys
	is, err := judge(b.Size, v, h.tree(b).root)
	if err != nil {
		return b, err
	}
	if is.standing != batch.Sound && b.Standing == batch.Sound {
		return h.contradicted(ctx, b, v, wire, is, now)
	}
	// What it once said it has it has: one that has less now went back, or this is late.
	fresh := len(v.Entries) > is.skip && is.standing == batch.Sound && b.Standing == batch.Sound
	heard := h.hears(b, v, fresh, now)
	quiet := b.Claimed >= v.Size && heard.Sub(b.Heard) < persistHeard
	b.Claimed, b.Heard = max(b.Claimed, v.Size), heard
	if !fresh {
		if quiet {
			return b, nil
		}
		return b, h.commit(ctx, b, nil, nil)
	}
	if h.Store.State(ctx).Why == storage.Full.Code {
		return b, storage.Full // or each try would leave a file that nothing names
	}
	k := kept{v.From, v.To, sum(wire), ""}
	k.File = fmt.Sprintf("%012d-%012d-%s.batch", k.From, k.To, k.Digest[:12])
	if is.later {
		if err := h.roomToWait(ctx, b); err != nil {
			return b, err
		}
	}
	if err := put(h.folder(b), k.File, wire); err != nil {
		return b, err
	}
	if is.later {
		return b, h.commit(ctx, b, &k, nil)
	}
	return h.grow(ctx, b, v, is, k)
}

// hears notes when a branch was heard last: now, when it brings what was not here, and
// else when it had the answer that it speaks of. An old batch is no sign of life,
// whoever sends it again.
func (h *Hub) hears(b branch, v batch.Verified, fresh bool, now time.Time) time.Time {
	at := now
	if !fresh {
		at = b.Heard
		if told := time.Unix(v.Told, 0).UTC(); told.After(now) {
			at = now
		} else if v.Told > 0 && told.After(at) {
			at = told
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if before := h.heard[b.Origin]; before.After(at) {
		at = before
	}
	h.heard[b.Origin] = at
	return at
}

// grow takes in a batch that goes on from what is here, and those that waited for it.
func (h *Hub) grow(ctx context.Context, b branch, v batch.Verified, is verdict, k kept) (branch, error) {
	waiting, err := h.rangesOf(ctx, b, b.Size)
	if err != nil {
		return b, err
	}
	edge, err := transparency.EdgeAt(b.Size, h.tree(b))
	if err != nil {
		return b, err
	}
	var told []alarm
	for {
		if edge, err = h.tree(b).extend(edge, v.Entries[is.skip:]); err != nil {
			return b, err
		}
		more, against, err := h.confirm(ctx, b, v)
		if err != nil {
			return b, err
		}
		told = append(told, more...)
		b.Size, b.Checkpoint, b.Claimed = v.To, v.Checkpoint, max(b.Claimed, v.To)
		if against != nil {
			b.Standing, b.Why, b.Against = batch.Forked, fmt.Sprintf("entry %d is another than it told of ahead", *against), v.Checkpoint
			break
		}
		next, found := following(waiting, b.Size)
		if !found {
			break
		}
		if v, err = h.reopen(b, next); err != nil {
			return b, err
		}
		if is, err = judge(b.Size, v, h.tree(b).root); err != nil {
			return b, err
		}
		if is.standing != batch.Sound {
			b.Standing, b.Why, b.Against = is.standing, is.why, v.Checkpoint
			break
		}
	}
	return b, h.commit(ctx, b, &k, told)
}

// following is a batch that waits and goes on from size.
func following(waiting []kept, size uint64) (kept, bool) {
	for _, k := range waiting {
		if k.From <= size && k.To > size {
			return k, true
		}
	}
	return kept{}, false
}

func (h *Hub) reopen(b branch, k kept) (batch.Verified, error) {
	wire, err := h.read(b, k)
	if err != nil {
		return batch.Verified{}, err
	}
	return batch.Open(wire, b.Keys...)
}

// roomToWait refuses a batch when too many wait already.
func (h *Hub) roomToWait(ctx context.Context, b branch) error {
	list, err := h.rangesOf(ctx, b, b.Size)
	if err != nil {
		return err
	}
	n := 0
	for _, k := range list {
		if k.From > b.Size {
			n++
		}
	}
	if n >= mostPending {
		return ErrTooFar
	}
	return nil
}

// contradicted names a branch that contradicts what it signed, and keeps the batch
// that shows it.
func (h *Hub) contradicted(ctx context.Context, b branch, v batch.Verified, wire []byte, is verdict, now time.Time) (branch, error) {
	b.Standing, b.Why, b.Against, b.Heard, b.Claimed = is.standing, is.why, v.Checkpoint, now, v.Size
	h.Log.Error("a branch contradicts what it signed", "branch", b.Name, "standing", b.Standing, "why", b.Why)
	if err := put(h.folder(b), "contradiction-"+sum(wire)[:12]+".batch", wire); err != nil {
		return b, err
	}
	return b, h.commit(ctx, b, nil, nil)
}

// commit writes a branch as it is now, what was kept of it, and that it was.
func (h *Hub) commit(ctx context.Context, b branch, k *kept, told []alarm) error {
	_, err := h.Store.Commit(ctx, func(tx *storage.Tx) error {
		public := map[string]any{"branch": b.Name, "size": b.Size, "standing": b.Standing}
		if k != nil {
			public["from"], public["to"], public["batch"] = k.From, k.To, k.Digest
			if err := h.ranges.Put(tx, storage.Subject{}, b.rangeAt(k.From, k.To), *k); err != nil {
				return err
			}
		}
		for _, a := range told {
			if err := h.alarms.Put(tx, storage.Subject{}, b.alarmAt(a.Index), a); err != nil {
				return err
			}
		}
		if err := h.branches.Put(tx, storage.Subject{}, branchAt(b.Origin), b); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "hub.received", Actor: "system", Public: public})
		return err
	})
	return err
}

// receipt is what a branch is told: the co-signature of all that is here.
func (h *Hub) receipt(b branch, id string) ([]byte, error) {
	r := batch.Receipt{Origin: b.Origin, For: id, Size: b.Size, Standing: b.Standing}
	if b.Size > 0 {
		var err error
		if r.Checkpoint, err = h.keys.Signer.Cosign(b.Checkpoint, b.Keys...); err != nil {
			return nil, err
		}
	}
	return r.Bytes(h.keys.Signer)
}

// takeAlarm keeps that an entry was told of ahead of its place, signed as it came: it
// is the evidence should another entry stand there.
func (h *Hub) takeAlarm(ctx context.Context, b branch, wire []byte) ([]byte, error) {
	a, err := batch.OpenAlarm(wire, b.Keys...)
	if err != nil {
		h.Log.Warn("an alarm was refused", "branch", b.Name, "err", err)
		return nil, refused(err)
	}
	known, why, err := h.heardOfIt(ctx, b, a)
	switch {
	case err != nil:
		return nil, err
	case b.Standing != batch.Sound || known:
	case why != "":
		b.Standing, b.Why = batch.Forked, why
		h.Log.Error("a branch contradicts what it signed", "branch", b.Name, "standing", b.Standing, "why", b.Why)
		if err = put(h.folder(b), "contradiction-"+sum(wire)[:12]+".alarm", wire); err == nil {
			err = h.commit(ctx, b, nil, nil)
		}
	default:
		one := alarm{Index: a.Index, Kind: kindOf(a.Entry), Digest: sum(a.Entry), Told: h.Now().UTC().Truncate(time.Millisecond)}
		h.Log.Warn("alarm", "branch", b.Name, "kind", one.Kind, "entry", one.Index)
		if err = put(h.folder(b), fmt.Sprintf("%012d-%s.alarm", one.Index, one.Digest[:12]), wire); err == nil {
			err = h.commit(ctx, b, nil, []alarm{one})
		}
	}
	if err != nil {
		return nil, err
	}
	return h.receipt(b, a.ID())
}

// heardOfIt says whether an alarm brings nothing new, or why it cannot be true beside
// what the branch has signed before: the entry that is here already, or the same place
// told of otherwise.
func (h *Hub) heardOfIt(ctx context.Context, b branch, a batch.Alarm) (known bool, why string, err error) {
	if a.Index < b.Size {
		here, err := h.tree(b).ReadHashes([]int64{tlog.StoredHashIndex(0, int64(a.Index))})
		if err != nil {
			return false, "", err
		}
		if here[0] == tlog.RecordHash(a.Entry) {
			return true, "", nil
		}
		return false, fmt.Sprintf("it told of entry %d as another than it had sent", a.Index), nil
	}
	told, err := h.told(ctx, b, b.Size)
	if err != nil {
		return false, "", err
	}
	for _, t := range told {
		switch {
		case t.Index != a.Index:
		case t.Digest == sum(a.Entry):
			return true, "", nil
		default:
			return false, fmt.Sprintf("it told of entry %d twice, each time as another", a.Index), nil
		}
	}
	if len(told) >= mostPending {
		return false, "", ErrTooFar
	}
	return false, "", nil
}

// told are the alarms of entries from a place on.
func (h *Hub) told(ctx context.Context, b branch, from uint64) (list []alarm, err error) {
	err = h.Store.View(ctx, func(v *storage.View) error {
		for row, err := range h.alarms.Scan(v, storage.Range{Prefix: b.own(), From: b.alarmAt(from)}) {
			if err != nil {
				return fmt.Errorf("read the alarms: %w", err)
			}
			list = append(list, row.Value)
		}
		return nil
	})
	return list, err
}

// confirm holds the alarms that were told of against the entries at their places.
func (h *Hub) confirm(ctx context.Context, b branch, v batch.Verified) (told []alarm, against *uint64, err error) {
	list, err := h.told(ctx, b, v.From)
	for _, a := range list {
		if a.Index >= v.To {
			break
		}
		if a.Confirmed = sum(v.Entries[a.Index-v.From]) == a.Digest; !a.Confirmed {
			against = &a.Index
		}
		told = append(told, a)
	}
	return told, against, err
}

// kindOf is what an entry says it is.
func kindOf(entry []byte) string {
	var leaf struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(entry, &leaf); err != nil || len(leaf.Kind) > 64 || strings.ContainsAny(leaf.Kind, "\n\r\t ") {
		return "unknown"
	}
	return leaf.Kind
}
