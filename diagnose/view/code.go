package view

import (
	"fmt"
	"time"

	"example.com/grantwalk/diagnose/evidence"
)

var codeChecks = []check{
	{"code_sends_counted", countCodeSends, []string{"redeemed_before", "sent_before", "sent_once"}},
	{"callbacks_counted", countCallbacks, []string{"several"}},
	{"codes_compared", compareCodes, []string{"unchanged", "changed", "nearly"}},
	{"code_looked_at", lookAtCode, []string{"leftover"}},
	{"code_age_measured", measureCodeAge, []string{"past_lifetime", "within_lifetime", "past_usual_lifetime", "within_usual_lifetime",
		"past_ten_minutes", "past_a_minute", "past_25_seconds", "past_5_seconds", "young"}},
	{"grant_sent", missCredential, []string{"missing"}},
	{"grant_looked_up", lookUpCredential, []string{"something_else", "of_no_callback", "changed", "nearly", "never_granted"}},
	{"grant_shape", lookAtCredential, []string{"prefix", "jwt", "placeholder"}},
	{"all_else_fits", allElseFits, []string{"fits"}},
	{"code_came", codeCame, []string{"came"}},
}

// recommendedLifetime is RFC 6749's upper bound: "A maximum authorization code lifetime
// of 10 minutes is RECOMMENDED" (§4.1.2). Some servers keep codes for 30 seconds.
const recommendedLifetime = 10 * time.Minute

// measureCodeAge holds the code's age against its lifetime. The age is the least
// that it can have been: the server made the code before the callback came.
func measureCodeAge(v *View) *Fact {
	age, ok := v.codeAge()
	if !ok || v.Token.Code == "" || age < 0 || v.Granted() {
		return nil
	}
	f := ageOf(age, v.codeLifetime(), v.CodeLifetime > 0)
	f.Values = []Value{
		{Label: "callback", Text: clockTime(v.Auth.Response.At)},
		{Label: "token request", Text: clockTime(v.Token.SentAt) + apart(v.Auth.Response.At, v.Token.SentAt)},
	}
	return f
}

// ageOf judges an age by a lifetime; zero: it is not known. The lifetime is the
// provider's own, or, by the catalogue, the usual one.
func ageOf(age, life time.Duration, own bool) *Fact {
	switch {
	case own && age > life:
		return differs("past_lifetime", fmt.Sprintf("the code was %s old when it was sent, and codes live %s here", Duration(age), Duration(life)))
	case own:
		return fits("within_lifetime", fmt.Sprintf("the code was sent after %s, and codes live %s here", Duration(age), Duration(life)))
	case life > 0 && age > life: // an administrator can set it
		return sign("past_usual_lifetime", fmt.Sprintf("the code was %s old when it was sent, and codes live %s at this provider as a rule", Duration(age), Duration(life)))
	case life > 0:
		return sign("within_usual_lifetime", fmt.Sprintf("the code was sent after %s, and codes live %s at this provider as a rule", Duration(age), Duration(life)))
	case age > recommendedLifetime:
		return sign("past_ten_minutes", fmt.Sprintf("the code was %s old when it was sent, and RFC 6749 wants codes to live ten minutes at most", Duration(age)))
	case age > time.Minute:
		return sign("past_a_minute", fmt.Sprintf("the code was %s old when it was sent, and codes live a minute at some servers", Duration(age)))
	case age > 25*time.Second:
		return sign("past_25_seconds", fmt.Sprintf("the code was %s old when it was sent, and codes live 30 seconds at a few servers", Duration(age)))
	case age > 5*time.Second:
		return sign("past_5_seconds", fmt.Sprintf("the code was only %s old", Duration(age)))
	}
	return sign("young", fmt.Sprintf("the code was only %s old", Duration(age)))
}

// compareCodes: the code is opaque. It leaves by the browser form-encoded (RFC 6749
// §4.1.2), is decoded once, and is encoded once more for the token request's body.
func compareCodes(v *View) *Fact {
	if v.Token == nil || v.Token.Code == "" || v.Auth == nil || v.Auth.Response.Code == "" {
		return nil
	}
	arrived, sent := v.Auth.Response.Code, v.Token.Code
	if arrived == sent {
		return fits("unchanged", "the code was sent as it arrived")
	}
	both := secretsCompared("code as it arrived", arrived, "code as it was sent", sent)
	codes, known := v.relation(arrived, sent)
	switch {
	case !known:
		return nil
	case codes.Alteration != "":
		return differs("changed", "the code that was sent "+codes.Alteration, both...)
	case codes.Slips > 0:
		return sign("nearly", fmt.Sprintf("the code that was sent differs in %s from the one that arrived, the first time at character %d: it was changed, or it is another code", count(codes.Slips, "character"), codes.First+1), both...)
	}
	return nil
}

