package flow

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// maxAnswer bounds what is read of an answer, after decompression. A token
// answer takes a few kilobytes, a discovery document some tens.
const maxAnswer = 1 << 20

// idleLimit is how long a connection may be kept without use, such as while the
// user logs in: routers forget those that are idle longer, and tell nobody.
const idleLimit = 90 * time.Second

// A sender sends requests to servers, and keeps them and their responses in a transcript.
type sender struct {
	transport  http.RoundTripper
	transcript *Transcript
	now        func() time.Time
	timeout    time.Duration // of one request
}

// newSender returns a sender. Without a transport it has one of its own.
func newSender(transport http.RoundTripper, t *Transcript, now func() time.Time) *sender {
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			MaxResponseHeaderBytes: 256 << 10,
			IdleConnTimeout:        idleLimit,
		}
	}
	return &sender{transport: transport, transcript: t, now: now, timeout: DefaultServerTimeout}
}

// close frees the connections.
func (s *sender) close() { (&http.Client{Transport: s.transport}).CloseIdleConnections() }

// record returns a recorder of requests of that name.
func (s *sender) record(step Step, name string) *recorder {
	return &recorder{sender: s, step: step, name: name}
}

// A recorder is a round tripper that writes what passes into the transcript.
// One serves one kind of message, such as the token request.
type recorder struct {
	*sender
	step     Step
	name     string                   // of the request, in the RFC's words
	timed    func(*Timing, time.Time) // adds to the timing of a request that began then; may be nil
	note     func(*answer) string     // about the answer; may be nil
	mark     func(*Param)             // checks a parameter of the answer; may be nil
	answer   *answer                  // the last one; nil: none came
	noAnswer error                    // why none came
}

// client is an HTTP client whose requests are recorded. It follows no redirect: RFC 6749
// has none at these endpoints, and credentials must not travel on.
func (r *recorder) client() *http.Client {
	return &http.Client{Transport: r, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get fetches url with a bearer token, if there is one (RFC 6750 §2.1).
func (r *recorder) get(ctx context.Context, url string, bearer safe.Secret) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer.Reveal())
	}
	return r.send(req)
}

// post posts form with the client's authentication.
func (r *recorder) post(ctx context.Context, address string, form url.Values, c Config) (*answer, error) {
	id, secret := c.ClientID, c.ClientSecret.Reveal()
	if c.ClientAuth != AuthBasic { // a pushed request has its client_id all the same: it is one of the request's own
		form.Set("client_id", id)
	}
	if c.ClientAuth == AuthPost {
		form.Set("client_secret", secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("build the %s: %w", r.name, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if c.ClientAuth == AuthBasic {
		// RFC 6749 §2.3.1: both are form-encoded before they are joined.
		req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	}
	return r.send(req)
}

func (r *recorder) send(req *http.Request) (*answer, error) {
	// Not through an http.Client, which takes an answer for none when its
	// Location is no URL.
	if _, err := r.RoundTrip(req); err != nil { //nolint:bodyclose // it has been read and closed
		return nil, err
	}
	return r.answer, nil
}

// RoundTrip sends the request once, reads the whole answer within the walk's
// bounds, and records both.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), r.timeout)
	defer cancel()

	start := r.now()
	r.transcript.addUnread(r.requestMessage(req, start), func() []Param { return requestParams(req) })
	watch := stopwatch{now: r.now, start: start}
	resp, err := r.transport.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, watch.trace())))
	if err != nil {
		r.lap(&watch)
		return nil, r.unanswered(err, req, 0)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body.Close() // a read of it heeds no context
		resp.Body = http.NoBody
	}
	var body bytes.Buffer
	body.Grow(int(min(max(resp.ContentLength, 0), maxAnswer)) + bytes.MinRead)
	_, err = body.ReadFrom(io.LimitReader(resp.Body, maxAnswer+1))
	resp.Body.Close()
	timing := r.lap(&watch)
	if err != nil {
		return nil, r.unanswered(err, req, body.Len())
	}
	r.answer = readAnswer(resp, body.Bytes())
	r.transcript.addUnread(r.answerMessage(timing), answerParams(r.answer, r.mark))
	resp.Body = http.NoBody // nobody looks at what x/oauth2 would make of it: see sendCode
	return resp, nil
}

// lap takes the time, of an answer or of the wait for none.
func (r *recorder) lap(watch *stopwatch) Timing {
	timing := watch.stop()
	if r.timed != nil {
		r.timed(&timing, watch.start)
	}
	return timing
}

func (r *recorder) unanswered(err error, req *http.Request, got int) error {
	r.noAnswer = noAnswer(err, req.URL, r.proxy(req), got, r.timeout)
	if !errors.Is(r.noAnswer, context.Canceled) { // Go quotes what it could not read
		r.noAnswer = errors.New(r.transcript.sentence(r.noAnswer.Error(), maxNote))
	}
	r.transcript.add(Message{
		Step: r.step, From: Server, To: App, Name: r.name + unanswered, Label: "no answer",
		Seen: true, At: r.now(), Note: r.noAnswer.Error(),
	})
	return r.noAnswer
}

