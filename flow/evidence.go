package flow

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"grantwalk/diagnose"
	"grantwalk/diagnose/safe"
)

// Evidence is the transcript as package diagnose reads it.
func (w *Walk) Evidence() diagnose.Evidence {
	e := diagnose.Evidence{Provider: w.Config.Name(), Issuer: w.Metadata.Issuer, CodeLifetime: w.Config.CodeLifetime}
	for _, m := range w.Transcript.Messages() {
		switch {
		case m.Name == "authorization request":
			e.Authorization = authorizationEvidence(m)
		case m.Name == "callback":
			e.Code = m.secret("code")
		case m.Name == "token request", m.Name == "refresh request":
			e.TokenRequests = append(e.TokenRequests, w.tokenEvidence(m))
		case m.Name == "token response", m.Name == "refresh response":
			answerEvidence(&e.TokenRequests[len(e.TokenRequests)-1], m)
		}
	}
	for _, o := range w.Transcript.Oddities() {
		e.Oddities = append(e.Oddities, o.What)
	}
	return e
}

func authorizationEvidence(m Message) diagnose.AuthorizationRequest {
	return diagnose.AuthorizationRequest{
		ClientID:        m.value("client_id"),
		RedirectURI:     m.value("redirect_uri"),
		Scope:           m.value("scope"),
		Challenge:       safe.Secret(m.value("code_challenge")) + m.secret("code_challenge"),
		ChallengeMethod: m.value("code_challenge_method"),
	}
}

func (w *Walk) tokenEvidence(m Message) diagnose.TokenRequest {
	r := diagnose.TokenRequest{
		GrantType:    m.value("grant_type"),
		ClientID:     m.value("client_id"),
		ClientAuth:   string(AuthNone),
		RedirectURI:  m.value("redirect_uri"),
		Code:         m.secret("code"),
		Verifier:     m.secret("code_verifier"),
		RefreshToken: m.secret("refresh_token"),
		SentAt:       m.At,
	}
	if m.secret("client_secret") != "" {
		r.ClientAuth = string(AuthPost)
	}
	if id, ok := basicUser(m.secret("Authorization")); ok {
		r.ClientAuth, r.ClientID = string(AuthBasic), id
	}
	return r
}

func answerEvidence(r *diagnose.TokenRequest, m Message) {
	r.Status, r.Error, r.Description = m.Status, m.value("error"), m.value("error_description")
	if m.Timing != nil {
		r.CodeAge = m.Timing.CodeAge
	}
	r.ServerDate, _ = http.ParseTime(m.value("Date")) // zero when there is none
}

// basicUser is the client id in an Authorization header (RFC 6749 §2.3.1).
func basicUser(header safe.Secret) (id string, ok bool) {
	encoded, ok := strings.CutPrefix(header.Reveal(), "Basic ")
	if !ok {
		return "", false
	}
	plain, err := base64.StdEncoding.DecodeString(encoded)
	id, _, _ = strings.Cut(string(plain), ":")
	id, unescaped := url.QueryUnescape(id)
	return safe.Text(id, maxShown), err == nil && unescaped == nil
}

func (m Message) value(name string) string {
	p, _ := m.Param(name)
	return p.Value
}

func (m Message) secret(name string) safe.Secret {
	p, _ := m.Param(name)
	return p.Secret
}
