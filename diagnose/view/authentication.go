package view

import (
	"fmt"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/evidence"
)

// A client that fails to authenticate is invalid_client (RFC 6749 §5.2), and not
// invalid_grant, as is often written. Some servers answer invalid_grant all the
// same, and others unauthorized_client or invalid_request.
var authenticationChecks = []check{
	{"client_authenticated", missAuthentication, []string{"stopped", "stopped/grant_named", "stopped/pkce_named", "no_client", "no_client/grant_named", "no_client/pkce_named", "no_client/header_left_out",
		"public_refused", "no_verifier_refused", "refused", "refused/not_rejected", "refused/other_named", "unproven", "unproven_and_grant_named",
		"for_itself", "for_itself/grant_named", "for_itself/pkce_named", "none"}},
	{"credentials_looked_at", lookAtCredentials, []string{"swapped", "swapped/not_rejected", "swapped/other_named", "id_space", "id_space/not_rejected", "id_space/other_named", "secret_space", "secret_space/not_rejected", "secret_space/other_named", "secret_empty", "secret_quoted"}},
	{"secret_compared", compareSecrets, []string{"other", "other/not_rejected", "other/other_named", "same"}},
	{"authentication_ways_counted", countAuthentication, []string{"two", "two/grant_named"}},
	{"first_way_refused", firstWayRefused, []string{"both_refused", "basic_refused"}},
	{"authentication_way_known", knowWay, []string{"another", "another_and_grant_named"}},
	{"basic_encoding", lookAtBasic, []string{"no_colon", "no_colon/grant_named", "no_colon/pkce_named", "ambiguous", "form_encoded"}},
	{"client_refused", clientRefused, []string{"grant_named", "unauthorized", "status_401"}},
}

// passedTheClient: the server's error is about the grant, so by RFC 6749 it had
// accepted the client. It is the folklore's code too, so this weighs, but does not decide.
func passedTheClient(v *View) bool { return v.ErrorResponse.Error == "invalid_grant" }

// unlessPassed doubts what breaks a rule on client authentication where the server
// complains of something else.
func unlessPassed(v *View, f *Fact) *Fact {
	return f.doubted(passedTheClient(v), "grant_named").doubted(serverNamesPKCE(v), "pkce_named")
}

// ifRejected doubts that credentials are wrong that look so. What is registered is known
// to the server alone, so only its own word makes the other side of the contradiction.
func ifRejected(v *View, f *Fact) *Fact {
	r := v.Token.Response
	rejected := refusesClient(r) && strings.Contains(r.Error.Raw(), "client") // it says so by its error code
	return f.doubted(!rejected && (passedTheClient(v) || serverNamesPKCE(v)), "other_named").doubted(!rejected, "not_rejected")
}

// missAuthentication: "A public client that was not issued a client password"
// sends its client_id (RFC 6749 §4.1.3) and proves itself by PKCE (RFC 9700
// §2.1.1). A request with neither proves nothing.
func missAuthentication(v *View) *Fact {
	if v.Token == nil || !unauthenticated(v) || serverNamesPKCE(v) {
		return nil
	}
	f := howUnauthenticated(v)
	if f != nil {
		f.Values = []Value{{Label: "client id", Text: orNone(v.Token.ClientID)}, {Label: "client authentication", Text: "none"}}
	}
	return f
}

