package flow

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// A Twist spoils one thing at the client's side of an otherwise right walk, so
// that the refusal can be seen. It is named by the cause that it brings about.
// The transcript holds what was sent, never that it was spoilt.
type Twist struct {
	Cause diagnose.ID
	Step  Step   // the step that it spoils
	Does  string // what will happen, in a few words

	spoil func(*Walk, *grant)                  // what is changed in the request; nil: nothing
	first func(*Walk, context.Context) Outcome // what is done before it; nil: nothing
	needs func(*Walk) error                    // why it is not possible in this walk; nil: it always is
}

// twists are all of them, in the order of the steps.
var twists = []Twist{
	{Cause: diagnose.UserDenied, Step: StepCallback, Does: "refuse when you are asked"},
	{Cause: diagnose.CodeReused, Step: StepExchange, Does: "send the code twice", first: (*Walk).redeemFirst},
	{Cause: diagnose.CodeExpired, Step: StepExchange, Does: "hold the code until it is too old", first: (*Walk).hold},
	{Cause: diagnose.CodeMalformed, Step: StepExchange, Does: "change the code", spoil: spoilCode},
	{Cause: diagnose.RedirectURIMismatch, Step: StepExchange, Does: "name another redirect URI", spoil: spoilRedirectURI},
	{Cause: diagnose.ClientCredentials, Step: StepExchange, Does: "send a wrong secret", spoil: spoilSecret, needs: needSecret},
	{Cause: diagnose.ClientMismatch, Step: StepExchange, Does: "redeem it as another client", spoil: spoilClient, needs: needOtherClient},
	{Cause: diagnose.PKCEMismatch, Step: StepExchange, Does: "send another verifier", spoil: spoilVerifier, needs: needPKCE},
	{Cause: diagnose.RefreshReused, Step: StepRefresh, Does: "use the refresh token twice", first: (*Walk).refreshFirst, needs: needRefreshToken},
	{Cause: diagnose.RefreshRevoked, Step: StepRefresh, Does: "give the token back, then use it", first: (*Walk).revokeFirst, needs: needRevocation},
	{Cause: diagnose.WrongToken, Step: StepRefresh, Does: "send the access token in its place", spoil: spoilRefreshToken, needs: needRefreshToken},
}

// Twists returns all twists, in the order of the steps that they spoil.
func Twists() []Twist { return slices.Clone(twists) }

// TwistFor returns the twist that brings about a cause.
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
// makes of it. What a twist draws by lot is drawn once.
func (w *Walk) grant(step Step) grant {
	g := w.rightGrant()
	if w.Twist == nil || w.Twist.Step != step {
		return g
	}
	if w.spoilt == nil {
		if w.Twist.spoil != nil {
			w.Twist.spoil(w, &g)
		}
		w.spoilt = &g
	}
	return *w.spoilt
}

// SetTwist chooses what is spoilt; nil: nothing. It is called between two steps.
func (w *Walk) SetTwist(t *Twist) { w.Twist, w.spoilt = t, nil }

// A Change is a value of the next request that is sent otherwise than is right.
type Change struct {
	Name        string
	Right, Sent Param
}

// Changes are what the twist will change in the step's request, beside what is
// right; none before the values are known.
func (w *Walk) Changes(step Step) []Change {
	if w.Twist == nil || w.Twist.Step != step {
		return nil
	}
	right, sent := w.rightGrant(), w.grant(step)
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
			changes = append(changes, Change{c.name, fitParam("form", c.name, c.right), fitParam("form", c.name, c.sent)})
		}
	}
	return changes
}

// spoilCode does what a missing or a second decoding does; a code that has
// nothing to encode loses its last character, as when it is copied badly.
func spoilCode(_ *Walk, g *grant) {
	code := g.Code.Reveal()
	if encoded := url.QueryEscape(code); encoded != code {
		g.Code = safe.Secret(encoded)
	} else if code != "" {
		g.Code = safe.Secret(code[:len(code)-1])
	}
}

func spoilRedirectURI(_ *Walk, g *grant) {
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

func spoilSecret(w *Walk, g *grant) { g.Secret = w.random() }

func spoilClient(w *Walk, g *grant) {
	g.ClientID, g.Secret, g.Auth = w.Config.OtherClientID, "", AuthNone
}

func spoilVerifier(w *Walk, g *grant) { g.Verifier = w.random() }

func spoilRefreshToken(w *Walk, g *grant) { g.Refresh = w.Tokens.Access }

func needSecret(w *Walk) error {
	if w.Config.ClientSecret == "" {
		return errors.New("this client has no secret")
	}
	return nil
}

func needOtherClient(w *Walk) error {
	if w.Config.OtherClientID == "" {
		return errors.New("no second client is known: give --other-client-id")
	}
	return nil
}

func needPKCE(w *Walk) error {
	if w.Config.pkce() == PKCENone {
		return errors.New("this walk uses no PKCE")
	}
	return nil
}

func needRefreshToken(w *Walk) error {
	if w.Tokens != nil && w.Tokens.Refresh == "" {
		return errors.New("no refresh token came")
	}
	return nil
}

func needRevocation(w *Walk) error {
	if w.started && w.Metadata.RevocationEndpoint == "" {
		return errors.New("the provider names no revocation endpoint")
	}
	return needRefreshToken(w)
}

// redeemFirst sends the code as it should be; the second sending follows.
func (w *Walk) redeemFirst(ctx context.Context) Outcome { return w.redeem(ctx, w.rightGrant()) }

func (w *Walk) refreshFirst(ctx context.Context) Outcome {
	old := w.Tokens.Refresh
	out := w.renew(ctx, w.rightGrant())
	if w.Tokens.Refresh == old { // not rotated: then its second use is no fault
		return out
	}
	g := w.rightGrant()
	g.Refresh = old
	w.spoilt = &g
	return out
}

func (w *Walk) revokeFirst(ctx context.Context) Outcome { return w.Revoke(ctx) }

// hold keeps the code until its lifetime is over, or until [Walk.Release].
func (w *Walk) hold(ctx context.Context) Outcome {
	timer := time.NewTimer(w.HeldUntil().Sub(w.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.released:
	case <-ctx.Done():
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

// twisted does what the twist does before the step's own request.
func (w *Walk) twisted(ctx context.Context, step Step) Outcome {
	if w.Twist == nil || w.Twist.Step != step || w.Twist.first == nil {
		return Outcome{}
	}
	return w.Twist.first(w, ctx)
}
