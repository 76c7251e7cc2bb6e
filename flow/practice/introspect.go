package practice

import "net/http"

// introspection is a reply of RFC 7662 §2.2.
type introspection struct {
	Active   bool   `json:"active"`
	Scope    string `json:"scope,omitempty"`
	ClientID string `json:"client_id,omitempty"`
	Username string `json:"username,omitempty"`
	Type     string `json:"token_type,omitempty"`
	Expires  int64  `json:"exp,omitempty"`
	IssuedAt int64  `json:"iat,omitempty"`
	Subject  string `json:"sub,omitempty"`
	Issuer   string `json:"iss,omitempty"`
}

// introspect tells a resource server what a token is worth (RFC 7662 §2). The
// confidential client stands in for one.
func (s *Server) introspect(w *reply, r *http.Request) {
	form, no := readForm(r)
	if no != nil {
		w.refuse(no)
		return
	}
	c, no := authenticate(w, r, form)
	if no == nil && c.public() { // RFC 7662 §2.1: the endpoint must be protected against token scanning
		no = clientIsPublic.because("%s is a public client, and introspection needs one that can prove who it is", c.id)
	}
	if no == nil {
		no = need(form, "token")
	}
	if no != nil {
		w.refuse(no)
		return
	}
	out := s.store.describe(form.Get("token"))
	w.decision = "token inactive"
	if out.Active {
		out.Issuer = s.issuer
		w.decision = "token active"
	}
	w.json(http.StatusOK, out)
}

// describe says no more of a token that does not work than that (RFC 7662
// §2.2). It needs no token_type_hint.
func (s *store) describe(token string) introspection {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if a, ok := s.access.get(token); ok && !a.gone() && now.Before(a.expires) {
		out := a.grant.introspection(a.scope)
		out.Type, out.IssuedAt, out.Expires = "Bearer", a.issued.Unix(), a.expires.Unix()
		return out
	}
	if t, ok := s.refresh.get(token); ok && t.used.IsZero() && t.grant.revoked == "" && now.Before(t.expires) {
		out := t.grant.introspection(t.grant.scope)
		out.IssuedAt, out.Expires = t.issued.Unix(), t.expires.Unix()
		return out
	}
	return introspection{}
}

func (g *grant) introspection(scope scopes) introspection {
	return introspection{Active: true, Scope: scope.String(), ClientID: g.client.id, Username: g.person.id, Subject: g.person.id}
}