func howUnauthenticated(v *View) *Fact {
	refused, e := refusesClient(v.Token.Response), v.ErrorResponse.Error
	switch w := v.worked(); {
	case w != nil && w.ClientSecret != "":
		return unlessPassed(v, differs("stopped", "this client authenticated before, and does not in this request"))
	case namesNoClient(v):
		// Sanitizers leave the Authorization header out, and people do.
		return unlessPassed(v, differs("no_client", "the token request has neither client authentication nor a client_id")).doubted(!headersKept(v), "header_left_out")
	case refused && (v.Token.Verifier != "" || v.Token.Hides("code_verifier")): // as a public client does
		return sign("public_refused", "the server refused the client, and the request has no client authentication; is it registered as public?")
	case refused && v.Auth != nil && v.Auth.Challenge != "" && v.paramsKnown(): // a public client proves itself by its verifier, which is not there
		return sign("no_verifier_refused", "the server refused the client, and the request has neither client authentication nor the code_verifier of a public client")
	case refused:
		return ifRejected(v, differs("refused", "the server rejected the client, and the request has no client authentication"))
	case v.Grant == GrantCode && v.Token.Verifier == "" && withoutPKCE(v):
		// A public client without PKCE breaks no rule of RFC 6749, so this is a sign.
		state := "unproven"
		if passedTheClient(v) {
			state = "unproven_and_grant_named"
		}
		return sign(state, "neither a secret nor PKCE proves that the client is the one that asked for the code")
	case v.Grant == evidence.GrantClientCredentials:
		return unlessPassed(v, differs("for_itself", "a client asks for tokens of its own without authenticating (RFC 6749 §4.4.2)"))
	case e == "invalid_request" || e == "unauthorized_client":
		return sign("none", "the request has no client authentication")
	}
	return nil
}

// headersKept reports whether the input has headers that sanitizers leave out.
func headersKept(v *View) bool {
	return v.Cookies || slices.ContainsFunc(v.TokenRequests, func(r evidence.TokenRequest) bool { return r.ClientAuth == evidence.AuthBasic })
}

// namesNoClient reports whether the request must say who sends it and does not.
func namesNoClient(v *View) bool {
	return v.Token.ClientID == "" && !v.Token.Hides("client_id") && v.Token.Params != nil && (v.Grant == GrantCode || v.Grant == GrantRefresh && v.Token.Response.Refused())
}

// withoutPKCE: the whole flow is in the evidence, and has no PKCE in it.
func withoutPKCE(v *View) bool {
	return v.Auth != nil && v.Auth.Seen() && v.Auth.Challenge == "" && !v.Auth.Hides("code_challenge") && !slices.Contains(v.Token.Params, "code_verifier")
}

func lookAtCredentials(v *View) *Fact {
	if v.Token == nil {
		return nil
	}
	r := v.Token
	nature := v.nature(r.ClientSecret)
	switch id, secret := spaceIn(r.ClientID.Raw()), nature.Space; {
	case v.Auth != nil && v.Auth.ClientID != "" && r.Hides("client_id") && r.ClientSecret.Reveal() == v.Auth.ClientID.Raw():
		return ifRejected(v, differs("swapped", "client_id and client_secret are swapped: the client_secret is the client_id of the authorization request",
			Value{Label: "client_secret", Text: v.Auth.ClientID.String()}))
	case id != "":
		return ifRejected(v, differs("id_space", "the client_id "+id, Value{Label: "client id", Text: inQuotes(r.ClientID)}))
	case secret != "":
		return ifRejected(v, differs("secret_space", "the client secret "+secret+", as from a file that was read with its last line end", Value{Label: "client secret", Text: r.ClientSecret.String()}))
	case r.ClientSecret == "" && !r.Hides("client_secret") && (r.ClientAuth == evidence.AuthBasic && r.Basic != "" || r.ClientAuth == evidence.AuthPost):
		return sign("secret_empty", "the client secret is empty")
	case nature.Quoted:
		return sign("secret_quoted", "the client secret has quotes around it, as from a settings file")
	}
	return nil
}

// inQuotes shows where a value begins and ends.
func inQuotes(s fmt.Stringer) string { return `"` + s.String() + `"` }

func compareSecrets(v *View) *Fact {
	if v.Token == nil || v.Token.ClientSecret == "" {
		return nil
	}
	w := v.worked()
	switch {
	case w == nil || w.ClientSecret == "":
		return nil
	case w.ClientSecret != v.Token.ClientSecret:
		return ifRejected(v, differs("other", "another client secret was sent than in the request of "+clockTime(w.SentAt)+" that went well",
			secretsCompared("went well", w.ClientSecret, "sent now", v.Token.ClientSecret)...))
	case w.ClientAuth == v.Token.ClientAuth && v.ErrorResponse.Error != "invalid_client":
		return fits("same", "the same id and secret were accepted "+clockTime(w.SentAt))
	}
	return nil
}

