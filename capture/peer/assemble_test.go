package peer

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/rostod/rostod/capture/decode"
)

func TestDepacketise(t *testing.T) {
	for _, tt := range []struct {
		name    string
		payload []byte
		want    descriptor
		data    string
		err     error
	}{
		{"first", []byte{0x10, 'a', 'b'}, descriptor{first: true, picture: -1}, "ab", nil},
		{"later", []byte{0x00, 'a'}, descriptor{picture: -1}, "a", nil},
		{"first of another partition", []byte{0x11, 'a'}, descriptor{picture: -1}, "a", nil},
		{"short number", []byte{0x90, 0x80, 0x11, 'a'}, descriptor{first: true, picture: 0x11, bits: 7}, "a", nil},
		{"long number", []byte{0x90, 0x80, 0x81, 0x02, 'a'}, descriptor{first: true, picture: 0x102, bits: 15}, "a", nil},
		{"all", []byte{0x90, 0xf0, 0x81, 0x02, 7, 8, 'a'}, descriptor{first: true, picture: 0x102, bits: 15}, "a", nil},
		{"layers alone", []byte{0x80, 0x20, 8, 'a'}, descriptor{picture: -1}, "a", nil},
		{"nothing", nil, descriptor{}, "", errDescriptor},
		{"no data", []byte{0x10}, descriptor{}, "", errDescriptor},
		{"no flags", []byte{0x90}, descriptor{}, "", errDescriptor},
		{"no number", []byte{0x90, 0x80}, descriptor{}, "", errDescriptor},
		{"half a number", []byte{0x90, 0x80, 0x81}, descriptor{}, "", errDescriptor},
		{"no layers", []byte{0x90, 0x40}, descriptor{}, "", errDescriptor},
	} {
		got, data, err := depacketise(tt.payload)
		if got != tt.want || string(data) != tt.data || !errors.Is(err, tt.err) {
			t.Errorf("%s: got %+v, %q, %v, want %+v, %q, %v", tt.name, got, data, err, tt.want, tt.data, tt.err)
		}
	}
}

// The bytes that are left are the end of those that came.
func FuzzDepacketise(f *testing.F) {
	for _, seed := range []string{"\x10a", "\x90\x80\x81\x02a", "\x90\xf0\x81\x02\x07\x08a", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		d, data, err := depacketise(payload)
		if err != nil {
			if data != nil || d != (descriptor{}) {
				t.Errorf("got %+v, %x with an error", d, data)
			}
			return
		}
		if len(data) == 0 || !bytes.HasSuffix(payload, data) || d.picture >= 1<<15 {
			t.Errorf("got %+v, %x of %x", d, data, payload)
		}
	})
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// ms is a time of a test.
func ms(n int) time.Time { return noon.Add(time.Duration(n) * time.Millisecond) }

// came is a packet of one letter: "12a" is picture 12 beginning, "12.b" its
// next, "12.c!" its last; "-" is padding alone and "~" a hole.
func came(at int, what string) *packet {
	var picture int
	var letter string
	p := &packet{arrived: ms(at)}
	if what == "-" {
		return p
	}
	p.header.Marker = strings.HasSuffix(what, "!")
	what = strings.TrimSuffix(what, "!")
	_, _ = fmt.Sscanf(strings.Replace(what, ".", " ", 1), "%d%s", &picture, &letter)
	p.header.Timestamp = uint32(3000 * picture)
	first := byte(0x90)
	if strings.Contains(what, ".") {
		first = 0x80
	}
	p.payload = append([]byte{first, 0x80, byte(picture)}, letter...)
	return p
}

func TestAssemble(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"one packet each", "1a! 2b!", "a b"},
		{"several packets", "1a 1.b 1.c! 2d!", "abc d"},
		{"padding", "- 1a - 1.b! -", "ab"},
		{"no marker", "1a 1.b 2c 2.d 3e", "ab cd"},
		{"begins in the middle", "1.b! 2c!", "1:c"},
		{"a hole in a frame", "1a! 2b ~ 2.d! 3e!", "a 1:e"},
		{"a hole at the beginning", "1a! ~ 2.c! 3e!", "a 1:e"},
		{"a hole at the end", "1a! 2b ~ 3e!", "a 1:e"},
		{"a hole over frames", "1a! 2b ~ 5.d! 6e!", "a 4:e"},
		{"whole frames missing", "1a! ~ 4e!", "a 2:e"},
		{"a hole that was padding", "1a! ~ 2b!", "a b"},
		{"numbers wrap", "126a! 127b! 0c! ~ 2d!", "a b c 1:d"},
	} {
		var got []string
		a := newAssembler(func(c coded) {
			text := string(c.data)
			if c.missed > 0 {
				text = fmt.Sprintf("%d:%s", c.missed, text)
			}
			got = append(got, text)
		})
		for i, what := range strings.Fields(tt.in) {
			if what == "~" {
				a.hole(ms(i))
			} else if err := a.add(came(i, what)); err != nil {
				t.Fatal(err)
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, text, tt.want)
		}
	}
}

func TestAssembleTimes(t *testing.T) {
	var got []coded
	a := newAssembler(func(c coded) { got = append(got, c) })
	// The second frame was there before the first, which waited for a packet.
	for _, p := range []*packet{came(10, "1a"), came(90, "1.b!"), came(43, "2c!"), came(77, "3d!")} {
		if err := a.add(p); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []coded{{arrived: ms(90), ready: ms(90)}, {arrived: ms(43), ready: ms(90)}, {arrived: ms(77), ready: ms(90)}} {
		if !got[i].arrived.Equal(want.arrived) || !got[i].ready.Equal(want.ready) {
			t.Errorf("frame %d: got %v, %v, want %v, %v", i, got[i].arrived, got[i].ready, want.arrived, want.ready)
		}
	}
}

func TestAssembleBounds(t *testing.T) {
	a := newAssembler(func(coded) {})
	p := &packet{header: rtp.Header{}, payload: make([]byte, 1400)}
	p.payload[0] = 0x10
	var err error
	for n := 0; n <= decode.MaxBytes/1399 && err == nil; n++ {
		err = a.add(p)
	}
	if !errors.Is(err, decode.ErrTooLarge) {
		t.Errorf("got %v, want %v", err, decode.ErrTooLarge)
	}
}
