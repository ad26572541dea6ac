package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/internal/fault"
)

// webhookView is an endpoint as the daemon shows it.
type webhookView struct {
	ID      string   `json:"id"`
	Label   string   `json:"label,omitzero"`
	URL     string   `json:"url"`
	Events  []string `json:"events"`
	Auth    string   `json:"auth"`
	Paused  bool     `json:"paused,omitzero"`
	Pending int      `json:"pending"`
	Dead    int      `json:"dead"`
	Secrets []struct {
		Word    string    `json:"secret,omitzero"`
		Created time.Time `json:"createdAt"`
		Ends    time.Time `json:"endsAt,omitzero"`
	} `json:"secrets"`
}

// deliveryView is a delivery as the daemon shows it.
type deliveryView struct {
	ID       string    `json:"id"`
	Event    string    `json:"event"`
	EventID  string    `json:"eventId"`
	State    string    `json:"state"`
	Attempts int       `json:"attempts"`
	Status   int       `json:"status,omitzero"`
	Problem  string    `json:"problem,omitzero"`
	Journal  uint64    `json:"journal"`
	Queued   time.Time `json:"queuedAt"`
	Tried    time.Time `json:"triedAt,omitzero"`
	Next     time.Time `json:"nextTryAt,omitzero"`
}

func (p *program) webhooksCommand() *cobra.Command {
	hooks := &cobra.Command{
		Use:   "webhooks",
		Short: "Who is told of events, and what could not be told",
		Long: `Endpoints are told of verifications and processes, at least once each
(docs/WEBHOOKS.md). Works beside a running daemon, and without one.

` + exitCodes,
	}
	hooks.PersistentFlags().StringVar(&p.org, "org", "", "the `org` to act for; the configured one when left out")
	hooks.AddCommand(p.webhooksAdd(), p.webhooksList(), p.webhooksDead(), p.webhooksResend(), p.webhooksTest(), p.webhooksRemove())
	return hooks
}

func (p *program) webhooksAdd() *cobra.Command {
	var events []string
	var label string
	c := p.jsonFlag(&cobra.Command{
		Use:     "add URL",
		Short:   "Tell an address of events; the secret that signs is printed this once",
		Example: "  rostod webhooks add https://core.bank.example/rostod --event verification.created",
		Args:    p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			var made webhookView
			ask := map[string]any{"url": args[0], "events": append([]string{}, events...), "label": label}
			if err := p.control(c, http.MethodPost, "/api/webhooks", ask, &made); err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(made)
			}
			return p.table("endpoint\t"+made.ID, "url\t"+made.URL, "secret\t"+made.Secrets[0].Word)
		},
	})
	c.Flags().StringSliceVar(&events, "event", nil, "what it is told of; everything when left out")
	c.Flags().StringVar(&label, "label", "", "your own `name` for it")
	return c
}

func (p *program) webhooksRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove ENDPOINT",
		Short: "Remove an endpoint; what is pending is not sent any more",
		Args:  p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.control(c, http.MethodDelete, hook(args[0]), nil, nil)
		},
	}
}

func (p *program) webhooksList() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "list",
		Short: "List the endpoints, and how much waits and is dead",
		RunE: func(c *cobra.Command, _ []string) error {
			list, err := p.hooks(c)
			if err != nil {
				return err
			}
			if p.json {
				return p.writeJSON(map[string]any{"data": list})
			}
			rows := []string{"ENDPOINT\tSTATE\tPENDING\tDEAD\tEVENTS\tURL"}
			for _, w := range list {
				state, events := "active", "all"
				if w.Paused {
					state = "paused"
				}
				if len(w.Events) > 0 {
					events = strings.Join(w.Events, ",")
				}
				rows = append(rows, strings.Join([]string{w.ID, state, strconv.Itoa(w.Pending), strconv.Itoa(w.Dead), events, w.URL}, "\t"))
			}
			return p.table(rows...)
		},
	})
}

func (p *program) hooks(c *cobra.Command) ([]webhookView, error) {
	var list struct {
		Data []webhookView `json:"data"`
	}
	err := p.control(c, http.MethodGet, "/api/webhooks", nil, &list)
	return list.Data, err
}

