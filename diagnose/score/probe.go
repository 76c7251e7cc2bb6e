package score

import (
	"fmt"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/view"
)

// A Probe is a request that would tell the causes left apart: a token request
// like the refused one, with a code that never existed. The client is checked
// before the code (RFC 6749 §4.1.3 lists it first, and servers do it first), so
// the answer tells wrong credentials from a bad code; and where the server has
// other words for an unknown code than for this one, it knew this one.
//
// It costs the server one refused request. Where that counts against a client or user it
// must not be sent, and Not says why.
type Probe struct {
	Asks string
	Not  string // catalogue.Provider.NoProbe; empty: it may be sent
}

// unknownCode are the causes under which the server does not find the code at
// all; knownCode those under which it finds it and then objects.
var (
	unknownCode = []causes.ID{causes.CodeMalformed, causes.WrongEnvironment, causes.ServerState, causes.WrongToken}
	knownCode   = []causes.ID{causes.RedirectURIMismatch, causes.PKCEMismatch, causes.ClientMismatch, causes.CodeExpired, causes.CodeReused}
)

// Bounds of the shares between which a probe is worth its request.
const (
	worthAsking   = 0.05
	nearlyCertain = 0.9
)

// ProbeFor is what could be asked, given the shares; nil where nothing would be
// learnt.
func ProbeFor(v *view.View, s Shares) *Probe {
	if v.Grant != view.GrantCode || v.Token == nil || v.Granted() || len(v.Probes) > 0 || s[s.Ranked()[0]] > nearlyCertain {
		return nil
	}
	not := "" // why it must not be sent
	if v.Known != nil {
		not = v.Known.NoProbe
	}
	unknown, known, client := s.of(unknownCode), s.of(knownCode), s[causes.ClientCredentials]
	switch {
	case client > worthAsking && unknown+known > worthAsking:
		return &Probe{"Is it the client, or the code? A server that does not accept the client says so to any code, one that never existed too. " +
			"One that complains of the code has accepted the client.", not}
	case unknown > worthAsking && known > worthAsking:
		return &Probe{"Did the server know this code? If it has other words for a code that never existed, it knew this one and objects to something else.", not}
	}
	return nil
}

// probed adds what the answer to a made-up code shows.
func (t Tally) probed(v *view.View) {
	for _, p := range v.Probes {
		r := p.Response.ErrorResponse
		switch {
		case r.Error == "invalid_client" || r.Status == 401:
			t.shift(Reason{Name: "probe_client_refused", Says: "a made-up code with the same credentials is refused as well, for the client: " + quoted(r)}, Shifts{causes.ClientCredentials: 6})
		case r.Error == "":
		case r.Error != v.ErrorResponse.Error || r.Description != v.ErrorResponse.Description:
			by := Shifts{causes.ClientCredentials: -4}
			for _, id := range unknownCode {
				by[id] = -3
			}
			t.shift(Reason{Name: "probe_code_was_known", Says: "of a made-up code the server says something else, so it knew this one: " + quoted(r)}, by)
		default:
			t.shift(Reason{Name: "probe_same_words", Says: "of a made-up code the server says the same, so it has accepted the client: " + quoted(r)}, Shifts{causes.ClientCredentials: -4})
		}
	}
}

func quoted(r evidence.ErrorResponse) string {
	if r.Description == "" {
		return fmt.Sprintf("%s (%d)", r.Error, r.Status)
	}
	return fmt.Sprintf("%s, “%s”", r.Error, r.Description)
}
