// Package client answers one question: how does Go software at the counter ask
// rostod? It is small, typed, and imports the standard library only.
//
//	c, err := client.New("http://127.0.0.1:8484", os.Getenv("ROSTOD_API_KEY"))
//	ch, err := c.Challenge(ctx, client.ChallengeRequest{CustomerID: "cus_1"})
//	// the customer looks at ch.CaptureURL, and your page hands back the bundle
//	s, err := c.StepUp(ctx, client.StepUpRequest{
//		CustomerID: "cus_1", RiskLevel: client.RiskHigh, Trigger: "high_value_transfer", Bundle: bundle,
//	})
//	if err != nil || !s.Allow {
//		return refuse()
//	}
//
// An error answer is an [*Error] with the daemon's code, hint and Retry-After.
// What may be repeated without doing anything twice is repeated by itself, as
// often as [WithTries] says: reads, and what carries an Idempotency-Key, which
// the client makes for each call unless [WithIdempotencyKey] names one.
//
// Numbers such as similarities are only there for keys with scores:view; they
// are pointers, nil for others.
package client
