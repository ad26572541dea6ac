package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// kioskView is a kiosk as the daemon shows it.
type kioskView struct {
	Device     string       `json:"device"`
	LagMS      float64      `json:"lagMs"`
	LagSpread  float64      `json:"lagSpread"`
	Response   float64      `json:"response"`
	Sessions   int          `json:"sessions"`
	Calibrated bool         `json:"calibrated"`
	DriftMS    float64      `json:"driftMs"`
	Screen     *kioskScreen `json:"screen,omitzero"`
	UpdatedAt  time.Time    `json:"updatedAt"`
}

type kioskScreen struct {
	DiagonalInch float64 `json:"diagonalInch"`
	Nits         float64 `json:"nits"`
}

// kioskWish is what is set of a kiosk.
type kioskWish struct {
	LagMS     *float64     `json:"lagMs,omitzero"`
	LagSpread *float64     `json:"lagSpread,omitzero"`
	Sessions  *int         `json:"sessions,omitzero"`
	Screen    *kioskScreen `json:"screen,omitzero"`
}

type kioskAnswer struct {
	Kiosk kioskView `json:"kiosk"`
}

// calibration is the command's flags.
type calibration struct {
	captures         int
	lag, spread      float64
	inch, nits       float64
	forget           bool
	lagSet, spreadOK bool
}

func (p *program) calibrateCommand() *cobra.Command {
	var f calibration
	c := p.jsonFlag(&cobra.Command{
		Use:   "calibrate [DEVICE]",
		Short: "Show or set what is known of a kiosk's light",
		Long: `How late a kiosk's screen comes back in its camera's frames, and how strongly, is
learnt from every accepted capture of the device. From 20 captures on, a lag
that does not fit the kiosk is refused.

Without a device the kiosks are listed. With --captures N somebody sits down at
the kiosk and passes N challenges; their lag is set. With --lag-ms a figure
that was measured elsewhere is set. After an exchange of screen or camera:
--forget.

` + exitCodes,
		Args: cobra.MaximumNArgs(1),
	})
	c.Flags().IntVar(&f.captures, "captures", 0, "measure with this many captures of a person at the kiosk (3 or more)")
	c.Flags().Float64Var(&f.lag, "lag-ms", 0, "set the lag, milliseconds")
	c.Flags().Float64Var(&f.spread, "spread-ms", 0, "set the lag's standard deviation, milliseconds")
	c.Flags().Float64Var(&f.inch, "screen-inch", 0, "set the screen's diagonal, inches")
	c.Flags().Float64Var(&f.nits, "screen-nits", 0, "set the luminance of full white, cd/m²")
	c.Flags().BoolVar(&f.forget, "forget", false, "forget what the kiosk has taught")
	c.RunE = func(c *cobra.Command, args []string) error {
		f.lagSet, f.spreadOK = c.Flags().Changed("lag-ms"), c.Flags().Changed("spread-ms")
		if len(args) == 0 {
			return p.listKiosks(c)
		}
		return p.calibrate(c, args[0], f)
	}
	return c
}

func (p *program) listKiosks(c *cobra.Command) error {
	var answer struct {
		Data []kioskView `json:"data"`
	}
	if err := p.control(c, http.MethodGet, "/api/identity/kiosks", nil, &answer); err != nil {
		return err
	}
	if p.json {
		return p.writeJSON(answer.Data)
	}
	rows := []string{"DEVICE\tLAG\tSPREAD\tRESPONSE\tSESSIONS\tDRIFT\tUPDATED"}
	for _, k := range answer.Data {
		rows = append(rows, k.row())
	}
	return p.table(rows...)
}

func (k kioskView) row() string {
	return fmt.Sprintf("%s\t%.0f ms\t%.0f ms\t%.3f\t%d\t%.0f ms\t%s",
		k.Device, k.LagMS, k.LagSpread, k.Response, k.Sessions, k.DriftMS, k.UpdatedAt.Format(time.RFC3339))
}

// calibrate does what the flags say and shows what is known then.
func (p *program) calibrate(c *cobra.Command, device string, f calibration) error {
	path := "/api/identity/kiosks/" + url.PathEscape(device)
	if f.forget {
		return p.control(c, http.MethodDelete, path, nil, &struct{}{})
	}
	wish, err := p.wishes(c, device, f)
	if err != nil {
		return err
	}
	var answer kioskAnswer
	if wish == (kioskWish{}) {
		err = p.control(c, http.MethodGet, path, nil, &answer)
	} else {
		err = p.control(c, http.MethodPut, path, wish, &answer)
	}
	if err != nil {
		return err
	}
	if p.json {
		return p.writeJSON(answer.Kiosk)
	}
	return p.table("DEVICE\tLAG\tSPREAD\tRESPONSE\tSESSIONS\tDRIFT\tUPDATED", answer.Kiosk.row())
}