// lookAtCode looks for traces of a URL or of quoting where there is no callback
// to compare with. RFC 6749 §A.11 allows these characters in a code; no server
// that is known puts them there.
func lookAtCode(v *View) *Fact {
	if v.Token == nil || v.Token.Code == "" || v.Auth != nil && v.Auth.Response.Code != "" {
		return nil
	}
	says := v.nature(v.Token.Code).Leftover
	if says == "" {
		return nil
	}
	return sign("leftover", "the code "+says, Value{Label: "code as it was sent", Text: v.Token.Code.String()})
}

// countCodeSends: "The client MUST NOT use the authorization code more than once"
// (RFC 6749 §4.1.2).
func countCodeSends(v *View) *Fact {
	if v.Token == nil || v.Token.Code == "" {
		return nil
	}
	sends := 1
	first := -1
	for i, earlier := range v.before() {
		// A refusal before the first success did not use the code up; what did is the rest.
		if earlier.Code != v.Token.Code || earlier.Response.Refused() && earlier.Response.Status < 500 && v.redeemers[v.At] < 0 {
			continue
		}
		sends++
		if first < 0 {
			first = i
		}
	}
	won := wonRace(v)
	switch {
	case first >= 0 && v.Granted() && v.redeemers[v.At] < 0:
		return nil // a retry that went well: what was not answered had not arrived
	case first >= 0:
		return codeSentBefore(v, first, sends)
	case won != nil:
		return sign("sent_before", "this code was sent twice at the same time, and the other request got tokens",
			Value{Label: "code", Text: v.Token.Code.String()}, Value{Label: "sent", Text: clockTime(v.Token.SentAt)}, Value{Label: "also sent", Text: clockTime(won.SentAt) + apart(v.Token.SentAt, won.SentAt)})
	case v.Auth != nil && v.Auth.Response.Code == v.Token.Code: // another copy of the client may have sent it too
		return sign("sent_once", "this client sent the code once")
	}
	return nil
}

// wonRace is a request with the same code that was sent before the response to this one came,
// and got tokens; nil: there is none.
func wonRace(v *View) *evidence.TokenRequest {
	for i := v.At + 1; i < len(v.TokenRequests) && !v.Granted(); i++ {
		if r := &v.TokenRequests[i]; r.Code == v.Token.Code && r.Response.Granted() && !r.SentAt.IsZero() && r.SentAt.Before(v.Token.Response.At) {
			return r
		}
	}
	return nil
}

func codeSentBefore(v *View, first, sends int) *Fact {
	f := sign("sent_before", "this code was sent before, and no response says what became of that request: the server may have used the code")
	switch i := v.redeemers[v.At]; {
	case i < 0:
	case v.TokenRequests[i].Response.Unseen:
		first = i
		f = sign("sent_before", "this code was sent before, and the body of that response was not recorded: the server may have used the code")
	default:
		first = i
		f = differs("redeemed_before", "this code was sent before, and that request was answered with tokens")
	}
	earlier, who := &v.TokenRequests[first], ""
	if earlier.ClientID != v.Token.ClientID {
		who = " by " + orNone(earlier.ClientID)
	}
	f.Values = []Value{
		{Label: "code", Text: v.Token.Code.String()},
		{Label: "sent first", Text: clockTime(earlier.SentAt) + who},
		{Label: "sent again", Text: clockTime(v.Token.SentAt) + apart(earlier.SentAt, v.Token.SentAt)},
	}
	if sends > 2 {
		f.Values = append(f.Values, Value{Label: "sent in all", Text: fmt.Sprintf("%d times", sends)})
	}
	return f
}

// countCallbacks sees the browser come twice: a reload, a prefetch, two tabs.
// Who redeems on each of them redeems twice, whether the other try was seen or not.
func countCallbacks(v *View) *Fact {
	if v.Grant != GrantCode || v.Auth == nil || v.Auth.Response.Count < 2 {
		return nil
	}
	return sign("several", fmt.Sprintf("the callback with this code came %d times", v.Auth.Response.Count))
}

func codeCame(v *View) *Fact {
	if v.Token == nil || v.Auth == nil || v.Auth.Response.Code == "" || v.Auth.Response.Code != v.Token.Code {
		return nil
	}
	return fits("came", "a code came by the redirect, so nobody had refused")
}

// allElseFits: a fresh code, sent once, unchanged, by the same client with the
// same redirect URI.
func allElseFits(v *View) *Fact {
	age, ok := v.codeAge()
	if !ok || age < 0 || age > 20*time.Second || v.ErrorResponse.Error != "invalid_grant" || v.Token.Code != v.Auth.Response.Code || v.Token.Code == "" ||
		v.Token.RedirectURI != v.Auth.RedirectURI || v.Token.ClientID != v.Auth.ClientID {
		return nil
	}
	if f := hashVerifier(v); f != nil && f.Verdict == Differs {
		return nil
	}
	if f := countCodeSends(v); f != nil && f.State != "sent_once" {
		return nil
	}
	return sign("fits", "all that the client can see fits: a fresh code, sent once and unchanged, by the same client with the same redirect URI")
}
