package flow

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// TwistResult is what became of a twist.
type TwistResult struct {
	Cause  diagnose.ID `json:"cause"`
	Result string      `json:"result"` // TwistAccepted, TwistRejected or TwistNotPlayed
	Means  string      `json:"means"`  // one or more sentences
}

// The results of a twist. An accepted twist is a finding: the server does not check what
// was broken.
const (
	TwistAccepted  = "accepted"
	TwistRejected  = "rejected"
	TwistNotPlayed = "not_played"
)

// Why a twist was not played.
const (
	noSecret             = "this client has no secret"
	noOtherClient        = "no second client of this provider is known"
	sameClient           = "the second client is the one that the code was issued to"
	noPKCE               = "this walk uses no PKCE"
	gaveNoRefreshToken   = "the server gave no refresh token"
	noRevocationEndpoint = "no revocation endpoint of this provider is known"
	notRevoked           = "the server did not confirm the revocation"
	notHeld              = "the code was sent before its lifetime was over"
	endedInHold          = "the walk ended while the code was held"
	firstRejected        = "the server rejected the request that comes before the broken one"
	firstUnanswered      = "no response came to the request that comes before the broken one"
	endedBeforeStep      = "the walk ended before that step"
	approved             = "access was approved"
	notSent              = "the broken request could not be sent"
)

// notPlayed are the reasons for which nothing was broken.
var notPlayed = []string{
	noSecret, noOtherClient, sameClient, noPKCE, gaveNoRefreshToken, noRevocationEndpoint, notRevoked, notHeld, endedInHold,
	firstRejected, firstUnanswered, endedBeforeStep, approved, notSent,
}

// Unknown reports whether the twist may have been played: no response tells.
func (r *TwistResult) Unknown() bool { return slices.Contains(unanswered, r.Means) }

func nothingBroken(why string) string { return "Nothing was broken: " + why + "." }

// Told is the result of a twist in a saved walk; nil if there is no such result. What the
// file says of it is taken over only if it is what a walk says.
func (t Twist) Told(result, means string) *TwistResult {
	r := &TwistResult{Cause: t.Cause, Result: result}
	known := false
	switch result {
	case TwistAccepted:
		r.Means = t.Accepted
		known = means == confidentialReuse || isAcceptedInTime(means)
	case TwistRejected:
		r.Means = "The server rejected the broken request."
		known = slices.Contains([]string{asItShould, accessDenied, noDenial, secondClientFirst, secondSecretFirst}, means) || isInconclusive(means)
	case TwistNotPlayed:
		r.Means = "The file does not say why."
		known = slices.ContainsFunc(notPlayed, func(why string) bool { return means == nothingBroken(why) }) ||
			slices.Contains(unanswered, means)
	default:
		return nil
	}
	if known {
		r.Means = means
	}
	return r
}

const (
	asItShould        = "The server rejected the broken request, as it should."
	accessDenied      = "Access was denied, and the server said so to the client."
	noDenial          = "The server's response does not say that access was denied."
	secondClientFirst = "The server did not accept the second client itself, which does not show whether it compares the clients. If that client has a secret, give that too."
	secondSecretFirst = "The server did not accept the second client or its secret, which does not show whether it compares the clients."
	confidentialReuse = "The same refresh token worked twice, so the server does not notice a stolen one. RFC 9700 §2.2.2 requires more than that of public clients only, and this client is confidential: a thief needs its secret too."
	stillAccepted     = "The server still accepted the code after "
	longLived         = ". That breaks no rule: RFC 6749 §4.1.2 recommends a lifetime of 10 minutes at most. Codes live longer at this server than was assumed."

	// Something was broken, or the user may have denied access, but no response says so.
	brokenUnanswered = "The broken request was sent and no response came, so it is not known whether the server checks what was broken."
	noCallbackCame   = "No response came from the browser, so it is not known whether access was denied."
	noCallbackTaken  = "No response with the right state came from the browser, so it is not known whether access was denied."
)

var unanswered = []string{brokenUnanswered, noCallbackCame, noCallbackTaken}

// acceptedInTime is what it means that a code was accepted at an age that no rule forbids.
func acceptedInTime(age time.Duration) string {
	return stillAccepted + diagnose.Duration(age.Round(time.Second)) + longLived
}

// isAcceptedInTime reports whether a sentence is one of acceptedInTime's.
func isAcceptedInTime(means string) bool {
	age, before := strings.CutPrefix(means, stillAccepted)
	age, behind := strings.CutSuffix(age, longLived)
	return before && behind && len(age) <= len("999 min 59 s") && strings.Trim(age, "0123456789 mins") == ""
}

