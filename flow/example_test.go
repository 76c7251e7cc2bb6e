package flow_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
)

// practise starts a practice server, and a walk with it whose user approves or
// refuses by themselves.
func practise(approve bool, change ...func(*flow.Config)) (w *flow.Walk, end func()) {
	server, err := practice.Start(practice.Options{SigningAlg: "ES256"})
	if err != nil {
		panic(err)
	}
	c := flow.Config{
		Provider: "practice", Issuer: server.Issuer(),
		ClientID: practice.ConfidentialClient, ClientSecret: practice.ClientSecret,
		Scopes: []string{"openid", "offline_access"},
	}
	for _, f := range change {
		f(&c)
	}
	if w, err = flow.New(c); err != nil {
		panic(err)
	}
	w.Browser = practice.User{Approve: approve}
	return w, func() { w.Close(); server.Close() }
}

// A walk, step by step. Whoever leads it decides when to go on.
func Example() {
	w, end := practise(true)
	defer end()

	for _, step := range flow.Steps {
		outcome, err := w.Do(context.Background(), step)
		if err != nil {
			fmt.Println(err) // a *flow.Problem: a setting has to be changed
			return
		}
		fmt.Printf("%-9s %q\n", step, outcome.Kind)
		if outcome.Kind != flow.GoOn {
			break
		}
	}
	fmt.Println(w.Tokens.Type, w.Tokens.Scope, w.IDToken.Verified)
	// Output:
	// setup     ""
	// authorize ""
	// callback  ""
	// exchange  ""
	// tokens    ""
	// refresh   "tokens"
	// Bearer openid offline_access true
}

// The transcript has every message, of those between the browser and the server
// what can be known.
func ExampleWalk_transcript() {
	w, end := practise(true)
	defer end()
	for _, step := range flow.Steps {
		if _, err := w.Do(context.Background(), step); err != nil {
			fmt.Println(err)
			return
		}
	}
	for _, m := range w.Transcript.Messages() {
		fmt.Printf("%-9s %-7s → %-7s %s\n", m.Step, m.From, m.To, m.Name)
	}
	// Output:
	// setup     app     → server  metadata request
	// setup     server  → app     metadata response
	// authorize app     → browser authorization request
	// callback  browser → server  authorization request, by the browser
	// callback  user    → server  the user decides
	// callback  server  → browser authorization response
	// callback  browser → app     callback
	// exchange  app     → server  token request
	// exchange  server  → app     token response
	// tokens    app     → server  key set request
	// tokens    server  → app     key set response
	// tokens    app     → app     ID token
	// tokens    app     → server  userinfo request
	// tokens    server  → app     userinfo response
	// refresh   app     → server  refresh request
	// refresh   server  → app     refresh response
	// refresh   app     → app     ID token
}

// A refusal is an answer, not an error: it is in the outcome.
func ExampleOutcome() {
	w, end := practise(true, func(c *flow.Config) { c.ClientSecret = "a wrong one" })
	defer end()

	var outcome flow.Outcome
	for _, step := range flow.Steps {
		outcome, _ = w.Do(context.Background(), step)
		if outcome.Kind != flow.GoOn {
			break
		}
	}
	fmt.Println(outcome.Kind, "at", outcome.Step)
	fmt.Println(outcome.Error.Status, outcome.Error.Error)
	fmt.Println(outcome.Error.Description)
	// Output:
	// refused at exchange
	// 401 invalid_client
	// the client_secret of demo-app is wrong
}

// Who says no at the consent page has denied, which is not the server's refusal.
func ExampleOutcome_denied() {
	w, end := practise(false)
	defer end()

	for _, step := range []flow.Step{flow.StepSetUp, flow.StepAuthorize, flow.StepCallback} {
		if outcome, err := w.Do(context.Background(), step); err != nil || outcome.Kind != flow.GoOn {
			fmt.Println(outcome.Kind, outcome.Error.Error, err)
		}
	}
	// Output: denied access_denied <nil>
}

// Where no listener can be reached, the address on which the browser ended is pasted.
func ExampleWalk_Paste() {
	w, end := practise(true, func(c *flow.Config) { c.RedirectURI = "https://app.example/callback" })
	defer end()
	w.Browser = nil // somebody else's

	for _, step := range []flow.Step{flow.StepSetUp, flow.StepAuthorize} {
		if _, err := w.Do(context.Background(), step); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(w.Request.Redirect.Meaning())
	fmt.Println(w.Paste("https://app.example/callback?code=abc&state=another"))
	// Output:
	// You will paste the address of the page that the browser ends on: https needs a certificate for app.example, which a listener here does not have.
	// its state is not the one that grantwalk sent: it is cut off or belongs to another login, so log in again
}

// A setting that cannot be used says which and why, for others to put in words.
func ExampleProblem() {
	_, err := flow.New(flow.Config{Issuer: "http://as.example", ClientID: "me"})
	var bad *flow.Problem
	if errors.As(err, &bad) {
		fmt.Println(bad.Field, bad.Code)
		fmt.Println(bad)
	}
	// Output:
	// issuer clear_text
	// issuer "http://as.example": clear text
}

// Secrets are redacted wherever they are printed.
func ExampleWalk_Save() {
	w, end := practise(true)
	defer end()
	for _, step := range flow.Steps {
		if _, err := w.Do(context.Background(), step); err != nil {
			fmt.Println(err)
			return
		}
	}
	var file strings.Builder
	if err := w.Save(&file, false); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(file.String(), `"name": "access_token"`), strings.Contains(file.String(), w.Tokens.Access.Reveal()))
	// Output: true false
}
