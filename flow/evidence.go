package flow

import (
	"net/http"
	"strings"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// Evidence is the transcript as package diagnose reads it.
func (w *Walk) Evidence() diagnose.Evidence {
	e := diagnose.Evidence{Provider: safe.Foreign(w.Config.Name()), Issuer: safe.Endpoint(w.Metadata.Issuer), CodeLifetime: int(w.Config.CodeLifetime.Seconds())}
	for _, m := range w.Transcript.Messages() {
		switch m.Name {
		case NamePushed:
			e.Authorizations = append(e.Authorizations, authorizationEvidence(m))
		case NameAuthorization:
			if n := len(e.Authorizations); m.value("request_uri") != "" && n > 0 { // it was pushed before
				e.Authorizations[n-1].Endpoint = m.Endpoint
				break
			}
			e.Authorizations = append(e.Authorizations, authorizationEvidence(m))
		case NameCallback:
			if n := len(e.Authorizations); n > 0 {
				callbackEvidence(&e.Authorizations[n-1].Response, m)
			}
		case NameToken, NameRefresh:
			e.TokenRequests = append(e.TokenRequests, tokenEvidence(m))
		case responseName(NameToken), responseName(NameRefresh):
			answerEvidence(&e.TokenRequests[len(e.TokenRequests)-1].Response, m)
		case NameProbe:
			e.Probes = append(e.Probes, tokenEvidence(m))
		case responseName(NameProbe):
			answerEvidence(&e.Probes[len(e.Probes)-1].Response, m)
		case NameRevocation:
			e.Revocations = append(e.Revocations, diagnose.Revocation{Token: m.secret("token"), SentAt: m.At})
		case responseName(NameRevocation):
			e.Revocations[len(e.Revocations)-1].Status = m.Status
		}
	}
	w.refusalEvidence(&e)
	return e
}

// refusalEvidence puts the refusal as it was read, in whichever shape it came,
// where the members alone do not tell.
func (w *Walk) refusalEvidence(e *diagnose.Evidence) {
	said, n := w.Last.Error, len(e.TokenRequests)
	if said == nil || n == 0 || w.Last.Step < StepExchange {
		return
	}
	e.TokenRequests[n-1].Response.Refusal = diagnose.Refusal{Error: said.Code, Description: said.Description, URI: said.URI, Status: said.Status}
}

func authorizationEvidence(m Message) diagnose.Authorization {
	a := diagnose.Authorization{Endpoint: m.Endpoint, SentAt: m.At}
	for _, p := range m.Params {
		a.Set(p.Name, p.evidence())
	}
	return a
}

func callbackEvidence(r *diagnose.AuthorizationResponse, m Message) {
	r.URI, r.At = safe.RedirectURI(m.Endpoint), m.At
	for _, p := range m.Params {
		r.Set(p.Name, p.evidence())
	}
}

func tokenEvidence(m Message) diagnose.TokenRequest {
	r := diagnose.TokenRequest{Endpoint: m.Endpoint, ClientAuth: string(AuthNone), SentAt: m.At}
	r.SetAuthorization(m.secret("Authorization").Reveal())
	for _, p := range m.Params {
		if p.In == "form" {
			r.Set(p.Name, p.evidence())
		}
	}
	return r
}

func answerEvidence(r *diagnose.TokenResponse, m Message) {
	r.Status, r.At, r.Body = m.Status, m.At, m.RawBody
	for _, p := range m.Params {
		if p.In != "header" {
			r.Set(p.Name, p.evidence())
		}
	}
	r.Date, _ = http.ParseTime(m.value("Date")) // zero when there is none
	if r.Refused() && r.Body == "" {
		r.Body = safe.Foreign(m.members())
	}
}

// evidence is the value as package diagnose compares it. A secret that stands
// where none belongs is not to be seen there either.
func (p Param) evidence() string {
	if p.Secret != "" && !isSecret(p.Name) && p.Name != "code_challenge" { // which is the verifier, when it is plain
		return p.Secret.String()
	}
	return p.Raw.Raw() + p.Secret.Reveal()
}

// members are the members of a JSON answer, a line each, without secrets. Some
// servers put what they mean into others than RFC 6749's: a hint, a reason.
func (m Message) members() string {
	var lines []string
	for _, p := range m.Params {
		if p.In == "json" && p.Secret == "" {
			lines = append(lines, p.Name+": "+p.Raw.Raw())
		}
	}
	return strings.Join(lines, "\n")
}

func (m Message) value(name string) string {
	p, _ := m.Param(name)
	return p.Raw.Raw()
}

func (m Message) secret(name string) safe.Secret {
	p, _ := m.Param(name)
	return p.Secret
}
