package upstream

import (
	"fmt"
	"strings"
	"time"
)

// Window is when entries may be sent, in minutes of the day, local time. When it ends
// before it begins it goes over midnight.
type Window struct{ From, To int }

const day = 24 * 60

// Always is the whole day.
var Always = Window{0, day}

// ParseWindow reads "22:00-06:00"; empty is the whole day.
func ParseWindow(text string) (Window, error) {
	if text == "" {
		return Always, nil
	}
	from, to, ok := strings.Cut(text, "-")
	a, err1 := time.Parse("15:04", from)
	b, err2 := time.Parse("15:04", to)
	w := Window{a.Hour()*60 + a.Minute(), b.Hour()*60 + b.Minute()}
	if !ok || err1 != nil || err2 != nil || w.From == w.To {
		return Window{}, fmt.Errorf("must be two different times of the day, such as 22:00-06:00")
	}
	return w, nil
}

// until is how long it is from a moment until the window is open; 0 when it is.
func (w Window) until(now time.Time) time.Duration {
	at := now.Hour()*60 + now.Minute()
	if w.From <= w.To && at >= w.From && at < w.To || w.From > w.To && (at >= w.From || at < w.To) {
		return 0
	}
	wait := (w.From - at + day) % day
	return time.Duration(wait)*time.Minute - time.Duration(now.Second())*time.Second - time.Duration(now.Nanosecond())
}

const (
	firstRetry = time.Second
	lastRetry  = 5 * time.Minute
)

// pause is how long to wait after so many failures in a row: twice as long each time
// up to five minutes, and by chance up to half of it more or less, so that branches
// that lost headquarters together do not come back together.
func pause(failures int, chance float64) time.Duration {
	d := lastRetry
	if failures < 10 {
		d = min(firstRetry<<max(0, failures-1), lastRetry)
	}
	return time.Duration(float64(d) * (0.5 + chance))
}
