package diagnose

import "fmt"

// A Probe is a request that would tell the causes left apart: a token request
// like the refused one, with a code that never existed. The client is checked
// before the code (RFC 6749 §4.1.3 lists it first, and servers do it first), so
// the answer tells wrong credentials from a bad code; and where the server has
// other words for an unknown code than for this one, it knew this one.
//
// It costs the server one refused request. Where that counts against somebody it
// must not be sent, and Not says why.
type Probe struct {
	Asks string
	Not  string // catalogue.Provider.NoProbe; empty: it may be sent
}

// unknownCode are the causes under which the server does not find the code at
// all; knownCode those under which it finds it and then objects.
var (
	unknownCode = []ID{CodeMalformed, WrongEnvironment, ServerState, WrongToken}
	knownCode   = []ID{RedirectURIMismatch, PKCEMismatch, ClientMismatch, CodeExpired, CodeReused}
)

// Bounds of the shares between which a probe is worth its request.
const (
	worthAsking   = 0.05
	nearlyCertain = 0.9
)

// probe is what could be asked, given the shares; nil where nothing would be
// learnt.
func (c *Case) probe(s Shares) *Probe {
	if c.Grant != GrantCode || c.Token == nil || c.granted() || len(c.Probes) > 0 || s[s.ranked()[0]] > nearlyCertain {
		return nil
	}
	unknown, known, client := s.of(unknownCode), s.of(knownCode), s[ClientCredentials]
	switch {
	case client > worthAsking && unknown+known > worthAsking:
		return &Probe{"Is it the client, or the code? A server that does not accept the client says so to any code, one that never existed too. " +
			"One that complains of the code has accepted the client.", c.noProbe()}
	case unknown > worthAsking && known > worthAsking:
		return &Probe{"Did the server know this code? If it has other words for a code that never existed, it knew this one and objects to something else.", c.noProbe()}
	}
	return nil
}

func (s Shares) of(ids []ID) float64 {
	sum := 0.0
	for _, id := range ids {
		sum += s[id]
	}
	return sum
}

// probed adds what the answer to a made-up code shows.
func (t tally) probed(c *Case) {
	for _, p := range c.Probes {
		r := p.Response.Refusal
		switch {
		case r.Error == "invalid_client" || r.Status == 401:
			t.shift("probe_client_refused", "a made-up code with the same credentials is refused as well, for the client: "+quoted(r), Shifts{ClientCredentials: 6})
		case r.Error == "":
		case r.Error != c.Refusal.Error || r.Description != c.Refusal.Description:
			by := Shifts{ClientCredentials: -4}
			for _, id := range unknownCode {
				by[id] = -3
			}
			t.shift("probe_code_was_known", "of a made-up code the server says something else, so it knew this one: "+quoted(r), by)
		default:
			t.shift("probe_same_words", "of a made-up code the server says the same, so it has accepted the client: "+quoted(r), Shifts{ClientCredentials: -4})
		}
	}
}

func quoted(r Refusal) string {
	if r.Description == "" {
		return fmt.Sprintf("%s (%d)", r.Error, r.Status)
	}
	return fmt.Sprintf("%s, “%s”", r.Error, r.Description)
}
