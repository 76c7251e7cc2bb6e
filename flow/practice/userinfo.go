package practice

import (
	"net/http"
	"strings"
)

const bearerRealm = `Bearer realm="grantwalk practice server"` // RFC 6750 §3: at least one parameter

// userinfo tells who the user of an access token is (OpenID Connect Core §5.3).
// It is the one protected resource here, and refuses as RFC 6750 §3 has it.
func (s *Server) userinfo(w *reply, r *http.Request) {
	token, no := bearer(r)
	if no != nil {
		// RFC 6750 §3.1: "… the resource server SHOULD NOT include an error code or
		// other error information." What was wrong is in the log.
		w.noted(no)
		w.Header().Set("WWW-Authenticate", bearerRealm)
		w.WriteHeader(no.reason.status)
		return
	}
	access, no := s.store.honour(token)
	if access != nil {
		w.clientID = access.grant.client.id
	}
	if no != nil {
		w.Header().Set("WWW-Authenticate", bearerRealm+`, error="`+no.reason.code+`", error_description="`+no.description+`"`)
		w.refuse(no)
		return
	}
	w.decision = "claims given"
	w.json(http.StatusOK, access.grant.person.claims(access.scope))
}

func bearer(r *http.Request) (string, *refusal) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", tokenMissing.because("no access token: send Authorization: Bearer and the token")
	}
	return token, nil
}

// honour finds an access token, and tells what keeps it from opening userinfo.
func (s *store) honour(token string) (*accessToken, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.access.get(token)
	now := s.now()
	switch {
	case !ok && kind(token) != "" && kind(token) != kind(accessPrefix):
		return nil, tokenInvalid.because("what was sent as the access token is %s", kind(token))
	case !ok:
		return nil, tokenInvalid.because("no such access token")
	case !now.Before(a.expires):
		return a, tokenInvalid.because("the access token expired %s ago", age(now, a.expires))
	case a.gone():
		return a, tokenInvalid.because("the access token was revoked")
	case !a.scope.has("openid"):
		return a, scopeTooNarrow.because("the access token lacks the scope openid")
	}
	return a, nil
}
