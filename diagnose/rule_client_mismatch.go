package diagnose

import (
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// "… ensure that the authorization code was issued to the authenticated
// confidential client, or if the client is public, … to client_id in the
// request" (RFC 6749 §4.1.3); §6 says the same of refresh tokens.
var clientMismatch = Rule{
	ID:    ClientMismatch,
	Title: "the grant was issued to another client",
	Cites: "RFC 6749 §4.1.3, §5.2",
	Hints: []string{"console"},
	After: []ID{Other, ClientCredentials, WrongToken, CodeMalformed},
	Checks: []Check{
		{"clients_compared", compareClients},
	},
	Fix: fixClientMismatch,
}

// grantedTo is the client that the code or refresh token was issued to, and the
// request that shows it; empty where the evidence does not tell.
func (c *Case) grantedTo() (id safe.Identifier, shownBy string) {
	if c.Token == nil {
		return "", ""
	}
	if g := c.grantor(); g != nil {
		return g.ClientID, "token granted to"
	}
	if c.Auth != nil && c.Grant == GrantCode {
		return c.Auth.ClientID, "authorization request"
	}
	return "", ""
}

func compareClients(c *Case) *Sighting {
	owner, shownBy := c.grantedTo()
	if owner == "" || c.Token.ClientID == "" {
		return nil
	}
	if owner == c.Token.ClientID {
		return &Sighting{Verdict: Excludes, Says: "both requests name the client " + owner.String()}
	}
	values := compared(shownBy, owner, "token request", c.Token.ClientID)
	if c.clientUnknown(owner) {
		by := 2.0
		if c.Token.Response.Status >= 500 { // a server can fail over either
			by = weighty + 1
		}
		return &Sighting{Verdict: Sign, By: by, Says: "another client_id was sent than the grant belongs to", Values: values}
	}
	if c.grantor() == nil {
		return c.settledIfTied(Sighting{Says: "the code was issued to the client " + owner.String() + ", but the client " + c.Token.ClientID.String() + " sent it", Values: values})
	}
	return &Sighting{Verdict: Settles, Says: "the refresh token was issued to the client " + owner.String() + ", but the client " + c.Token.ClientID.String() + " sent it", Values: values}
}

// clientUnknown tells which fault another client_id is. The server looks the
// client up first (RFC 6749 §3.2.1): a client that it knows is authenticated, and
// only then found to have no right to the grant, which is invalid_grant; one that
// it does not know is invalid_client. An id that differs in white space or
// capitals only is no second client, whatever the answer; nor, where the answer
// does not tell, is one that comes without any proof, or without one that was recorded.
func (c *Case) clientUnknown(owner safe.Identifier) bool {
	r, sent := c.Token.Response, c.Token.ClientID
	slip := strings.EqualFold(strings.TrimSpace(owner.Raw()), strings.TrimSpace(sent.Raw()))
	switch {
	case slip:
		return true
	case c.heard().favours(ClientMismatch, ClientCredentials): // some say invalid_client of a second client too
		return false
	case refusesClient(r):
		return true
	case r.Status >= 500: // it did not come as far as judging the grant
		return true
	case r.Error == "invalid_grant", r.Error == "unauthorized_client", r.Status == 403:
		return false
	}
	return c.unauthenticated() || c.Token.ClientAuth == ""
}

func fixClientMismatch(c *Case) []string {
	owner, _ := c.grantedTo()
	if owner == "" {
		return []string{
			"exchange the code with the client_id of the authorization request, and store the client_id beside each refresh token",
			"where several apps or environments share code, log which client_id each request carries",
		}
	}
	return []string{
		"exchange the code as client " + owner.String() + ", with the secret of that client",
		"or start again with " + orNone(c.Token.ClientID) + " in the authorization request as well",
		"find where the two ids come from: front end and back end, two environments, web and mobile app often have one each",
	}
}
