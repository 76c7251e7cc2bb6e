package session

import (
	"errors"
	"fmt"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/usage"
)

// checkFaults refuses what only the practice server does, where it is not walked on.
func (o Options) checkFaults() error {
	if o.Practice || len(o.Faults) == 0 && o.Speak == "" {
		return nil
	}
	setting, value := flow.Field("speak"), o.Speak
	if len(o.Faults) > 0 {
		setting, value = "fault", o.Faults[0]
	}
	return &flow.Problem{Field: setting, Value: safe.Typed(value), Code: usage.OnlyPractice}
}

// FaultProblem is an error of the practice server's about a fault or a dialect as
// a [*flow.Problem]; any other is returned as it is.
func FaultProblem(err error) error {
	if e := new(practice.FaultError); errors.As(err, &e) {
		return &flow.Problem{Field: flow.Field(e.Setting), Value: e.Value, Code: usage.ServersOwn, Args: []string{e.Problem, e.Remedy}}
	}
	return err
}

// Problems are all that is wrong with the settings. The practice server brings along what
// a walk on it leaves open.
func (o Options) Problems() []*flow.Problem {
	c := o.Config
	if o.Practice {
		c.Issuer = "http://127.0.0.1"
		practiceClient(&c)
	}
	return c.Problems()
}

// practiceClient fills in the practice server's own client.
func practiceClient(c *flow.Config) {
	if c.ClientID == "" {
		c.ClientID = practice.ConfidentialClient
	}
	if c.ClientID == practice.ConfidentialClient && c.ClientSecret == "" && c.ClientAuth != flow.AuthNone {
		c.ClientSecret = practice.ClientSecret
	}
}

// shortCodeLifetime is how long a code lives on a practice server whose codes
// are to grow too old.
const shortCodeLifetime = 5 * time.Second

// startPractice fills in what the user left open, so that a walk needs no flags.
// To a server that speaks in another's words the walk is set up as by that one's
// preset: it reads them as it would at work.
func startPractice(o Options) (flow.Config, *practice.Server, error) {
	c := o.Config
	faults, err := practice.ParseFaults(o.Faults)
	if err != nil {
		return c, nil, FaultProblem(err)
	}
	options := practice.Options{SigningAlg: "ES256", Faults: faults, Speak: o.Speak} // an RSA key would take the first screen's time
	if r, err := flow.ParseRedirect(c.RedirectURI); err == nil && r.Paste != "" {
		options.RedirectURIs = []string{c.RedirectURI} // so that pasting can be tried too
	}
	c.Provider, options.CodeLifetime = PracticeProvider, practice.DefaultCodeLifetime
	if p, ok := catalogue.Find(o.Speak); ok {
		c.Provider = p.Name
		if p.CodeLifetime > 0 {
			options.CodeLifetime = time.Duration(p.CodeLifetime) * time.Second
		}
	}
	if c.CodeLifetime > 0 {
		options.CodeLifetime = c.CodeLifetime
	} else if o.Twist == diagnose.CodeExpired { // nobody waits ten minutes to see it
		options.CodeLifetime = shortCodeLifetime
	}
	c.CodeLifetime = options.CodeLifetime
	if life := practice.CodeLifetime(faults); life > 0 {
		c.CodeLifetime = life // as the administrator who shortens it knows
	}
	server, err := practice.Start(options)
	if err != nil {
		return c, nil, FaultProblem(fmt.Errorf("start the practice server: %w", err))
	}
	c.Issuer = server.Issuer()
	practiceClient(&c)
	if c.OtherClientID = practice.PublicClient; c.ClientID == practice.PublicClient {
		c.OtherClientID, c.OtherClientSecret = practice.ConfidentialClient, practice.ClientSecret
	}
	if c.Scopes == nil {
		c.Scopes = []string{"openid", "profile", "email", "offline_access"}
	}
	return c, server, nil
}
