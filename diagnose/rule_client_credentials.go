package diagnose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/wire"
)

// A client that fails to authenticate is invalid_client (RFC 6749 §5.2), and not
// invalid_grant, as is often written. Some servers answer invalid_grant all the
// same, and others unauthorized_client or invalid_request.
var clientCredentials = Rule{
	ID:    ClientCredentials,
	Title: "the client did not prove who it is",
	Cites: "RFC 6749 §2.3.1, §5.2",
	Hints: []string{"token_auth", "console"},
	After: []ID{Other},
	Checks: []Check{
		{"client_known", knowClient},
		{"client_authenticated", missAuthentication},
		{"credentials_looked_at", lookAtCredentials},
		{"secret_compared", compareSecrets},
		{"authentication_ways_counted", countAuthentication},
		{"first_way_refused", firstWayRefused},
		{"authentication_way_known", knowWay},
		{"basic_encoding", lookAtBasic},
		{"client_refused", clientRefused},
		{"client_shown_on_page", clientOnPage},
		{"client_redirected", clientRedirected},
	},
	Fix: fixClientCredentials,
}

// unauthenticated reports whether the request is known to prove nothing about
// who sends it.
func (c *Case) unauthenticated() bool {
	r := c.Token
	return r.ClientAuth == evidence.AuthNone && r.ClientSecret == "" && r.Basic == "" && (len(r.Params) > 0 || !c.granted())
}

// passedTheClient: the server's error is about the grant, so by RFC 6749 it had
// accepted the client. It is the folklore's code too, so this weighs, but does not decide.
func (c *Case) passedTheClient() bool { return c.Refusal.Error == "invalid_grant" }

// settledUnlessPassed is the verdict on a request that breaks a rule on client authentication: both
// the request and the rule are known.
func (c *Case) settledUnlessPassed(s Sighting) *Sighting {
	s.Verdict = Settles
	switch {
	case c.passedTheClient():
		s.Verdict, s.By = Sign, 2.5
	case c.serverNamesPKCE():
		s.Verdict, s.By = Sign, 0.5
	}
	return &s
}

// settledIfRejected is the verdict on credentials that look wrong. What is registered is known to
// the server alone, so only its own word makes the other side of the contradiction.
func (c *Case) settledIfRejected(s Sighting) *Sighting {
	s.Verdict = Settles
	if !saysClient(c.Token.Response) {
		s.Verdict, s.By = Sign, weighty
		if c.passedTheClient() || c.serverNamesPKCE() {
			s.By = 2.5
		}
	}
	return &s
}

// saysClient reports whether the server says by its error code that it rejected the client.
func saysClient(r TokenResponse) bool {
	return refusesClient(r) && strings.Contains(r.Error.Raw(), "client")
}

func knowClient(c *Case) *Sighting {
	owner, shownBy := c.grantedTo()
	if owner == "" || c.Token.ClientID == "" || owner == c.Token.ClientID || !c.clientUnknown(owner) {
		return nil
	}
	s := &Sighting{Verdict: Settles, Values: compared(shownBy, owner, "token request", c.Token.ClientID)}
	switch r := c.Token.Response; {
	case strings.TrimSpace(owner.Raw()) == strings.TrimSpace(c.Token.ClientID.Raw()):
		s.Says = "the client_id differs in white space"
	case strings.EqualFold(strings.TrimSpace(owner.Raw()), strings.TrimSpace(c.Token.ClientID.Raw())):
		s.Says = "the client_id differs in its capitals"
	case strings.Contains(r.Error.Raw(), "client"):
		s.Says = "the client_id is not the one that the grant was issued to, and the server rejected the client"
	default: // the server did not say whether it knows the client
		s.Verdict, s.By = Sign, weighty
		if r.Status >= 500 { // that it failed says nothing against it
			s.By += 2
		}
		s.Says = "the client_id is not the one that the grant was issued to; a server that does not know this client fails before it looks at the grant"
	}
	return s
}

