package view

import (
	"strings"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
)

// "… ensure that the authorization code was issued to the authenticated
// confidential client, or if the client is public, … to client_id in the
// request" (RFC 6749 §4.1.3); §6 says the same of refresh tokens.
var clientChecks = []check{
	{"clients_compared", compareClients, []string{"same", "differ", "differ/other_login", "differ_and_unknown", "differ_and_failed"}},
	{"client_known", knowClient, []string{"white_space", "capitals", "rejected", "unknown", "unknown_and_failed"}},
}

// grantedTo is the client that the code or refresh token was issued to, and the
// request that shows it; empty where the evidence does not tell.
func grantedTo(v *View) (id safe.Identifier, shownBy string) {
	if v.Token == nil {
		return "", ""
	}
	if g := v.grantor(); g != nil {
		return g.ClientID, "token granted to"
	}
	if v.Auth != nil && v.Grant == GrantCode {
		return v.Auth.ClientID, "authorization request"
	}
	return "", ""
}

func compareClients(v *View) *Fact {
	owner, shownBy := grantedTo(v)
	sent := idSent(v)
	if owner == "" || sent == "" {
		return nil
	}
	if owner == sent && v.grantor() == nil && v.loosely() {
		return nil
	}
	if owner == sent {
		return fits("same", "both requests name the client "+owner.String())
	}
	both := compared(shownBy, owner, "token request", sent)
	if clientUnknown(v, owner) {
		state := "differ_and_unknown"
		if v.Token.Response.Status >= 500 { // a server can fail over either
			state = "differ_and_failed"
		}
		return sign(state, "another client_id was sent than the grant belongs to", both...)
	}
	if v.grantor() == nil {
		return differs("differ", "the code was issued to the client "+owner.String()+", but the client "+sent.String()+" sent it", both...).doubted(v.loosely(), "other_login")
	}
	return differs("differ", "the refresh token was issued to the client "+owner.String()+", but the client "+sent.String()+" sent it", both...)
}

// idSent is the client_id of the token request; empty: there is none, or it is unknown.
func idSent(v *View) safe.Identifier {
	if v.Token == nil {
		return ""
	}
	return v.Token.ClientID
}

// clientUnknown tells which fault another client_id is. The server looks the
// client up first (RFC 6749 §3.2.1): a client that it knows is authenticated, and
// only then found to have no right to the grant, which is invalid_grant; one that
// it does not know is invalid_client. An id that differs in white space or
// capitals only is no second client, whatever the answer; nor, where the answer
// does not tell, is one that comes without any proof, or without one that was recorded.
func clientUnknown(v *View, owner safe.Identifier) bool {
	r, sent := v.Token.Response, v.Token.ClientID
	slip := strings.EqualFold(strings.TrimSpace(owner.Raw()), strings.TrimSpace(sent.Raw()))
	switch {
	case slip:
		return true
	case v.Said().Favours(causes.ClientMismatch, causes.ClientCredentials): // some say invalid_client of a second client too
		return false
	case refusesClient(r):
		return true
	case r.Status >= 500: // it did not come as far as judging the grant
		return true
	case r.Error == "invalid_grant", r.Error == "unauthorized_client", r.Status == 403:
		return false
	}
	return unauthenticated(v) || v.Token.ClientAuth == ""
}

func knowClient(v *View) *Fact {
	owner, shownBy := grantedTo(v)
	sent := idSent(v)
	if owner == "" || sent == "" || owner == sent || !clientUnknown(v, owner) {
		return nil
	}
	both := compared(shownBy, owner, "token request", sent)
	switch r := v.Token.Response; {
	case strings.TrimSpace(owner.Raw()) == strings.TrimSpace(sent.Raw()):
		return differs("white_space", "the client_id differs in white space", both...)
	case strings.EqualFold(strings.TrimSpace(owner.Raw()), strings.TrimSpace(sent.Raw())):
		return differs("capitals", "the client_id differs in its capitals", both...)
	case strings.Contains(r.Error.Raw(), "client"):
		return differs("rejected", "the client_id is not the one that the grant was issued to, and the server rejected the client", both...)
	case r.Status >= 500: // that it failed says nothing against it
		return sign("unknown_and_failed", unknownClient, both...)
	}
	return sign("unknown", unknownClient, both...) // the server did not say whether it knows the client
}

const unknownClient = "the client_id is not the one that the grant was issued to; a server that does not know this client fails before it looks at the grant"

// unauthenticated reports whether the request is known to prove nothing about
// who sends it.
func unauthenticated(v *View) bool {
	r := v.Token
	return r.ClientAuth == evidence.AuthNone && r.ClientSecret == "" && r.Basic == "" && (len(r.Params) > 0 || !v.Granted())
}
