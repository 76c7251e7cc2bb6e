package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"grantwalk/diagnose/safe"
	"grantwalk/diagnose/wire"
)

// IDToken is the ID token, decoded, and whether it may be believed
// (OpenID Connect Core §3.1.3.7).
type IDToken struct {
	Verified bool
	Why      string // not verified: why; verified: how
	Subject  string // cleaned
	sub      string // as it came, for comparing
}

// tenantTemplate stands in the issuer of Entra's shared metadata, where each
// token names a tenant.
const tenantTemplate = "{tenantid}"

// inspect verifies the ID token and asks who the user is. Neither ends the walk:
// the tokens have been granted.
func (w *Walk) inspect(ctx context.Context) Outcome {
	if w.Tokens.ID != "" {
		w.verify(ctx)
	}
	if w.Metadata.UserinfoEndpoint != "" && (w.Tokens.ID != "" || slices.Contains(w.Config.Scopes, "openid")) {
		w.userInfo(ctx)
	}
	if err := ctx.Err(); err != nil {
		return Outcome{Kind: NoAnswer, Why: err.Error()}
	}
	return Outcome{}
}

// verify fetches the keys and checks the ID token.
func (w *Walk) verify(ctx context.Context) {
	token := &IDToken{}
	w.IDToken = token
	claims := w.claims()
	switch alg := text(claims, "header", "alg"); { // RFC 7515 §4.1.1
	case w.Metadata.JWKSURI == "":
		token.Why = "not verified: without discovery the server's keys are unknown"
	case strings.HasPrefix(alg, "HS"):
		token.Why = "not verified: it says that it is signed with the client secret (" + safe.Text(alg, 20) + "), not with a key of the server's"
	default:
		// Not by go-oidc's remote key set, whose goroutine asks on when the walk is interrupted.
		a, err := w.get(ctx, StepTokens, NameKeySet, w.Metadata.JWKSURI, "", nil)
		token.Verified, token.Why = w.checkSignature(ctx, token, text(claims, "claim", "azp"), a, err)
	}
	w.Transcript.add(Message{
		Step: StepTokens, From: App, To: App, Name: NameIDToken, Label: "verify ID token",
		Seen: true, At: w.Now(), Params: claims, Note: token.Why,
	})
}

// claims are header and claims of the ID token, compared with what is known.
func (w *Walk) claims() []Param {
	params := decoded(w.Tokens.ID)
	for i, p := range params {
		if p.In == "claim" {
			params[i] = w.markClaim(p)
		}
	}
	return params
}

// checkSignature is go-oidc's check with the key set that came, or did not, and
// what go-oidc leaves to others: the authorized party azp, the subject, the nonce.
func (w *Walk) checkSignature(ctx context.Context, token *IDToken, azp string, a *answer, err error) (bool, string) {
	if err != nil {
		return false, "not verified: " + err.Error()
	}
	if a.Status != http.StatusOK {
		return false, fmt.Sprintf("not verified: the server answered %d where its keys should be", a.Status)
	}
	keys := a.keySet()
	if len(keys.PublicKeys) == 0 {
		return false, "not verified: the server published no key that can be used"
	}
	verifier := oidc.NewVerifier(w.Metadata.Issuer, keys, &oidc.Config{
		ClientID:             w.Config.ClientID,
		SupportedSigningAlgs: w.Metadata.SigningAlgs,
		SkipIssuerCheck:      strings.Contains(w.Metadata.Issuer, tenantTemplate),
		Now:                  w.Now,
	})
	id, err := verifier.Verify(ctx, w.Tokens.ID.Reveal())
	if err == nil && id.AccessTokenHash != "" {
		err = id.VerifyAccessToken(w.Tokens.Access.Reveal())
	}
	switch {
	case err != nil:
		why := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "oidc: "), "failed to verify signature: ")
		return false, "not verified: " + w.Transcript.foreign(why, 300)
	case id.Subject == "":
		return false, "not verified: it names no subject (OpenID Connect Core §2)"
	case azp != "" && azp != w.Config.ClientID:
		return false, "not verified: its azp names another client (OpenID Connect Core §3.1.3.7)"
	case w.Request.Nonce != "" && id.Nonce != w.Request.Nonce:
		return false, "not verified: its nonce is not the one that was sent"
	}
	token.sub, token.Subject = id.Subject, w.Transcript.foreign(id.Subject, 200)
	return true, "verified: signature, issuer, audience, time and nonce are right"
}

