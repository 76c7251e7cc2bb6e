package flow

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// A Twist breaks one thing on purpose at the client's side of an otherwise correct walk,
// so that the rejection can be seen. It is named by the cause of the rejection. The
// transcript has what was sent, and never that it was broken.
type Twist struct {
	Cause    diagnose.ID
	Step     Step   // the step that it breaks
	Does     string // what will happen, in a few words
	Accepted string // what it means if the server gives tokens all the same
	Setting  Field  // without which it is not possible; empty: none

	fits   []string                             // the errors that are for what it breaks (RFC 6749 §5.2, RFC 7636 §4.6)
	change func(*Walk, *grant)                  // what is changed in the request; nil: nothing
	before func(context.Context, *Walk) Outcome // what is done before the request; nil: nothing
	needs  func(*Walk) error                    // why it is not possible in this walk; nil: it always is
}

// The errors of a code and of a refresh token that the server rejects: the one of RFC 6749
// §5.2, and those that servers older than it still send.
var (
	codeErrors    = []string{"invalid_grant", "bad_verification_code"}
	refreshErrors = []string{"invalid_grant", "bad_refresh_token"}
)

// twists are all of them, in the order of the steps.
var twists = []Twist{
	{
		Cause: diagnose.UserDenied, Step: StepCallback, Does: "deny access when you are asked",
		Accepted: "Access was approved, so nothing was broken.",
	},
	{
		Cause: diagnose.CodeReused, Step: StepExchange, Does: "send the code twice", fits: codeErrors, before: redeemFirst,
		Accepted: "The server gave tokens for the same code twice, although a code MUST NOT be used more than once (RFC 6749 §4.1.2). Anyone who finds a code in a log or in a browser's history can exchange it.",
	},
	{
		Cause: diagnose.CodeExpired, Step: StepExchange, Does: "hold the code until it is too old", fits: codeErrors, before: hold,
		Accepted: "The server still accepted the code. RFC 6749 §4.1.2 recommends a lifetime of 10 minutes at most, so that a stolen code is soon worthless.",
	},
	{
		Cause: diagnose.CodeMalformed, Step: StepExchange, Does: "change the code", fits: append([]string{"invalid_request"}, codeErrors...), change: changeCode,
		Accepted: "The server accepted a changed code, so it does not compare the whole code. A code is easier to guess there.",
	},
	{
		// The third error is Google's and GitHub's.
		Cause: diagnose.RedirectURIMismatch, Step: StepExchange, Does: "name another redirect URI", fits: []string{"invalid_grant", "invalid_request", "redirect_uri_mismatch"}, change: changeRedirectURI,
		Accepted: "The server does not compare the redirect URI of the token request with that of the authorization request, although their values MUST be identical (RFC 6749 §4.1.3). A code that was stolen at another redirect URI can be exchanged, unless PKCE protects it.",
	},
	{
		// Some servers have an error of their own for a wrong secret.
		Cause: diagnose.ClientCredentials, Step: StepExchange, Does: "send a wrong secret", fits: []string{"invalid_client", "unauthorized_client", "incorrect_client_credentials"}, change: changeSecret, needs: needSecret,
		Accepted: "The server does not check the client secret, although it MUST authenticate the client (RFC 6749 §3.2.1). Anyone who knows the client_id can act as this client.",
	},
	{
		Cause: diagnose.ClientMismatch, Step: StepExchange, Does: "exchange the code as another client", Setting: FieldOtherClientID, fits: append([]string{"unauthorized_client"}, codeErrors...), change: changeClient, needs: needOtherClient,
		Accepted: "The server exchanged the code for another client than the one that the code was issued to (RFC 6749 §4.1.3 forbids it). Any client can use a stolen code.",
	},
	{
		Cause: diagnose.PKCEMismatch, Step: StepExchange, Does: "send another verifier", fits: []string{"invalid_grant", "invalid_request"}, change: changeVerifier, needs: needPKCE,
		Accepted: "The server does not check the code_verifier, although an error MUST be returned if the values differ (RFC 7636 §4.6). PKCE protects nothing at this server.",
	},
	{
		Cause: diagnose.RefreshReused, Step: StepRefresh, Does: "use the refresh token twice", fits: refreshErrors, before: refreshFirst, needs: needRefreshToken,
		Accepted: "The same refresh token worked twice, so the server does not notice a stolen one. For public clients, RFC 9700 §2.2.2 requires rotation or sender-constrained refresh tokens.",
	},
	{
		Cause: diagnose.RefreshRevoked, Step: StepRefresh, Does: "revoke the refresh token, then use it", fits: refreshErrors, before: revokeFirst, needs: needRevocation,
		Accepted: "The server confirmed the revocation and accepts the refresh token all the same, although a revoked token cannot be used again (RFC 7009 §2.1). Logging out there does not end the access.",
	},
	{
		Cause: diagnose.WrongToken, Step: StepRefresh, Does: "send the access token as the refresh token", fits: refreshErrors, change: changeRefreshToken, needs: needRefreshToken,
		Accepted: "The server took an access token for a refresh token (RFC 6749 §6). A leaked access token can be renewed without end.",
	},
}

