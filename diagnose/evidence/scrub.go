package evidence

import (
	"net/url"
	"slices"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// Scrub takes the flow's own secrets, and others that are known, out of what a server
// says of them: one that is a word would be shown.
func Scrub(e *Evidence, others ...string) {
	hide := hider(*e, others)
	refusals := []*ErrorResponse{&e.ErrorResponse}
	for i := range e.Authorizations {
		refusals = append(refusals, &e.Authorizations[i].Response.ErrorResponse)
	}
	for i := range e.TokenRequests {
		r := &e.TokenRequests[i].Response
		r.Body = safe.Foreign(hide(r.Body.Raw()))
		refusals = append(refusals, &r.ErrorResponse)
	}
	for _, r := range refusals {
		r.Error, r.Description = safe.Foreign(hide(r.Error.Raw())), safe.Foreign(hide(r.Description.Raw()))
		r.URI = safe.Endpoint(hide(r.URI.Raw()))
	}
	e.Statements = slices.Clone(e.Statements)
	for i := range e.Statements {
		e.Statements[i].Text = safe.Foreign(hide(e.Statements[i].Text.Raw()))
	}
}

// hider takes the secrets that the evidence holds out of texts, however they are
// encoded there.
func hider(e Evidence, others []string) func(string) string {
	var forms []string
	for _, s := range secrets(e) {
		others = append(others, s.Reveal())
	}
	for _, s := range others {
		forms = append(forms, s, url.QueryEscape(s))
	}
	return safe.NewHider(forms...).Hide
}

func secrets(e Evidence) []safe.Secret {
	var all []safe.Secret
	for _, a := range e.Authorizations {
		all = append(all, a.State, a.Challenge, a.Response.Code, a.Response.State)
	}
	for _, r := range e.TokenRequests {
		all = append(all, r.ClientSecret, r.Basic, r.Code, r.Verifier, r.RefreshToken, r.Assertion, r.Response.AccessToken, r.Response.RefreshToken, r.Response.IDToken)
	}
	for _, r := range e.Revocations {
		all = append(all, r.Token)
	}
	return all
}

// hideSwapped takes a client_id out of a token request that has the client's id in its
// client_secret: the two were swapped, and the client_id is the secret. It returns those
// secrets.
func hideSwapped(e *Evidence) []string {
	var found []string
	for i := range e.TokenRequests {
		r := &e.TokenRequests[i]
		swapped := r.ClientSecret != "" && r.ClientID.Raw() != r.ClientSecret.Reveal() &&
			slices.ContainsFunc(e.Authorizations, func(a Authorization) bool { return a.ClientID.Raw() == r.ClientSecret.Reveal() })
		if swapped {
			found = append(found, r.ClientID.Raw())
			r.ClientID, r.Masked = "", r.Masked+" client_id"
		}
	}
	return found
}

// passwords are the values of parameters that are secrets by their names, and of which the
// evidence keeps none (RFC 6749 §4.3.2).
func passwords(exchanges []exchange.Exchange) []string {
	const most = 100
	var values []string
	for _, x := range exchanges {
		for _, p := range x.Request.Form {
			if len(values) < most && p.Value != "" && safe.NamesSecret(p.Name) {
				values = append(values, p.Value)
			}
		}
	}
	return values
}
