package practice

import "net/http"

// revoke ends a token at its client's wish (RFC 7009 §2.1).
func (s *Server) revoke(w *reply, r *http.Request) {
	form, no := readForm(r)
	if no != nil {
		w.refuse(no)
		return
	}
	c, no := authenticate(w, r, form)
	if no == nil {
		no = need(form, "token")
	}
	if no == nil {
		w.decision, no = s.store.revoke(c, form.Get("token"))
	}
	if no != nil {
		w.refuse(no)
		return
	}
	w.WriteHeader(http.StatusOK)
}

// revoke ends a refresh token with its whole grant, an access token alone
// (RFC 7009 §2.1). An unknown token is gone already, which is what was wanted
// (RFC 7009 §2.2).
func (s *store) revoke(c *client, token string) (decision string, no *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.refresh.get(token); ok {
		if t.grant.client != c {
			return "", tokenOfOther.because("the token was issued to another client, not to %s", c.id)
		}
		t.grant.revoke("its client asked for that")
		return "grant revoked", nil
	}
	if a, ok := s.access.get(token); ok {
		if a.grant.client != c {
			return "", tokenOfOther.because("the token was issued to another client, not to %s", c.id)
		}
		a.revoked = true
		return "access token revoked", nil
	}
	return "nothing to revoke", nil
}