func (r *recorder) requestMessage(req *http.Request, at time.Time) Message {
	return Message{
		Step: r.step, From: App, To: Server, Name: r.name, Label: req.Method + " " + shortPath(req.URL),
		Seen: true, Method: req.Method, URL: bareURL(req.URL), At: at,
	}
}

func requestParams(req *http.Request) []Param {
	var params []Param
	for _, name := range []string{"Authorization", "Content-Type", "Accept"} {
		if v := req.Header.Get(name); v != "" {
			params = append(params, newParam("header", name, v))
		}
	}
	params = append(params, sentPairs("query", req.URL.RawQuery)...)
	if req.GetBody != nil {
		if body, err := req.GetBody(); err == nil {
			form, _ := io.ReadAll(io.LimitReader(body, maxAnswer))
			params = append(params, sentPairs("form", string(form))...)
		}
	}
	return params
}

func (r *recorder) answerMessage(timing Timing) Message {
	a := r.answer
	m := Message{
		Step: r.step, From: Server, To: App, Name: responseName(r.name), Seen: true,
		Label: fmt.Sprint(a.Status, " ", strings.ToLower(http.StatusText(a.Status))), Status: a.Status,
		At: r.now(), Timing: &timing, Note: a.Problem,
	}
	if r.note != nil {
		m.Note = r.note(a)
	}
	if len(a.Params) == 0 && !a.oneWord() {
		m.Body = string(a.body)
	}
	return m
}

func answerParams(a *answer, mark func(*Param)) func() []Param {
	return func() []Param {
		params := a.shown()
		for i := range params {
			if mark != nil {
				mark(&params[i])
			}
		}
		markRepeated(params)
		return params
	}
}

// markRepeated marks what appears more than once: "Request and response parameters MUST
// NOT be included more than once" (RFC 6749 §3.2), and of a member of an object some
// parsers take the first and some the last (RFC 8259 §4).
func markRepeated(params []Param) {
	count := map[[2]string]int{}
	for _, p := range params {
		count[[2]string{p.In, p.Name}]++
	}
	for i, p := range params {
		if count[[2]string{p.In, p.Name}] > 1 {
			params[i].Mark, params[i].Note = Bad, "appears more than once"
		}
	}
}

// pairs reads a query or form in the order of its parameters, which url.Values loses.
func pairs(in, encoded string) []Param { return params(in, wire.Form(encoded)) }

func params(in string, read []wire.Param) []Param {
	return appendParams(make([]Param, 0, len(read)), in, read)
}

func appendParams(to []Param, in string, read []wire.Param) []Param {
	for _, p := range read {
		to = append(to, newParam(in, p.Name, p.Value))
	}
	return to
}

func bareURL(u *url.URL) string {
	bare := *u
	bare.RawQuery, bare.Fragment, bare.User = "", "", nil
	return safe.Text(bare.String(), 500)
}

// shortPath is the end of the path, for an arrow of the diagram.
func shortPath(u *url.URL) string {
	p := strings.TrimSuffix(u.EscapedPath(), "/")
	if i := strings.LastIndexByte(p, '/'); i > 0 {
		p = p[i:]
	}
	if p == "" {
		p = "/"
	}
	return p[:min(len(p), maxName)]
}

// proxy is the host of the proxy that a request goes through; empty if it goes through none.
func (s *sender) proxy(req *http.Request) string {
	t, ok := s.transport.(*http.Transport)
	if !ok || t.Proxy == nil {
		return ""
	}
	u, err := t.Proxy(req)
	if err != nil || u == nil {
		return ""
	}
	return safe.Text(u.Host, 100)
}

// noAnswer says in words why no answer came from u, through the proxy if one is named;
// got is how much of an answer had come.
func noAnswer(err error, u *url.URL, proxy string, got int, timeout time.Duration) error {
	host, dialed := safe.Text(u.Host, 100), safe.Text(u.Host, 100)
	if proxy != "" {
		host, dialed = host+" through the proxy "+proxy, "the proxy "+proxy+" (from the environment)"
	}
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		if got > 0 {
			return fmt.Errorf("%s began to answer (%d bytes) and was not done after %s", host, got, timeout)
		}
		return fmt.Errorf("%s did not answer within %s", host, timeout)
	case errors.As(err, &dns):
		return fmt.Errorf("the name %s could not be resolved: %s", safe.Text(dns.Name, 100), safe.Quote(dns.Err, 100))
	case errors.Is(err, refusing):
		return fmt.Errorf("%s refuses the connection: nothing listens there", dialed)
	case errors.As(err, &cert):
		return fmt.Errorf("the certificate of %s is not trusted: %s", host, safe.Quote(cert.Err.Error(), 300))
	case errors.As(err, &record):
		return fmt.Errorf("%s does not speak TLS on this port", host)
	case errors.Is(err, connBroken), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the connection to %s broke off after %d bytes of the answer", host, got)
	}
	return fmt.Errorf("no answer from %s: %s", host, safe.Quote(err.Error(), 300))
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
