// Package flow walks OAuth 2.0's authorization-code flow (RFC 6749 §4.1) over
// real sockets and keeps a transcript of every message.
//
// There is one file for each step, in the RFC's order: setup.go, authorize.go,
// callback.go, exchange.go, tokens.go, refresh.go. A [Walk] takes them one
// after the other:
//
//	w, err := flow.New(flow.Config{Issuer: "https://as.example", ClientID: "me"})
//	defer w.Close()
//	for _, step := range flow.Steps {
//		outcome, err := w.Do(ctx, step)
//		...
//	}
//
// The package has no terminal and gives no advice: what a response means is for
// package diagnose, how it looks is for package tui. Of other people's text it
// hands out nothing that is not fit to print, and of secrets nothing that is.
package flow