// countAuthentication: "The client MUST NOT use more than one authentication
// method in each request" (RFC 6749 §2.3).
func countAuthentication(v *View) *Fact {
	if v.Token == nil || v.Token.Basic == "" || !slices.Contains(v.Token.Params, "client_secret") && !slices.Contains(v.Token.Params, "client_assertion") {
		return nil
	}
	return differs("two", "the client authenticates twice, in the Authorization header and in the body").doubted(!v.Token.Response.Refused() || passedTheClient(v), "grant_named")
}

// firstWayRefused sees a library that finds out how to authenticate by trying:
// Basic first, the body next, with the same code. The first answer tells; the
// second may only say that the code is used up.
func firstWayRefused(v *View) *Fact {
	r := v.Token
	if r == nil || r.ClientAuth != evidence.AuthBasic || credential(*r) == "" || !refusesClient(r.Response) {
		return nil
	}
	for _, next := range v.TokenRequests[v.At+1:] {
		if credential(next) != credential(*r) || next.ClientAuth != evidence.AuthPost {
			continue
		}
		values := []Value{
			{Label: "Basic", Text: clockTime(r.SentAt) + ", " + inShort(r.Response)},
			{Label: "body", Text: clockTime(next.SentAt) + apart(r.SentAt, next.SentAt) + ", " + inShort(next.Response)},
		}
		if refusesClient(next.Response) {
			return differs("both_refused", "id and secret were refused in the header and in the body alike", values...)
		}
		return differs("basic_refused", "the client was refused when it sent its secret by Basic; the second try, with the secret in the body, only shows what became of the code", values...)
	}
	return nil
}

// ways are the ways to authenticate, as evidence and as RFC 7591 §2 call them.
var ways = map[string]string{evidence.AuthBasic: "client_secret_basic", evidence.AuthPost: "client_secret_post", evidence.AuthNone: "none"}

// knowWay holds the way to authenticate against those that the provider
// documents.
func knowWay(v *View) *Fact {
	if v.Token == nil || v.Known == nil || len(v.Known.TokenAuth) == 0 || !v.Token.Response.Refused() {
		return nil
	}
	way := ways[v.Token.ClientAuth]
	if way == "" || slices.Contains(v.Known.TokenAuth, way) || way == "none" && v.Token.Verifier != "" {
		return nil
	}
	state := "another"
	if passedTheClient(v) {
		state = "another_and_grant_named"
	}
	return sign(state, fmt.Sprintf("%s documents %s, and the client uses %s", v.Known.Title, strings.Join(v.Known.TokenAuth, ", "), way))
}

// lookAtBasic: id and secret are form-encoded before they are joined (RFC 6749
// §2.3.1). Half of the clients, and some servers, leave that out, which shows
// only where a character changes by it.
func lookAtBasic(v *View) *Fact {
	if v.Token == nil || v.Token.Basic == "" || passedTheClient(v) || v.Granted() {
		return nil
	}
	switch fault := v.nature(v.Token.Basic).Basic; fault {
	case noColon:
		return unlessPassed(v, differs("no_colon", "the Authorization header "+fault))
	case ambiguous:
		return sign("ambiguous", "the Authorization header "+fault)
	case formEncoded:
		return sign("form_encoded", "id or secret are form-encoded in the Authorization header, as RFC 6749 asks; some servers do not decode them")
	}
	return nil
}

// clientRefused reads the answer where its error alone does not tell.
func clientRefused(v *View) *Fact {
	if v.Token == nil {
		return nil
	}
	r := v.Token.Response
	switch {
	case r.Error == "invalid_grant":
		return sign("grant_named", "the server complains of the grant, so by RFC 6749 it had accepted the client")
	case r.Error == "unauthorized_client" && r.Status == 401:
		return sign("unauthorized", "the server answered 401 with unauthorized_client: it did not accept who the client says it is")
	case r.Status == 401 && r.Error != "invalid_client":
		return sign("status_401", "the server answered 401, which RFC 6749 keeps for a client that failed to authenticate")
	}
	return nil
}
