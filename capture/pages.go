package capture

import (
	"context"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
)

// pageConfig is what the hosted page is told of its challenge.
type pageConfig struct {
	WhipURL   string   `json:"whipUrl"`
	ExpiresAt instant  `json:"expiresAt"`
	Locale    string   `json:"locale,omitzero"`
	Origins   []string `json:"origins,omitzero" doc:"Of pages that may frame this one and hear its events."`
	ReturnURL string   `json:"returnUrl,omitzero"`
	OtherWay  bool     `json:"allowOtherWay" doc:"false: the customer can only cancel."`
	NoFlash   bool     `json:"noflash,omitzero" doc:"No colours: the other way is the only one."`
	Soft      bool     `json:"soft,omitzero" doc:"Colours change within 80 ms instead of at once."`
}

// pageRefused is why the hosted page is told nothing of its challenge, and who
// may hear that nevertheless: the token was right.
type pageRefused struct {
	web.Problem
	Locale    string   `json:"locale,omitzero"`
	Origins   []string `json:"origins,omitzero"`
	ReturnURL string   `json:"returnUrl,omitzero"`
}

// asset is one file of the pages.
type asset struct {
	Name string `path:"name" doc:"The file."`
}

var errNoFile = &fault.Fault{
	Kind: fault.NotFound, Code: "capture/no-file",
	Title: "There is no such file.",
	Hint:  "The page is at the captureUrl of a challenge.",
}

// pages mounts the hosted page, its files, and what it asks for.
func (s *Studio) pages(r *web.Router) {
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/capture/{id}", ID: "capturePage", Tag: tag, Public: true, Produces: []string{"text/html"},
		Summary: "The hosted page of a challenge, for a customer's browser.",
		About:   "The capture token stands in the fragment. It may be opened by itself or in a frame of an allowed origin.",
	}, func(context.Context, byID) (*web.Stream, error) { return s.file("capture.html") })
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/capture/assets/{name}", ID: "captureAsset", Tag: tag, Public: true,
		Summary: "A file of the hosted page, or the component rostod-capture.js.", CrossOrigin: true, Faults: []*fault.Fault{errNoFile},
	}, func(_ context.Context, p asset) (*web.Stream, error) { return s.file(p.Name) })
	web.HandleStream(r, web.Operation{
		Method: http.MethodGet, Path: "/capture/{id}/config", ID: "capturePageConfig", Tag: tag, Public: true, Produces: []string{"application/json"},
		Summary: "What the hosted page needs; Authorization: Bearer is the capture token.", CrossOrigin: true, Faults: s.Faults,
	}, s.handleConfig)
}

// file is one of the pages' files.
func (s *Studio) file(name string) (*web.Stream, error) {
	body, err := fs.ReadFile(s.Pages, name)
	if err != nil {
		return nil, errNoFile
	}
	ancestors := "'self'"
	if len(s.Origins) > 0 {
		ancestors += " " + strings.Join(s.Origins, " ")
	}
	return &web.Stream{
		ContentType: mime.TypeByExtension(path.Ext(name)),
		Header: map[string]string{
			"Content-Security-Policy": "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors " + ancestors,
			"Permissions-Policy":      "camera=(self), fullscreen=(self), screen-wake-lock=(self), microphone=(), geolocation=()",
			"Cache-Control":           "no-cache",
			// The component may be loaded by a page of another origin.
			"Cross-Origin-Resource-Policy": "cross-origin",
		},
		Write: func(_ context.Context, w io.Writer) error { _, err := w.Write(body); return err },
	}, nil
}

func (s *Studio) handleConfig(ctx context.Context, p byID) (*web.Stream, error) {
	token, err := web.TokenOf(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.Keeper.Peek(ctx, p.ID, token)
	if f := fault.Of(err); f != nil && c.ID != "" {
		return web.Refuse(ctx, f, func(why web.Problem) any {
			return pageRefused{Problem: why, Locale: c.Page.Locale, Origins: s.Origins, ReturnURL: c.Page.ReturnURL}
		}), nil
	}
	if err != nil {
		return nil, err
	}
	return web.JSON(pageConfig{
		WhipURL: s.Base() + "/whip/" + string(c.ID), ExpiresAt: at(c.Expires), Locale: c.Page.Locale,
		Origins: s.Origins, ReturnURL: c.Page.ReturnURL,
		OtherWay: !c.Page.NoOtherWay, NoFlash: c.Page.NoFlash, Soft: c.Page.Soft,
	}), nil
}

// captureURL is the page of a challenge.
func (s *Studio) captureURL(id engine.ChallengeID, token string) string {
	return s.Base() + "/capture/" + string(id) + "#" + token
}
