package flow

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow/record"
)

// Request is the authorization request (RFC 6749 §4.1.1) with what has to be
// kept until the response comes.
type Request struct {
	URL         string // for the browser; it holds the state
	RedirectURI string // with the port that the listener got
	State       safe.Secret
	Nonce       string      // OpenID Connect Core §3.1.2.1; empty without scope openid
	Verifier    safe.Secret // RFC 7636 §4.1; empty without PKCE
	Challenge   string      // RFC 7636 §4.2
	Redirect    Redirect
	At          time.Time // when it was built
}

// authorize builds the request and begins to listen: before the browser opens,
// so that the response cannot come before the listener is ready.
func (w *Walk) authorize(ctx context.Context) (Outcome, error) {
	redirect, err := ParseRedirect(w.Config.redirectURI())
	if err != nil {
		return Outcome{}, err
	}
	r := &Request{RedirectURI: redirect.URI, Redirect: redirect, State: random(w.Rand), At: w.Now()}
	w.Transcript.TrackSecret(r.State)
	if slices.Contains(w.Config.Scopes, "openid") {
		r.Nonce = random(w.Rand).Reveal()
	}
	if method := w.Config.pkce(); method != PKCENone {
		r.Verifier = random(w.Rand)
		w.Transcript.TrackSecret(r.Verifier)
		r.Challenge = diagnose.Challenge(string(method), r.Verifier).Reveal()
	}
	if redirect.Paste == "" {
		if w.listener, err = listen(redirect, r.State, w.Transcript, w.Now); err != nil {
			return Outcome{}, err
		}
		r.RedirectURI = redirect.withPort(w.listener.port)
	}
	query := encodePairs(r.params(w.Config))
	if w.Metadata.PARRequired && w.Metadata.PAREndpoint != "" {
		out := push(ctx, w.sender.Record(StepAuthorize, exchange.Pushed), w.Metadata.PAREndpoint, w.Config, &query)
		if out.Kind != GoOn {
			return out, nil
		}
	}
	r.URL = joinQuery(quotable(inASCII(w.Metadata.AuthorizationEndpoint)), query)
	w.Request = r
	u, err := url.Parse(r.URL)
	if err != nil {
		u = &url.URL{} // not reached: the endpoint was parsed before
	}
	w.Transcript.Request(record.Message{
		Step: StepAuthorize, Kind: exchange.Authorization, From: record.App, To: record.Browser, Label: "open " + record.ShortPath(u),
		Method: http.MethodGet, URL: record.BareURL(u), At: w.Now(),
	}, func() []record.Param { return record.SentParams("query", u.RawQuery) })
	return Outcome{}, nil
}

// params are the parameters in the order in which the RFC has them.
func (r *Request) params(c Config) []Pair {
	params := []Pair{
		{"response_type", "code"},
		{"client_id", c.ClientID},
		{"redirect_uri", r.RedirectURI},
	}
	if len(c.Scopes) > 0 {
		params = append(params, Pair{"scope", strings.Join(c.Scopes, " ")})
	}
	params = append(params, Pair{"state", r.State.Reveal()})
	if r.Nonce != "" {
		params = append(params, Pair{"nonce", r.Nonce})
	}
	if r.Challenge != "" {
		params = append(params, Pair{"code_challenge", r.Challenge}, Pair{"code_challenge_method", string(c.pkce())})
	}
	return append(params, c.Params...)
}

// push sends the parameters ahead (RFC 9126 §2) and leaves a reference to them
// in query, for servers that demand it.
func push(ctx context.Context, r *record.Recorder, endpoint string, c Config, query *string) Outcome {
	form, _ := url.ParseQuery(*query) // our own encoding
	a, err := post(ctx, r, endpoint, form, c)
	if err != nil {
		return Outcome{Kind: NoAnswer, Why: err.Error()}
	}
	if uri, ok := a.Token("request_uri"); ok && a.Status < 300 {
		*query = encodePairs([]Pair{{"client_id", c.ClientID}, {"request_uri", uri}})
		return Outcome{}
	}
	return refusal(a, r.Transcript, "the response has no request_uri (RFC 9126 §2.2)")
}

func encodePairs(params []Pair) string {
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}

// joinQuery keeps the query that an endpoint may have (RFC 6749 §3.1).
func joinQuery(endpoint, query string) string {
	switch {
	case !strings.Contains(endpoint, "?"):
		return endpoint + "?" + query
	case strings.HasSuffix(endpoint, "?"), strings.HasSuffix(endpoint, "&"):
		return endpoint + query
	}
	return endpoint + "&" + query
}

// quotable percent-encodes what acts between the quotes of a shell. People copy the
// authorization URL and give it to a program that opens it, and the endpoint is the
// server's choice.
var quotable = strings.NewReplacer("$", "%24", "'", "%27", "(", "%28", ")", "%29", "!", "%21").Replace

// inASCII percent-encodes what a URL cannot hold as it is (RFC 3986 §2). The
// endpoint came from a server, and the address is shown to people whole, copied,
// and given to programs that start a browser, some of which are shell scripts.
func inASCII(address string) string {
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c > ' ' && c < 0x7f && !strings.ContainsRune("\"<>\\^`{|}", rune(c)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
