package diagnose

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"grantwalk/diagnose/safe"
)

// A Fact is one thing that the evidence shows, in the user's own values. It
// names no cause.
type Fact struct {
	Name  string
	Value string
	Fits  Fit
}

// A Fit tells whether a fact is as the flow demands.
type Fit int

// The fits. Where nothing can be compared, neither is claimed.
const (
	Untold Fit = iota
	Right
	Wrong
)

// clockSlack is what a Date header of whole seconds and a slow answer explain.
const clockSlack = 5 * time.Second

// Facts compares what belongs together in the evidence: values of the two
// requests, the verifier and its challenge, the clocks.
func (e Evidence) Facts() []Fact {
	var facts []Fact
	add := func(name, value string, fits Fit) { facts = append(facts, Fact{name, value, fits}) }

	add("redirect URI asked with", e.Authorization.RedirectURI, Untold)
	if len(e.TokenRequests) == 0 {
		return facts
	}
	first := e.TokenRequests[0]
	add("redirect URI redeemed with", first.RedirectURI, same(first.RedirectURI, e.Authorization.RedirectURI))
	add("client id", first.ClientID, same(first.ClientID, e.Authorization.ClientID))
	add("client authentication", first.ClientAuth, Untold)
	add(e.codeAge(first))
	add(e.codeSent(first.Code))
	add(e.codeShape(first.Code))
	add(e.pkce(first))
	if !first.ServerDate.IsZero() {
		add(clocks(first))
	}
	return facts
}

func same(a, b string) Fit {
	switch {
	case a == "" && b == "":
		return Untold
	case a == b:
		return Right
	}
	return Wrong
}

func (e Evidence) codeAge(r TokenRequest) (name, value string, fits Fit) {
	name, value = "code's age when sent", r.CodeAge.Round(100*time.Microsecond).String()
	if e.CodeLifetime == 0 {
		return name, value, Untold
	}
	value += " of " + e.CodeLifetime.String()
	if r.CodeAge > e.CodeLifetime {
		return name, value, Wrong
	}
	return name, value, Right
}

func (e Evidence) codeSent(code safe.Secret) (name, value string, fits Fit) {
	n := 0
	for _, r := range e.TokenRequests {
		if r.Code != "" && r.Code == code {
			n++
		}
	}
	if n == 1 {
		return "code sent", "once", Right
	}
	return "code sent", fmt.Sprintf("%d times", n), Wrong
}

func (e Evidence) codeShape(sent safe.Secret) (name, value string, fits Fit) {
	if sent == e.Code {
		return "code as it arrived", "sent unchanged", Right
	}
	return "code as it arrived", "not what was sent", Wrong
}

// pkce is RFC 7636 §4.6, as the server does it.
func (e Evidence) pkce(r TokenRequest) (name, value string, fits Fit) {
	name = "PKCE"
	a := e.Authorization
	switch {
	case a.Challenge == "" && r.Verifier == "":
		return name, "not used", Untold
	case a.Challenge == "":
		return name, "a verifier was sent, but no challenge before", Wrong
	case r.Verifier == "":
		return name, "a challenge was sent, but no verifier after it", Wrong
	}
	made := r.Verifier.Reveal()
	if a.ChallengeMethod == "S256" {
		sum := sha256.Sum256([]byte(made))
		made = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if made == a.Challenge.Reveal() {
		return name, "the verifier fits the challenge", Right
	}
	return name, "the verifier does not fit the challenge", Wrong
}

func clocks(r TokenRequest) (name, value string, fits Fit) {
	off := r.ServerDate.Sub(r.SentAt).Round(time.Second)
	if off.Abs() <= clockSlack {
		return "the server's clock", "agrees with ours", Right
	}
	if off > 0 {
		return "the server's clock", off.String() + " ahead of ours", Wrong
	}
	return "the server's clock", (-off).String() + " behind ours", Wrong
}