// keySet reads a JWK set (RFC 7517 §5); keys of a kind that is unknown here, or
// not public, or for encrypting, are passed over.
func (a *answer) keySet() *oidc.StaticKeySet {
	var keys []json.RawMessage
	_ = json.Unmarshal(a.Member("keys"), &keys) // none, if it is no list
	set := &oidc.StaticKeySet{}
	for _, raw := range keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && key.IsPublic() && key.Use != "enc" {
			set.PublicKeys = append(set.PublicKeys, key.Key)
		}
	}
	return set
}

// decoded are header and claims of a JWT; anything else has none.
func decoded(jwt safe.Secret) []Param {
	header, claims, _ := wire.JWT(jwt.Reveal())
	asJSON := wire.Head{ContentType: "application/json"}
	return appendParams(params("header", wire.Read(asJSON, header).Params), "claim", wire.Read(asJSON, claims).Params)
}

// text is the value of a claim or a member of the header; empty if it is not there.
func text(decoded []Param, in, name string) string {
	for _, p := range decoded {
		if p.In == in && p.Name == name {
			return p.Value
		}
	}
	return ""
}

// markClaim compares a claim with what is known.
func (w *Walk) markClaim(p Param) Param {
	judge := func(good bool, yes, no string) {
		p.Mark, p.Note = Good, yes
		if !good {
			p.Mark, p.Note = Bad, no
		}
	}
	switch p.Name {
	case "iss":
		if w.Metadata.Issuer != "" && !strings.Contains(w.Metadata.Issuer, tenantTemplate) {
			judge(p.Value == w.Metadata.Issuer, "the issuer we asked", "not the issuer we asked")
		}
	case "aud":
		judge(p.Value == w.Config.ClientID || strings.Contains(p.Value, `"`+w.Config.ClientID+`"`), "us", "another client")
	case "nonce":
		judge(p.Value == w.Request.Nonce, "ours", "not the one that was sent")
	case "exp", "iat", "auth_time", "nbf":
		var seconds float64
		if json.Unmarshal([]byte(p.Value), &seconds) != nil {
			return p
		}
		d := time.Unix(int64(seconds), 0).Sub(w.Now()).Round(time.Second)
		switch {
		case p.Name == "exp":
			judge(d > 0, "in "+d.String(), "over since "+(-d).String())
		case d > time.Minute:
			judge(false, "", "in the future by "+d.String()+": one of the two clocks is off")
		default:
			p.Note = max(-d, 0).String() + " ago"
		}
	}
	return p
}

// userInfo asks the userinfo endpoint, whose sub must be the ID token's
// (OpenID Connect Core §5.3.2).
func (w *Walk) userInfo(ctx context.Context) {
	id := w.IDToken
	// The answer, or why there is none, is in the transcript.
	_, _ = w.get(ctx, StepTokens, NameUserinfo, w.Metadata.UserinfoEndpoint, w.Tokens.Access, func(p *Param) {
		if p.Name != "sub" || id == nil || !id.Verified {
			return
		}
		p.Mark, p.Note = Good, "the ID token's"
		if p.Value != id.sub {
			p.Mark, p.Note = Bad, "not the ID token's: do not use this answer"
		}
	})
}

// Revoke gives the tokens back (RFC 7009 §2.1), the refresh token first, which
// takes the rest with it at most servers.
func (w *Walk) Revoke(ctx context.Context) Outcome {
	if w.Metadata.RevocationEndpoint == "" {
		return Outcome{Kind: Refused, Step: w.Reached, Why: "the provider names no revocation endpoint"}
	}
	token, hint := w.Tokens.Refresh, "refresh_token"
	if token == "" {
		token, hint = w.Tokens.Access, "access_token"
	}
	a, err := w.postForm(ctx, w.Reached, NameRevocation, w.Metadata.RevocationEndpoint,
		url.Values{"token": {token.Reveal()}, "token_type_hint": {hint}})
	var out Outcome
	switch {
	case err != nil:
		out = Outcome{Kind: NoAnswer, Why: err.Error()}
	case a.Status != 200:
		out = w.refusal(a, "the tokens were not revoked")
	}
	return settle(ctx, w.Reached, out)
}

// noRefreshToken is why there is nothing to refresh.
const noRefreshToken = "no refresh token came; many providers give one only for a scope such as offline_access, or a parameter such as access_type=offline"

// describeRotation says what became of the refresh token.
func describeRotation(old, now safe.Secret) string {
	if now == "" || now == old {
		return "The refresh token stays the same: this provider does not rotate it."
	}
	return fmt.Sprintf("A new refresh token came (rotation): the old one, %s, is spent, and using it again may revoke them all (RFC 9700 §4.14.2).", old)
}