// missAuthentication: "A public client that was not issued a client password"
// sends its client_id (RFC 6749 §4.1.3) and proves itself by PKCE (RFC 9700
// §2.1.1). A request with neither proves nothing.
func missAuthentication(c *Case) *Sighting {
	if c.Token == nil || !c.unauthenticated() || c.serverNamesPKCE() {
		return nil
	}
	e := c.Refusal.Error
	values := []Value{{Label: "client id", Text: orNone(c.Token.ClientID)}, {Label: "client authentication", Text: "none"}}
	if w := c.worked(); w != nil && w.ClientSecret != "" {
		return c.settledUnlessPassed(Sighting{Says: "this client authenticated before, and does not in this request", Values: values})
	}
	switch {
	case c.Token.ClientID == "" && !c.Token.Hides("client_id") && c.Token.Params != nil && (c.Grant == GrantCode || c.Grant == GrantRefresh && c.Token.Response.Refused()):
		return c.settledUnlessPassed(Sighting{Says: "the token request has neither client authentication nor a client_id", Values: values})
	case refusesClient(c.Token.Response) && c.Token.Verifier != "": // as a public client does
		return &Sighting{Verdict: Sign, By: 3, Says: "the server refused the client, and the request has no client authentication; is it registered as public?", Values: values}
	case refusesClient(c.Token.Response) && c.Auth != nil && c.Auth.Challenge != "" && c.paramsKnown():
		// A public client proves itself by its verifier, which is not there.
		return &Sighting{Verdict: Sign, By: 2, Says: "the server refused the client, and the request has neither client authentication nor the code_verifier of a public client", Values: values}
	case refusesClient(c.Token.Response):
		return c.settledIfRejected(Sighting{Says: "the server rejected the client, and the request has no client authentication", Values: values})
	case c.Grant == GrantCode && c.Token.Verifier == "" && c.provable():
		// A public client without PKCE breaks no rule of RFC 6749, so this is a sign.
		by := weighty
		if c.passedTheClient() {
			by = 2.5
		}
		return &Sighting{Verdict: Sign, By: by, Says: "neither a secret nor PKCE proves that the client is the one that asked for the code", Values: values}
	case c.Grant == GrantClientCredentials:
		return c.settledUnlessPassed(Sighting{Says: "a client asks for tokens of its own without authenticating (RFC 6749 §4.4.2)", Values: values})
	case e == "invalid_request" || e == "unauthorized_client":
		return &Sighting{Verdict: Sign, By: 1.5, Says: "the request has no client authentication", Values: values}
	}
	return nil
}

// provable: the whole flow is in the evidence, and has no PKCE in it.
func (c *Case) provable() bool {
	return c.Auth != nil && c.Auth.Seen() && c.Auth.Challenge == "" && !c.Auth.Hides("code_challenge") && !slices.Contains(c.Token.Params, "code_verifier")
}

func lookAtCredentials(c *Case) *Sighting {
	if c.Token == nil {
		return nil
	}
	r := c.Token
	nature := c.nature(r.ClientSecret)
	switch id, secret := spaceIn(r.ClientID.Raw()), nature.Space; {
	case id != "":
		return c.settledIfRejected(Sighting{Says: "the client_id " + id, Values: []Value{{Label: "client id", Text: inQuotes(r.ClientID)}}})
	case secret != "":
		return c.settledIfRejected(Sighting{Says: "the client secret " + secret + ", as from a file that was read with its last line end",
			Values: []Value{{Label: "client secret", Text: r.ClientSecret.String()}}})
	case r.ClientSecret == "" && !r.Hides("client_secret") && (r.ClientAuth == evidence.AuthBasic && r.Basic != "" || r.ClientAuth == evidence.AuthPost):
		return &Sighting{Verdict: Sign, By: 2, Says: "the client secret is empty"}
	case nature.Quoted:
		return &Sighting{Verdict: Sign, By: 3, Says: "the client secret has quotes around it, as from a settings file"}
	}
	return nil
}

// inQuotes shows where a value begins and ends.
func inQuotes(s fmt.Stringer) string { return `"` + s.String() + `"` }

func compareSecrets(c *Case) *Sighting {
	if c.Token == nil || c.Token.ClientSecret == "" {
		return nil
	}
	w := c.worked()
	switch {
	case w == nil || w.ClientSecret == "":
		return nil
	case w.ClientSecret != c.Token.ClientSecret:
		return c.settledIfRejected(Sighting{Says: "another client secret was sent than in the request of " + clockTime(w.SentAt) + " that went well",
			Values: secretsCompared("went well", w.ClientSecret, "sent now", c.Token.ClientSecret)})
	case w.ClientAuth == c.Token.ClientAuth && c.Refusal.Error != "invalid_client":
		return &Sighting{Verdict: Excludes, Says: "the same id and secret were accepted " + clockTime(w.SentAt)}
	}
	return nil
}

// countAuthentication: "The client MUST NOT use more than one authentication
// method in each request" (RFC 6749 §2.3).
func countAuthentication(c *Case) *Sighting {
	if c.Token == nil || c.Token.Basic == "" || !slices.Contains(c.Token.Params, "client_secret") && !slices.Contains(c.Token.Params, "client_assertion") {
		return nil
	}
	says := "the client authenticates twice, in the Authorization header and in the body"
	if c.Token.Response.Refused() && !c.passedTheClient() {
		return &Sighting{Verdict: Settles, Says: says}
	}
	return &Sighting{Verdict: Sign, By: 1, Says: says}
}

// firstWayRefused sees a library that finds out how to authenticate by trying:
// Basic first, the body next, with the same code. The first answer tells; the
// second may only say that the code is used up.
func firstWayRefused(c *Case) *Sighting {
	r := c.Token
	if r == nil || r.ClientAuth != evidence.AuthBasic || credential(*r) == "" || !refusesClient(r.Response) {
		return nil
	}
	for _, next := range c.TokenRequests[c.At+1:] {
		if credential(next) != credential(*r) || next.ClientAuth != evidence.AuthPost {
			continue
		}
		values := []Value{
			{Label: "Basic", Text: clockTime(r.SentAt) + ", " + inShort(r.Response)},
			{Label: "body", Text: clockTime(next.SentAt) + apart(r.SentAt, next.SentAt) + ", " + inShort(next.Response)},
		}
		if refusesClient(next.Response) {
			return &Sighting{Verdict: Settles, Says: "id and secret were refused in the header and in the body alike", Values: values}
		}
		return &Sighting{Verdict: Settles, Says: "the client was refused when it sent its secret by Basic; the second try, with the secret in the body, only shows what became of the code", Values: values}
	}
	return nil
}

