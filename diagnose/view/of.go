package view

import (
	"slices"
	"sync"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/words"
)

// Of finds what is to be explained.
func Of(e evidence.Evidence) *View {
	e = evidence.WithoutMasks(e)
	l := trace(e.TokenRequests)
	at, refused := focus(&View{Evidence: e, lineage: l})
	v := viewAt(e, l, at)
	v.Refused = refused
	return v
}

// Earlier is the view of the refused request that led to the judged one; nil: none did.
func (v *View) Earlier() *View {
	if v.Refused < 0 {
		return nil
	}
	return viewAt(v.Evidence, v.lineage, v.Refused)
}

// viewAt is the view of one token request, or, with -1, of the last authorization request.
func viewAt(e evidence.Evidence, l lineage, i int) *View {
	v := &View{Evidence: e, Grant: evidence.ShortGrant(e.Grant), Refused: -1, lineage: l}
	switch {
	case i >= 0:
		v.At, v.Token = i, &v.TokenRequests[i]
		v.ErrorResponse = v.Token.Response.ErrorResponse
		v.Auth = v.authorizationOf(v.Token)
		v.Grant = v.Token.Grant()
	case len(v.Authorizations) > 0:
		v.Auth = &v.Authorizations[len(v.Authorizations)-1]
		v.ErrorResponse = v.Auth.Response.ErrorResponse
		v.Grant = GrantCode
	}
	if !v.ErrorResponse.Says() && !v.Granted() && e.ErrorResponse.Says() {
		v.ErrorResponse = e.ErrorResponse
	}
	v.Known = identify(v)
	v.said = sync.OnceValue(func() *words.Heard { return words.Hear(scene(v)) })
	v.facts = sync.OnceValue(func() []Fact { return look(v) })
	return v
}

// scene is what the words are about.
func scene(v *View) words.Scene {
	s := words.Scene{ErrorResponse: v.ErrorResponse, At: v.Place(), Statements: v.Statements, Grant: v.Grant, Provider: v.ProviderName()}
	if v.Token != nil {
		s.Body = v.Token.Response.Body
	}
	if v.Known != nil {
		s.Base = v.Known.Base
	}
	return s
}

// Checks are the names of all checks with the states that each can find.
func Checks() map[string][]string {
	all := map[string][]string{}
	for _, c := range checks {
		all[c.name] = c.states
	}
	return all
}

// checks are all that is looked for, along the flow.
var checks = slices.Concat(requestChecks, authorizationChecks, codeChecks, redirectChecks, clientChecks, authenticationChecks, pkceChecks,
	refreshChecks, placeChecks, clockChecks, assertionChecks, permissionChecks)

// look asks every check once.
func look(v *View) []Fact {
	var all []Fact
	for _, c := range checks {
		if f := c.sees(v); f != nil {
			f.Name = c.name
			all = append(all, *f)
		}
	}
	return all
}
