package read

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// A walk that was saved (walk --save) holds its own evidence. Secrets in it are
// left out, but numbered: the same number is the same secret. So a code that was
// sent twice or exchanged for another still shows; a verifier cannot be hashed.

var savedStart = lazy(`^\s*\{\s*"format"\s*:\s*"grantwalk-transcript"`)

// maxSaved is many times a walk's transcript.
const maxSaved = 8 << 20

// savedWalk is the part of the document that is evidence.
type savedWalk struct {
	Result struct {
		Provider string            `json:"provider"`
		Error    *diagnose.Refusal `json:"error"`
	} `json:"result"`
	Issuer       string         `json:"issuer"`
	CodeLifetime float64        `json:"code_lifetime_s"`
	Messages     []savedMessage `json:"messages"`
}

type savedMessage struct {
	Name   string       `json:"name"`
	URL    string       `json:"url"`
	Status int          `json:"status"`
	At     time.Time    `json:"at"`
	Params []savedParam `json:"params"`
	Body   string       `json:"body"`
}

type savedParam struct {
	In       string `json:"in"`
	Name     string `json:"name"`
	Value    string `json:"value"`
	Redacted bool   `json:"redacted"`
	Secret   int    `json:"secret"`
}

func (c *collector) saved(in Input, r io.Reader) error {
	var doc savedWalk
	if err := json.NewDecoder(io.LimitReader(r, maxSaved)).Decode(&doc); err != nil {
		return &Unreadable{Name: in.Name, What: "a saved walk that cannot be used: " + safe.Quote(err.Error(), 300), Instead: "Save the walk again with walk --save, and give the whole file."}
	}
	for i, m := range doc.Messages {
		doc.Messages[i].Params = m.Params[:min(len(m.Params), maxParams)]
	}
	c.kind, c.walk = KindTranscript, doc.evidence()
	return nil
}

// evidence is what flow.Walk.Evidence made of the same messages.
func (d savedWalk) evidence() *diagnose.Evidence {
	e := &diagnose.Evidence{Provider: safe.Foreign(bounded(d.Result.Provider, maxWords)), Issuer: safe.Endpoint(bounded(d.Issuer, maxWords)), CodeLifetime: int(d.CodeLifetime)}
	for _, m := range d.Messages {
		switch m.Name {
		case "pushed authorization request":
			e.Authorizations = append(e.Authorizations, m.authorization())
		case "authorization request":
			if n := len(e.Authorizations); m.value("request_uri") != "" && n > 0 { // it was pushed before
				e.Authorizations[n-1].Endpoint = safe.Endpoint(bounded(m.URL, maxWords))
				break
			}
			e.Authorizations = append(e.Authorizations, m.authorization())
		case "callback":
			if n := len(e.Authorizations); n > 0 {
				m.callback(&e.Authorizations[n-1].Response)
			}
		case "token request", "refresh request":
			e.TokenRequests = append(e.TokenRequests, m.tokenRequest())
		case "token response", "refresh response":
			if n := len(e.TokenRequests); n > 0 {
				m.answer(&e.TokenRequests[n-1].Response)
			}
		case "probe request":
			e.Probes = append(e.Probes, m.tokenRequest())
		case "probe response":
			if n := len(e.Probes); n > 0 {
				m.answer(&e.Probes[n-1].Response)
			}
		case "revocation request":
			e.Revocations = append(e.Revocations, diagnose.Revocation{Token: safe.Secret(m.value("token")), SentAt: m.At})
		case "revocation response":
			if n := len(e.Revocations); n > 0 {
				e.Revocations[n-1].Status = m.Status
			}
		}
	}
	d.refuse(e)
	d.unhashable(e)
	return e
}

// refuse takes the refusal as the walk read it, where the members alone do not tell.
func (d savedWalk) refuse(e *diagnose.Evidence) {
	n := len(e.TokenRequests)
	if d.Result.Error == nil || n == 0 || !e.TokenRequests[n-1].Response.Refused() {
		return
	}
	said := d.Result.Error
	e.TokenRequests[n-1].Response.Refusal = *said
}

// show is the value, or for a secret that was left out a stand-in of its own.
func (p savedParam) show() string {
	if !p.Redacted {
		return p.Value
	}
	sum := sha256.Sum256(fmt.Append(nil, "secret ", p.Secret))
	return hex.EncodeToString(sum[:])
}

func (m savedMessage) value(name string) string {
	for _, p := range m.Params {
		if p.Name == name {
			return p.show()
		}
	}
	return ""
}

func (m savedMessage) authorization() diagnose.Authorization {
	a := diagnose.Authorization{Endpoint: safe.Endpoint(bounded(m.URL, maxWords)), SentAt: m.At}
	for _, p := range m.Params {
		a.Set(p.Name, p.show())
	}
	return a
}

func (m savedMessage) callback(r *diagnose.AuthorizationResponse) {
	r.URI, r.At = safe.RedirectURI(bounded(m.URL, maxWords)), m.At
	for _, p := range m.Params {
		r.Set(p.Name, p.show())
	}
}

func (m savedMessage) tokenRequest() diagnose.TokenRequest {
	r := diagnose.TokenRequest{Endpoint: safe.Endpoint(bounded(m.URL, maxWords)), ClientAuth: "none", SentAt: m.At}
	for _, p := range m.Params {
		switch {
		case p.Name == "Authorization" && !p.Redacted:
			r.SetAuthorization(p.Value)
		case p.Name == "Authorization" && strings.HasPrefix(p.Value, "Basic "):
			r.ClientAuth = "basic"
		case p.In == "form":
			r.Set(p.Name, p.show())
		}
	}
	return r
}

func (m savedMessage) answer(r *diagnose.TokenResponse) {
	r.Status, r.At, r.Body = m.Status, m.At, safe.Foreign(bounded(m.Body, maxWords))
	for _, p := range m.Params {
		switch {
		case p.Name == "Date":
			r.Date, _ = time.Parse(httpDate, p.Value) // zero when it is none
		case p.In != "header":
			r.Set(p.Name, p.show())
		}
	}
	if r.Refused() && r.Body == "" {
		r.Body = safe.Foreign(m.members())
	}
}

// members are the members of a JSON answer, a line each, without secrets, cleaned.
func (m savedMessage) members() string {
	var lines []string
	for _, p := range m.Params {
		if p.In == "json" && p.Secret == 0 {
			lines = append(lines, bounded(p.Name, 100)+": "+bounded(p.Value, maxWords))
		}
	}
	return strings.Join(lines, "\n")
}

// unhashable takes PKCE out of the evidence where the verifier is a stand-in: it
// would not hash to any challenge.
func (d savedWalk) unhashable(e *diagnose.Evidence) {
	for _, m := range d.Messages {
		for _, p := range m.Params {
			if p.Name != "code_verifier" || !p.Redacted {
				continue
			}
			for i := range e.Authorizations {
				e.Authorizations[i].Challenge, e.Authorizations[i].ChallengeMethod = "", ""
			}
			for i := range e.TokenRequests {
				e.TokenRequests[i].Verifier = ""
			}
		}
	}
}