// wishes is what the flags ask to be set.
func (p *program) wishes(c *cobra.Command, device string, f calibration) (w kioskWish, err error) {
	if (f.inch > 0) != (f.nits > 0) {
		return w, errors.New("--screen-inch and --screen-nits go together")
	}
	if f.inch > 0 {
		w.Screen = &kioskScreen{DiagonalInch: f.inch, Nits: f.nits}
	}
	if f.lagSet {
		w.LagMS = &f.lag
	}
	if f.spreadOK {
		w.LagSpread = &f.spread
	}
	if f.captures == 0 {
		return w, nil
	}
	if f.captures < 3 || f.lagSet {
		return w, errors.New("--captures takes 3 or more, and stands without --lag-ms")
	}
	lags, err := p.filmed(c, device, f.captures)
	if err != nil {
		return w, err
	}
	lag, spread := robust(lags)
	w.LagMS, w.LagSpread, w.Sessions = &lag, &spread, &f.captures
	return w, nil
}

// robust is the median, and the spread that a normal distribution with this
// median absolute deviation has; at least 12 ms, what a frame's time is good for.
func robust(list []float64) (median, spread float64) {
	mid := func(v []float64) float64 {
		v = slices.Sorted(slices.Values(v))
		return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	}
	median = mid(list)
	var off []float64
	for _, v := range list {
		off = append(off, math.Abs(v-median))
	}
	return median, max(12, 1.4826*mid(off))
}

// challengeView is a challenge as the daemon shows it.
type challengeView struct {
	FlashChallenge struct {
		ID         string `json:"id"`
		State      string `json:"state"`
		CaptureURL string `json:"captureUrl"`
		Liveness   *struct {
			Verdict string   `json:"verdict"`
			Reasons []string `json:"reasons"`
		} `json:"liveness"`
		Capture *struct {
			LagMS float64 `json:"lagMs"`
		} `json:"capture"`
	} `json:"flashChallenge"`
}

// filmed asks for captures one after another and returns their lags. One that
// does not show a living person is made again.
func (p *program) filmed(c *cobra.Command, device string, n int) ([]float64, error) {
	var lags []float64
	for try := 0; len(lags) < n; try++ {
		if try == 3*n {
			return nil, fmt.Errorf("only %d of %d captures showed a living person: look at the place and its light", len(lags), try)
		}
		ask := map[string]any{"customerId": fmt.Sprintf("calibration-%d", try), "deviceId": device, "ttlMs": 300000}
		var made challengeView
		if err := p.control(c, http.MethodPost, "/api/identity/face/flash-challenge", ask, &made); err != nil {
			return nil, err
		}
		if _, err := fmt.Fprintf(p.err, "%d of %d: open this at the kiosk and follow it:\n  %s\n", len(lags)+1, n, made.FlashChallenge.CaptureURL); err != nil {
			return nil, err
		}
		ended, err := p.ended(c, made.FlashChallenge.ID)
		if err != nil {
			return nil, err
		}
		e := ended.FlashChallenge
		if e.Capture == nil || e.Liveness == nil || e.Liveness.Verdict != "live" {
			why := e.State
			if e.Liveness != nil {
				why = strings.Join(append([]string{e.Liveness.Verdict}, e.Liveness.Reasons...), ", ")
			}
			if _, err := fmt.Fprintf(p.err, "  this one does not count: %s\n", why); err != nil {
				return nil, err
			}
			continue
		}
		lags = append(lags, e.Capture.LagMS)
	}
	return lags, nil
}

// ended waits until a challenge is over.
func (p *program) ended(c *cobra.Command, id string) (challengeView, error) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		var v challengeView
		if err := p.control(c, http.MethodGet, "/api/identity/face/flash-challenge/"+url.PathEscape(id), nil, &v); err != nil {
			return v, err
		}
		if s := v.FlashChallenge.State; s != "created" && s != "capturing" {
			return v, nil
		}
		select {
		case <-c.Context().Done():
			return v, context.Cause(c.Context())
		case <-tick.C:
		}
	}
}