// TwistResult is what became of the walk's twist, as far as the walk has come; nil without
// one.
func (w *Walk) TwistResult() *TwistResult {
	t := w.Twist
	if t == nil {
		return nil
	}
	r := &TwistResult{Cause: t.Cause, Result: TwistNotPlayed}
	last := w.Last
	if last.Step != t.Step {
		last = Outcome{} // of another step: the twist's own went well, or was not taken
	}
	noResponse := last.Kind == NoAnswer || last.Kind == Interrupted
	switch {
	case w.unplayed != "":
		r.Means = nothingBroken(w.unplayed)
	case w.Reached < t.Step:
		r.Means = nothingBroken(endedBeforeStep)
	case last.Kind == Denied && t.Cause == diagnose.UserDenied:
		r.Result, r.Means = TwistRejected, accessDenied
	case last.Kind == Denied || last.Kind == Refused:
		r.Result, r.Means = TwistRejected, w.rejected()
	case t.Cause == diagnose.UserDenied && noResponse:
		r.Means = noCallbackCame
	case t.Cause == diagnose.UserDenied && last.Kind == StateMismatch:
		r.Means = noCallbackTaken
	case t.Cause == diagnose.UserDenied:
		r.Means = nothingBroken(approved)
	case noResponse && w.request == unsent:
		r.Means = nothingBroken(notSent)
	case noResponse && w.request == sent:
		r.Means = brokenUnanswered
	default:
		r.Result, r.Means = TwistAccepted, w.accepted()
	}
	return r
}

// rejected is what it means that the server rejected the twist, for this client.
func (w *Walk) rejected() string {
	e := ErrorResponse{}
	if w.Last.Error != nil {
		e = *w.Last.Error
	}
	if w.Twist.Cause == diagnose.ClientMismatch && e.Error.Raw() == "invalid_client" {
		if w.Config.OtherClientSecret == "" {
			return secondClientFirst
		}
		return secondSecretFirst
	}
	return w.Twist.rejected(e)
}

// accepted is what it means that the server accepted the twist, for this client and at
// this time.
func (w *Walk) accepted() string {
	switch t := w.Twist; {
	case t.Cause == diagnose.CodeExpired && w.Exchange != nil && w.Exchange.CodeAge <= usualCodeLifetime:
		return acceptedInTime(w.Exchange.CodeAge)
	case t.Cause == diagnose.RefreshReused && w.Config.ClientAuth != AuthNone:
		return confidentialReuse
	default:
		return t.Accepted
	}
}

// rejected is what the server's rejection of the broken request means.
func (t Twist) rejected(e ErrorResponse) string {
	name := e.Error.String()
	if name != "" && !word(name) {
		name = unusualError
	}
	expected := e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests || e.Status == http.StatusOK
	switch status := " (HTTP " + strconv.Itoa(e.Status) + ")"; {
	case t.Cause == diagnose.UserDenied && name == "":
		return noDenial
	case t.Cause == diagnose.UserDenied:
		return "The server responded with " + name + ", which does not say that access was denied."
	case name == "":
		return "The response to the broken request has no tokens and no OAuth error" + status + ", so it does not show that the server checks what was broken."
	case expected && slices.Contains(t.fits, e.Error.Raw()):
		return asItShould
	case expected:
		status = ""
		fallthrough
	default:
		return "The server rejected the broken request with " + name + status + ", which does not show that it checks what was broken."
	}
}

// word reports whether an error code is fit for a sentence. Others are called unusualError.
func word(code string) bool {
	return len(code) <= 60 && strings.Trim(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

const unusualError = "an error that RFC 6749 does not have"

// inconclusive are the sentences of [Twist.rejected] that name an error or a status.
var inconclusive = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`^The server responded with (` + unusualError + `|[\w-]{1,60}), which does not say that access was denied\.$`),
		regexp.MustCompile(`^The response to the broken request has no tokens and no OAuth error \(HTTP \d{1,3}\), so it does not show that the server checks what was broken()\.$`),
		regexp.MustCompile(`^The server rejected the broken request with (` + unusualError + `|[\w-]{1,60})( \(HTTP \d{1,3}\))?, which does not show that it checks what was broken\.$`),
	}
})

// isInconclusive reports whether a text is one of those sentences, with an error that may be shown.
func isInconclusive(means string) bool {
	return slices.ContainsFunc(inconclusive(), func(r *regexp.Regexp) bool {
		m := r.FindStringSubmatch(means)
		return m != nil && (m[1] == unusualError || safe.Quote(m[1], len(m[1])) == m[1])
	})
}
