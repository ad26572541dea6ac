package batch

import (
	"fmt"
	"strconv"

	"github.com/rostod/rostod/internal/transparency"
)

const alarmKind = "rostod/alarm/v1"

// Alarm is one entry that is told of ahead of those before it. It is believed for now,
// because the log's key signed it; when its place in the log arrives, the entry there
// must be the same.
type Alarm struct {
	Origin string
	Index  uint64
	Entry  []byte
	Keys   [][]byte // as a batch's
}

// ID is the alarm's name, the same whenever it is made.
func (a Alarm) ID() string { return fmt.Sprintf("%s/alarm-%d", a.Origin, a.Index) }

// Bytes is the alarm as it travels, signed.
func (a Alarm) Bytes(sign Sign) ([]byte, error) {
	body := frame([][]byte{a.Entry}, a.Keys)
	signed, err := sign(alarmKind, strconv.FormatUint(a.Index, 10), digest(body))
	if err != nil {
		return nil, err
	}
	return frame([][]byte{signed}, [][]byte{body}), nil
}

// OpenAlarm reads an alarm that a trusted key signed.
func OpenAlarm(wire []byte, keys ...string) (Alarm, error) {
	signed, body, kind, err := split(wire)
	if err != nil {
		return Alarm{}, err
	}
	lists, err := unframe(body, 2)
	if kind != alarmKind || err != nil {
		return Alarm{}, fmt.Errorf("%w: no alarm", ErrMalformed)
	}
	entry, err := one(lists[0])
	if err != nil {
		return Alarm{}, err
	}
	if len(keys) > 0 {
		trusted, err := transparency.Follow(keys[len(keys)-1], lists[1]...)
		if err != nil {
			return Alarm{}, fmt.Errorf("follow the log's keys: %w", err)
		}
		keys = append(keys[:len(keys):len(keys)], trusted[1:]...)
	}
	origin, lines, err := transparency.OpenState(signed, alarmKind, keys...)
	if err != nil {
		return Alarm{}, err
	}
	if len(lines) != 2 || lines[1] != digest(body) {
		return Alarm{}, ErrAltered
	}
	index, err := strconv.ParseUint(lines[0], 10, 62)
	if err != nil {
		return Alarm{}, fmt.Errorf("%w: an alarm's place", ErrMalformed)
	}
	return Alarm{origin, index, entry, lists[1]}, nil
}
