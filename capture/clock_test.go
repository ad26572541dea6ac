package capture

import (
	"math"
	"testing"
	"time"
)

func TestClockTakesTheQuickestPing(t *testing.T) {
	base := time.UnixMilli(1_800_000_000_000)
	const ahead = 5000.0 // the client's clock
	var c clock
	if c.set() {
		t.Fatal("set before any ping")
	}
	for _, ping := range []struct {
		sent      time.Duration
		there     time.Duration // one way
		back      time.Duration
		worstMiss float64 // of the offset afterwards, milliseconds
	}{
		{0, 40 * time.Millisecond, 10 * time.Millisecond, 15.01},
		{time.Second, 2 * time.Millisecond, 2 * time.Millisecond, 0.01},
		{2 * time.Second, 100 * time.Millisecond, 2 * time.Millisecond, 0.01}, // slower: not taken
	} {
		sent := base.Add(ping.sent)
		c.pong(sent, sent.Add(ping.there+ping.back), milliseconds(sent.Add(ping.there))+ahead)
		if miss := math.Abs(c.offset - ahead); miss > ping.worstMiss {
			t.Errorf("after the ping at %v the offset is %.2f ms off, want at most %.2f", ping.sent, miss, ping.worstMiss)
		}
	}
	// The quick one is old: a slower one is nearer to the truth now.
	late := base.Add(time.Minute)
	c.pong(late, late.Add(10*time.Millisecond), milliseconds(late.Add(5*time.Millisecond))+ahead+30)
	if math.Abs(c.offset-ahead-30) > 0.01 {
		t.Errorf("a clock that drifts: got %.2f, want %.2f", c.offset, ahead+30)
	}
	// As old, but the slower one may be farther off than that.
	later := late.Add(time.Minute)
	c.pong(later, later.Add(300*time.Millisecond), milliseconds(later.Add(290*time.Millisecond))+ahead+30)
	if math.Abs(c.offset-ahead-30) > 0.01 {
		t.Errorf("a ping that stood in a queue: got %.2f, want %.2f", c.offset, ahead+30)
	}
	c.pong(late, late.Add(-time.Second), 0)
	if math.Abs(c.offset-ahead-30) > 0.01 {
		t.Error("a ping that came back before it was sent was believed")
	}
	if got := c.client(base); math.Abs(got-milliseconds(base)-ahead-30) > 0.01 {
		t.Errorf("got %.1f", got)
	}
}
