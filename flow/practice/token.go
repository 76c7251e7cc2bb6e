package practice

import (
	"net/http"
	"net/url"

	"example.com/grantwalk/diagnose/safe"
)

// tokenReply is a successful token response (RFC 6749 §5.1).
type tokenReply struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
	IDToken      string `json:"id_token,omitempty"` // OpenID Connect Core §3.1.3.3
}

// token is the token endpoint (RFC 6749 §3.2).
func (s *Server) token(w *reply, r *http.Request) {
	w.Header().Set("Pragma", "no-cache") // RFC 6749 §5.1
	form, no := readForm(r)
	if no != nil {
		w.refuse(no)
		return
	}
	plan, grantType := s.store.planFor(form), form.Get("grant_type")
	plan.applyFaults(w, s.now(), grantType)
	got, no := s.exchange(w, r, form)
	if no != nil {
		w.refuseAs(plan, grantType, no)
		return
	}
	out := tokenReply{
		AccessToken:  got.access,
		TokenType:    "Bearer",
		ExpiresIn:    int(got.lifetime.Seconds()),
		RefreshToken: got.refresh,
		Scope:        got.scope.String(), // always, so that nobody has to compare (RFC 6749 §5.1)
	}
	if got.scope.has("openid") {
		idToken, err := s.idToken(r.Context(), got)
		if err != nil {
			w.refuse(serverFailed.because("the ID token could not be signed"))
			return
		}
		out.IDToken = idToken
	}
	w.json(http.StatusOK, out)
}

// exchange decides a token request. Whatever is wrong with one is found in here
// and comes out as a refusal; token writes it.
func (s *Server) exchange(w *reply, r *http.Request, form url.Values) (*issued, *refusal) {
	c, no := authenticate(w, r, form)
	if no != nil {
		return nil, no
	}
	switch form.Get("grant_type") {
	case grantCode:
		if no := need(form, "code"); no != nil {
			return nil, no
		}
		w.decision = "code redeemed"
		return s.store.redeem(c, form.Get("code"), form.Get("redirect_uri"), form.Get("code_verifier"))
	case grantRefresh:
		if no := need(form, "refresh_token"); no != nil {
			return nil, no
		}
		w.decision = "tokens refreshed"
		return s.store.rotate(c, form.Get("refresh_token"), form.Get("scope"))
	case "":
		return nil, parameterLost.because("no grant_type")
	}
	return nil, grantType.because("the grant_type '%s' is not supported: authorization_code and refresh_token are", safe.Foreign(form.Get("grant_type")))
}

func need(form url.Values, name string) *refusal {
	if form.Has(name) {
		return nil
	}
	return parameterLost.because("no %s", name)
}