// ways are the ways to authenticate, as evidence and as RFC 7591 §2 call them.
var ways = map[string]string{evidence.AuthBasic: "client_secret_basic", evidence.AuthPost: "client_secret_post", evidence.AuthNone: "none"}

// knowWay holds the way to authenticate against those that the provider
// documents.
func knowWay(c *Case) *Sighting {
	if c.Token == nil || c.Known == nil || len(c.Known.TokenAuth) == 0 || !c.Token.Response.Refused() {
		return nil
	}
	way := ways[c.Token.ClientAuth]
	if way == "" || slices.Contains(c.Known.TokenAuth, way) || way == "none" && c.Token.Verifier != "" {
		return nil
	}
	by := 2.5
	if c.passedTheClient() {
		by = 0.5
	}
	return &Sighting{Verdict: Sign, By: by, Says: fmt.Sprintf("%s documents %s, and the client uses %s", c.Known.Title, strings.Join(c.Known.TokenAuth, ", "), way)}
}

// inShort is an answer in a few words.
func inShort(r TokenResponse) string {
	switch {
	case r.Granted():
		return "tokens"
	case r.Error != "":
		return r.Error.String()
	case r.Status != 0:
		return "status " + strconv.Itoa(r.Status)
	}
	return "no answer seen"
}

// lookAtBasic: id and secret are form-encoded before they are joined (RFC 6749
// §2.3.1). Half of the clients, and some servers, leave that out, which shows
// only where a character changes by it.
func lookAtBasic(c *Case) *Sighting {
	if c.Token == nil || c.Token.Basic == "" || c.passedTheClient() || c.granted() {
		return nil
	}
	switch fault := c.nature(c.Token.Basic).Basic; fault {
	case noColon:
		return c.settledUnlessPassed(Sighting{Says: "the Authorization header " + fault})
	case ambiguous:
		return &Sighting{Verdict: Sign, By: 1.5, Says: "the Authorization header " + fault}
	case formEncoded:
		return &Sighting{Verdict: Sign, By: 1, Says: "id or secret are form-encoded in the Authorization header, as RFC 6749 asks; some servers do not decode them"}
	}
	return nil
}

func brokenEscape(s string) bool { return strings.Contains(s, "%") && wire.Unescape(s) == s }

// clientRefused reads the answer where its error alone does not tell.
func clientRefused(c *Case) *Sighting {
	if c.Token == nil {
		return nil
	}
	r := c.Token.Response
	switch {
	case r.Error == "invalid_grant":
		return &Sighting{Verdict: Sign, By: -0.7, Says: "the server complains of the grant, so by RFC 6749 it had accepted the client"}
	case r.Error == "unauthorized_client" && r.Status == 401:
		return &Sighting{Verdict: Sign, By: 3, Says: "the server answered 401 with unauthorized_client: it did not accept who the client says it is"}
	case r.Status == 401 && r.Error != "invalid_client":
		return &Sighting{Verdict: Sign, By: 3, Says: "the server answered 401, which RFC 6749 keeps for a client that failed to authenticate"}
	}
	return nil
}

func clientOnPage(c *Case) *Sighting {
	if !shownOnPage(c) {
		return nil
	}
	return &Sighting{Verdict: Sign, By: 2.5, Says: "the server showed the error on a page of its own, as it does when it does not know the client"}
}

func clientRedirected(c *Case) *Sighting {
	if !cameByRedirect(c) || strings.Contains(c.Auth.Response.Error.Raw(), "client") {
		return nil
	}
	return &Sighting{Verdict: Excludes, Says: "the server redirected to " + c.Auth.RedirectURI.String() + ", so it knows the client, and no secret is sent so early"}
}

func fixClientCredentials(c *Case) []string {
	fix := []string{"copy client_id and client_secret again from where the client is registered, with nothing before or after them"}
	if c.Token == nil {
		return append(fix, "send the same client_id in the authorization request, and to the server (tenant, realm) that issued it")
	}
	if owner, _ := c.grantedTo(); owner != "" && owner != c.Token.ClientID {
		fix[0] = "send client_id " + owner.String() + " in the token request, as in the authorization request, with its own secret"
	}
	switch {
	case c.unauthenticated():
		fix = append(fix, "authenticate the client: by Basic (RFC 6749 section 2.3.1), or as the client is registered; a client without a secret must be registered as public and use PKCE")
	case c.Token.ClientAuth == evidence.AuthBasic:
		fix = append(fix, "look up whether the client is registered for client_secret_basic or client_secret_post, and set that one in the library instead of letting it try")
		fix = append(fix, "form-encode id and secret before they are joined for Basic, unless this server is known not to decode them")
	default:
		fix = append(fix, "look up whether the client is registered for client_secret_basic or client_secret_post, and send the secret that way only")
	}
	return fix
}