func (p *program) webhooksDead() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "dead [ENDPOINT]",
		Short: "List what was given up, and why; of all endpoints when none is named",
		Args:  p.atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			ids := args
			if len(ids) == 0 {
				list, err := p.hooks(c)
				if err != nil {
					return err
				}
				for _, w := range list {
					ids = append(ids, w.ID)
				}
			}
			all := map[string][]deliveryView{}
			rows := []string{"ENDPOINT\tDELIVERY\tEVENT\tQUEUED\tATTEMPTS\tWHY"}
			for _, id := range ids {
				list, err := p.deliveries(c, id, "dead")
				if err != nil {
					return err
				}
				all[id] = list
				for _, d := range list {
					rows = append(rows, strings.Join([]string{id, d.ID, d.Event, d.Queued.Format(time.DateTime), strconv.Itoa(d.Attempts), d.why()}, "\t"))
				}
			}
			if p.json {
				return p.writeJSON(all)
			}
			return p.table(rows...)
		},
	})
}

// why is how the last attempt ended, in a word.
func (d deliveryView) why() string {
	if d.Problem == "status" {
		return "status " + strconv.Itoa(d.Status)
	}
	return d.Problem
}

// deliveries are all of an endpoint in a state.
func (p *program) deliveries(c *cobra.Command, id, state string) (all []deliveryView, err error) {
	for cursor := ""; ; {
		var page struct {
			Data []deliveryView `json:"data"`
			Next string         `json:"next"`
		}
		path := hook(id) + "/deliveries?limit=500&state=" + state + "&cursor=" + url.QueryEscape(cursor)
		if err := p.control(c, http.MethodGet, path, nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Data...)
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

func (p *program) webhooksResend() *cobra.Command {
	return &cobra.Command{
		Use:     "resend ENDPOINT [DELIVERY]",
		Short:   "Send one delivery anew, or all that are dead",
		Example: "  rostod webhooks resend whe_01K…\n  rostod webhooks resend whe_01K… dlv_01K…",
		Args:    p.between(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 2 {
				var one struct{}
				if err := p.control(c, http.MethodPost, hook(args[0])+"/deliveries/"+url.PathEscape(args[1])+"/resend", nil, &one); err != nil {
					return err
				}
				_, err := fmt.Fprintln(p.out, "1 is pending again")
				return err
			}
			total := 0
			for more := 1; more > 0; {
				var some struct {
					Resent int `json:"resent"`
					More   int `json:"more"`
				}
				if err := p.control(c, http.MethodPost, hook(args[0])+"/resend", nil, &some); err != nil {
					return err
				}
				total, more = total+some.Resent, some.More
			}
			_, err := fmt.Fprintf(p.out, "%d are pending again\n", total)
			return err
		},
	}
}

// testPatience is how long a test is waited for: an attempt, and its answer.
const testPatience = 15 * time.Second

func (p *program) webhooksTest() *cobra.Command {
	return p.jsonFlag(&cobra.Command{
		Use:   "test ENDPOINT",
		Short: "Send webhook.test to an endpoint, and say what came of the first attempt",
		Args:  p.exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			var sent struct {
				Delivery string `json:"delivery"`
			}
			return p.onRecords(c.Context(), true, func(line *daemon.Line) error {
				if err := line.Do(c.Context(), http.MethodPost, hook(args[0])+"/test", nil, &sent); err != nil {
					return err
				}
				d, err := watchTest(c.Context(), line, hook(args[0]), sent.Delivery)
				if err != nil {
					return err
				}
				if p.json {
					return p.writeJSON(d)
				}
				if d.State == "delivered" {
					return p.table("delivery\t"+d.ID, fmt.Sprintf("delivered\tstatus %d", d.Status))
				}
				return fmt.Errorf("the test %s was not delivered yet: %s; it is tried again at %s", d.ID, d.why(), d.Next.Format(time.DateTime))
			})
		},
	})
}

// watchTest waits until a delivery was tried.
func watchTest(ctx context.Context, line *daemon.Line, at, id string) (deliveryView, error) {
	ctx, cancel := context.WithTimeout(ctx, testPatience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		var d deliveryView
		if err := line.Do(ctx, http.MethodGet, at+"/deliveries/"+url.PathEscape(id), nil, &d); err == nil && d.Attempts > 0 {
			return d, nil
		} else if f := fault.Of(err); err != nil && (f == nil || f.Code != "webhook/no-such-delivery") {
			return deliveryView{}, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return deliveryView{}, fmt.Errorf("the test %s waits behind others: see rostod webhooks list", id)
		}
	}
}

// hook is where an endpoint is reached.
func hook(id string) string { return "/api/webhooks/" + url.PathEscape(id) }

func (*program) atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		return withCode(exitUsage, cobra.MaximumNArgs(n)(c, args))
	}
}

func (*program) between(least, most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		return withCode(exitUsage, cobra.RangeArgs(least, most)(c, args))
	}
}
