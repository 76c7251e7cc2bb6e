package flow

import (
	"io"
	"time"
	"unicode/utf8"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// saved is the transcript as a file: for a ticket, for a colleague, for other
// programs. Fields are only ever added while the version stays.
type saved struct {
	Format   string  `json:"format"` // by which a reader knows it
	Version  int     `json:"version"`
	Revealed bool    `json:"revealed"` // secrets stand in it in clear text
	Result   Result  `json:"result"`
	Issuer   string  `json:"issuer,omitempty"`
	Lifetime float64 `json:"code_lifetime_s,omitempty"` // the provider's, where known

	// Compared is what was found out about the secrets that are left out, by their numbers.
	Compared *evidence.Comparisons `json:"compared,omitempty"`

	Messages []savedMessage `json:"messages"`
	Oddities []savedOddity  `json:"oddities"`
}

type savedMessage struct {
	N      int          `json:"n"`
	Step   string       `json:"step"`
	From   string       `json:"from"`
	To     string       `json:"to"`
	Name   string       `json:"name"`
	Kind   string       `json:"kind,omitempty"` // of the exchange that the request or response belongs to
	Seen   bool         `json:"seen"`           // false: between the browser and the server
	At     time.Time    `json:"at"`
	Method string       `json:"method,omitempty"`
	URL    string       `json:"url,omitempty"` // its query is in params
	Status int          `json:"status,omitempty"`
	Params []savedParam `json:"params,omitempty"`
	Body   string       `json:"body,omitempty"`
	Note   string       `json:"note,omitempty"`
	Timing *savedTiming `json:"timing,omitempty"`
}

type savedParam struct {
	In       string `json:"in"`
	Name     string `json:"name"`
	Value    string `json:"value"`
	Redacted bool   `json:"redacted,omitempty"`
	Secret   int    `json:"secret,omitempty"` // the same number, the same secret: sent twice, or not what arrived
	Length   int    `json:"length,omitempty"` // of a secret that was left out, in characters
	Check    string `json:"check,omitempty"`  // "good" or "bad"; absent: there was nothing to compare with
	Note     string `json:"note,omitempty"`
}

// savedTiming is a [Timing] in milliseconds. A start counts from the request's beginning.
type savedTiming struct {
	Reused            bool    `json:"reused"`
	DNSStart          float64 `json:"dns_start_ms"`
	DNS               float64 `json:"dns_ms"`
	ConnectStart      float64 `json:"connect_start_ms"`
	Connect           float64 `json:"connect_ms"`
	TLSStart          float64 `json:"tls_start_ms"`
	TLS               float64 `json:"tls_ms"`
	Wrote             float64 `json:"wrote_ms"`
	FirstByte         float64 `json:"first_byte_ms"`
	Total             float64 `json:"total_ms"`
	CodeAge           float64 `json:"code_age_ms,omitempty"`
	CallbackToRequest float64 `json:"callback_to_request_ms,omitempty"`
}

type savedOddity struct {
	What  string    `json:"what"`
	Count int       `json:"count"`
	First time.Time `json:"first"`
}

// Save writes the transcript, with how the walk stands, to out as one JSON
// document. Secrets are redacted unless reveal is set, but numbered, so that a
// code that was sent twice or changed on the way can still be told. The error is
// out's.
func (w *Walk) Save(out io.Writer, reveal bool) error {
	doc := saved{
		Format: "grantwalk-transcript", Version: 1, Revealed: reveal, Result: w.Result(reveal),
		Issuer: safe.Endpoint(w.Metadata.Issuer).String(), Lifetime: w.Config.CodeLifetime.Seconds(),
		Messages: []savedMessage{}, Oddities: []savedOddity{},
	}
	secrets := numbers{}
	for _, m := range w.Transcript.Messages() {
		doc.Messages = append(doc.Messages, saveMessage(m, reveal, secrets))
	}
	if !reveal {
		compared := diagnose.Compare(w.Evidence(), secrets)
		doc.Compared = &compared
	}
	for _, o := range w.Transcript.Unexpected() {
		doc.Oddities = append(doc.Oddities, savedOddity(o))
	}
	return diagnose.WriteJSON(out, doc)
}

func saveMessage(m record.Message, reveal bool, secrets numbers) savedMessage {
	s := savedMessage{
		N: m.N, Step: m.Step.String(), From: m.From.String(), To: m.To.String(), Name: m.Name, Kind: m.Kind.String(), Seen: m.Seen, At: m.At,
		Method: m.Method, URL: m.URL, Status: m.Status, Body: m.Body, Note: m.Note,
	}
	for _, p := range m.Params {
		s.Params = append(s.Params, saveParam(p, reveal, secrets))
		s.Params = append(s.Params, saveCredentials(p, reveal, secrets)...)
	}
	if t := m.Timing; t != nil {
		s.Timing = &savedTiming{
			Reused: t.Reused, DNSStart: ms(t.DNSStart), DNS: ms(t.DNS), ConnectStart: ms(t.ConnStart), Connect: ms(t.Conn),
			TLSStart: ms(t.TLSStart), TLS: ms(t.TLS), Wrote: ms(t.Wrote), FirstByte: ms(t.FirstByte), Total: ms(t.Total),
			CodeAge: ms(t.CodeAge), CallbackToRequest: ms(t.CallbackToRequest),
		}
	}
	return s
}

// numbers number the secrets of a walk in their order. A number is not made of the secret:
// it only tells whether two secrets are the same.
type numbers map[safe.Secret]int

func (n numbers) of(s safe.Secret) int {
	if n[s] == 0 {
		n[s] = len(n) + 1
	}
	return n[s]
}

func saveParam(p record.Param, reveal bool, secrets numbers) savedParam {
	s := savedParam{In: p.In, Name: p.Name, Value: p.Show(reveal), Check: [...]string{"", "good", "bad"}[p.Mark], Note: p.Note}
	secret := p.Secret
	if p.Name == "code_challenge" && !p.Whole() {
		secret = safe.Secret(p.Raw.Raw() + p.Secret.Reveal())
	}
	if secret == "" {
		return s
	}
	s.Secret, s.Redacted = secrets.of(secret), !reveal
	if !reveal {
		s.Length = utf8.RuneCountInString(secret.Reveal())
	}
	return s
}

// saveCredentials are the parts of a Basic Authorization header, which the header as a
// whole hides (RFC 6749 §2.3.1).
func saveCredentials(p record.Param, reveal bool, secrets numbers) []savedParam {
	if reveal || p.In != "header" || p.Name != "Authorization" {
		return nil
	}
	var r evidence.TokenRequest
	r.SetAuthorization(p.Secret.Reveal())
	if r.ClientAuth != evidence.AuthBasic {
		return nil
	}
	return []savedParam{
		{In: "basic", Name: "client_id", Value: r.ClientID.String()},
		saveParam(record.Param{In: "basic", Name: "client_secret", Secret: r.ClientSecret}, false, secrets),
		saveParam(record.Param{In: "basic", Name: "credentials", Secret: r.Basic}, false, secrets),
	}
}
