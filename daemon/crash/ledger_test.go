package crash

import (
	"errors"
	"slices"
)

// ledger is what all clerks wrote down, by what it left in the journal.
type ledger struct {
	answered map[string]*op // mark -> request that was answered with success
	steps    map[string]*op // label -> step-up
	pending  []*op          // got no answer, and no entry is known to be theirs
}

func ledgerOf(clerks []*clerk) *ledger {
	l := &ledger{answered: map[string]*op{}, steps: map[string]*op{}}
	for _, c := range clerks {
		for _, o := range c.sent {
			if o.kind == decided {
				l.steps[o.label] = o
			}
			switch {
			case o.answer.ok():
				l.answered[o.mark] = o
			case o.unknown() && o.found == "":
				l.pending = append(l.pending, o)
			}
		}
	}
	return l
}

// who asked for what an entry says: a request that was answered so, a step-up
// that was refused because of a lock, or one that got no answer.
func (l *ledger) who(e entry, b *books) (*op, error) {
	if o := l.answered[e.mark()]; o != nil {
		return o, nil
	}
	if o := l.steps[e.private["action"]]; o != nil && e.Kind == decided && e.locked() {
		return o, nil
	}
	for i, o := range l.pending {
		if o.kind == e.Kind && o.fits(e, b) {
			o.found = e.mark()
			l.pending = slices.Delete(l.pending, i, i+1)
			return o, nil
		}
	}
	return nil, errors.New("nobody asked for it")
}

// fits says whether an entry can be that of a request without an answer.
func (o *op) fits(e entry, b *books) bool {
	switch o.kind {
	case enrolled:
		return e.private["customer"] == o.customer
	case decided:
		return e.private["action"] == o.label
	case removed:
		return e.said.Enrolment == o.id
	case erased:
		return slices.Equal(e.said.Enrolments, b.faces[o.customer])
	case keyEnded:
		return e.said.Key == o.id
	case unlocked, deviceUnlocked:
		return e.private["reason"] == o.label
	default:
		return true // settings and new keys have no name before they are answered
	}
}

// lost are the answered requests without an entry.
func (l *ledger) lost(b *books) []string {
	var list []string
	for mark := range l.answered {
		if _, there := b.marks[mark]; !there {
			list = append(list, mark)
		}
	}
	return list
}

// secondThoughts are requests whose entry was found after a kill, and which
// then, asked again, were answered as something else.
func (l *ledger) secondThoughts() []string {
	var list []string
	for mark, o := range l.answered {
		if o.found != "" && (o.found != mark || !o.answer.replayed) {
			list = append(list, o.label+": "+o.found+", then answered as "+mark)
		}
	}
	return list
}