// Twists returns all twists, in the order of the steps that they break.
func Twists() []Twist { return slices.Clone(twists) }

// TwistFor returns the twist that leads to a cause.
func TwistFor(cause diagnose.ID) (Twist, bool) {
	i := slices.IndexFunc(twists, func(t Twist) bool { return t.Cause == cause })
	if i < 0 {
		return Twist{}, false
	}
	return twists[i], true
}

// Possible tells why a twist cannot be had in this walk, as far as the walk has
// come; nil: it can.
func (t Twist) Possible(w *Walk) error {
	if w.Last.Kind != GoOn || w.Reached >= t.Step && w.started {
		return errors.New("the walk is past that step")
	}
	if t.needs == nil {
		return nil
	}
	return t.needs(w)
}

// grant is what the step's request will hold: what is right, or what the twist
// makes of it. Random values are made once.
func (w *Walk) grant(step Step) grant {
	g := w.rightGrant(w.Config)
	if w.Twist == nil || w.Twist.Step != step {
		return g
	}
	if w.broken == nil {
		if w.Twist.change != nil {
			w.Twist.change(w, &g)
		}
		w.broken = &g
	}
	return *w.broken
}

// SetTwist chooses what is broken; nil: nothing. It is called between two steps.
func (w *Walk) SetTwist(t *Twist) { w.Twist, w.broken, w.unplayed = t, nil, "" }

// A Change is a value of a step's request that a twist changes.
type Change struct {
	Step        Step
	Name        string
	Right, Sent record.Param
}

// ChangeIn returns the change that a parameter of a message shows; ok is false if the
// parameter is right. The Authorization header shows a change of the client and its secret.
func ChangeIn(changes []Change, m record.Message, p record.Param) (c Change, ok bool) {
	if m.Kind != exchange.Token || m.Method == "" {
		return Change{}, false
	}
	i := slices.IndexFunc(changes, func(c Change) bool {
		client := c.Name == "client_id" || c.Name == "client_secret"
		return c.Step == m.Step && (p.In == "form" && p.Name == c.Name || p.Name == "Authorization" && client)
	})
	if i < 0 {
		return Change{}, false
	}
	return changes[i], true
}

// Changes are what the twist will change in the step's request, beside what is
// right; none before the values are known.
func (w *Walk) Changes(step Step) []Change {
	if w.Twist == nil || w.Twist.Step != step {
		return nil
	}
	right, sent := w.rightGrant(w.Config), w.grant(step)
	var changes []Change
	for _, c := range []struct {
		name        string
		right, sent string
	}{
		{"client_id", right.ClientID, sent.ClientID},
		{"client_secret", right.Secret.Reveal(), sent.Secret.Reveal()},
		{"redirect_uri", right.RedirectURI, sent.RedirectURI},
		{"code", right.Code.Reveal(), sent.Code.Reveal()},
		{"code_verifier", right.Verifier.Reveal(), sent.Verifier.Reveal()},
		{"refresh_token", right.Refresh.Reveal(), sent.Refresh.Reveal()},
	} {
		if c.right != c.sent {
			changes = append(changes, Change{step, c.name, record.Clean("form", c.name, c.right), record.Clean("form", c.name, c.sent)})
		}
	}
	return changes
}

// changeCode does what a missing or a second decoding does; a code that has
// nothing to encode loses its last character, as when it is copied badly.
func changeCode(_ *Walk, g *grant) {
	code := g.Code.Reveal()
	if encoded := url.QueryEscape(code); encoded != code {
		g.Code = safe.Secret(encoded)
	} else if code != "" {
		g.Code = safe.Secret(code[:len(code)-1])
	}
}

func changeRedirectURI(_ *Walk, g *grant) {
	switch uri := g.RedirectURI; {
	case strings.Contains(uri, "//127.0.0.1"):
		g.RedirectURI = strings.Replace(uri, "//127.0.0.1", "//localhost", 1)
	case strings.Contains(uri, "//localhost"):
		g.RedirectURI = strings.Replace(uri, "//localhost", "//127.0.0.1", 1)
	case strings.HasSuffix(uri, "/"):
		g.RedirectURI = strings.TrimSuffix(uri, "/")
	default:
		g.RedirectURI += "/"
	}
}

func changeSecret(w *Walk, g *grant) { g.Secret = random(w.Rand) }

// changeClient authenticates the other client as the walk's own, if it has a secret.
func changeClient(w *Walk, g *grant) {
	g.ClientID, g.Secret = w.Config.OtherClientID, w.Config.OtherClientSecret
	switch {
	case g.Secret == "":
		g.Auth = AuthNone
	case g.Auth == AuthNone || g.Auth == "":
		g.Auth = AuthBasic // RFC 6749 §2.3.1: a server that issues secrets MUST support it
	}
}

func changeVerifier(w *Walk, g *grant) { g.Verifier = random(w.Rand) }

func changeRefreshToken(w *Walk, g *grant) { g.Refresh = w.Tokens.Access }

func needSecret(w *Walk) error {
	if w.Config.ClientSecret == "" {
		return errors.New(noSecret)
	}
	return nil
}

func needOtherClient(w *Walk) error {
	switch w.Config.OtherClientID {
	case "":
		return errors.New(noOtherClient)
	case w.Config.ClientID:
		return errors.New(sameClient)
	}
	return nil
}

func needPKCE(w *Walk) error {
	if w.Config.pkce() == PKCENone {
		return errors.New(noPKCE)
	}
	return nil
}

func needRefreshToken(w *Walk) error {
	if w.Tokens != nil && w.Tokens.Refresh == "" {
		return errors.New(gaveNoRefreshToken)
	}
	return nil
}

func needRevocation(w *Walk) error {
	discovers := !w.started && w.Config.Issuer != ""
	if !discovers && w.Metadata.RevocationEndpoint == "" {
		return errors.New(noRevocationEndpoint)
	}
	return needRefreshToken(w)
}

// redeemFirst sends the code as it should be. The second request follows.
func redeemFirst(ctx context.Context, w *Walk) Outcome { return w.redeem(ctx, w.rightGrant(w.Config)) }

// refreshFirst uses the refresh token. The same token is used again after that, whether
// the server rotated it or not.
func refreshFirst(ctx context.Context, w *Walk) Outcome {
	g := w.rightGrant(w.Config)
	out := w.renew(ctx, g)
	w.broken = &g
	return out
}

// revokeFirst revokes the refresh token. A server that rejects the revocation leaves
// nothing to try.
func revokeFirst(ctx context.Context, w *Walk) Outcome {
	out := w.Revoke(ctx)
	if out.Kind == Refused {
		w.unplayed = notRevoked
		return Outcome{}
	}
	return out
}

// hold keeps the code until its lifetime is over, or until [Walk.Release].
func hold(ctx context.Context, w *Walk) Outcome {
	timer := time.NewTimer(w.HeldUntil().Sub(w.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.released:
		if w.Now().Before(w.HeldUntil()) {
			w.unplayed = notHeld
		}
	case <-ctx.Done():
		w.unplayed = endedInHold
		return Outcome{Kind: NoAnswer}
	}
	return Outcome{}
}

// usualCodeLifetime is the most that RFC 6749 §4.1.2 recommends.
const usualCodeLifetime = 10 * time.Minute

// HeldUntil is when a held code is surely too old: by the provider's lifetime,
// or by the longest that is usual, and a second more for clocks of whole seconds.
func (w *Walk) HeldUntil() time.Time {
	life := w.Config.CodeLifetime
	if life == 0 {
		life = usualCodeLifetime
	}
	return w.Callback.At.Add(life + time.Second)
}

// Release sends a held code at once.
func (w *Walk) Release() {
	select {
	case w.released <- struct{}{}:
	default:
	}
}

// twisted does what the twist does before the step's own request. A twist that turns out
// to be impossible leaves the walk unbroken.
func (w *Walk) twisted(ctx context.Context, step Step) Outcome {
	if w.Twist == nil || w.Twist.Step != step {
		return Outcome{}
	}
	if w.Twist.needs != nil {
		if err := w.Twist.needs(w); err != nil {
			w.unplayed = err.Error()
		}
	}
	if w.unplayed != "" {
		right := w.rightGrant(w.Config)
		w.broken = &right
		return Outcome{}
	}
	if w.Twist.before == nil {
		return Outcome{}
	}
	out := w.Twist.before(ctx, w)
	switch out.Kind {
	case Refused:
		w.unplayed = firstRejected
	case NoAnswer:
		w.unplayed = cmp.Or(w.unplayed, firstUnanswered)
	}
	return out
}
