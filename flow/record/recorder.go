package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// idleLimit is how long a connection may be kept without use, such as while the
// user logs in: routers forget those that are idle longer, and tell nobody.
const idleLimit = 90 * time.Second

// A Sender sends requests to servers, and keeps them and their responses in a transcript.
type Sender struct {
	Transcript *Transcript
	Timeout    time.Duration // of one request
	Now        func() time.Time

	transport http.RoundTripper
}

// NewSender returns a sender. If transport is nil, it makes one.
func NewSender(transport http.RoundTripper, t *Transcript, now func() time.Time, timeout time.Duration) *Sender {
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			MaxResponseHeaderBytes: 256 << 10,
			IdleConnTimeout:        idleLimit,
		}
	}
	return &Sender{Transcript: t, Timeout: timeout, Now: now, transport: transport}
}

// Close frees the connections.
func (s *Sender) Close() { (&http.Client{Transport: s.transport}).CloseIdleConnections() }

// Record returns a recorder of requests of that kind.
func (s *Sender) Record(step Step, kind exchange.Kind) *Recorder {
	return &Recorder{Sender: s, step: step, kind: kind}
}

// A Recorder is an [http.RoundTripper] that records each request with its response. One
// serves one kind of request, such as the token request.
type Recorder struct {
	*Sender
	step Step
	kind exchange.Kind

	Timed func(*Timing, time.Time) // adds to the timing of a request that began then; may be nil
	Note  func(*Response) string   // about the response; may be nil
	Mark  func(*Param)             // checks a parameter of the response; may be nil

	Response *Response // the last one; nil: none came
	Err      error     // why none came
}

// Client is an HTTP client whose requests are recorded. It follows no redirect: RFC 6749
// has none at these endpoints, and credentials must not travel on.
func (r *Recorder) Client() *http.Client {
	return &http.Client{Transport: r, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Get fetches url with a bearer token, if there is one (RFC 6750 §2.1).
func (r *Recorder) Get(ctx context.Context, url string, bearer safe.Secret) (*Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer.Reveal())
	}
	return r.Send(req)
}

// Send sends the request. An error says why no response came.
func (r *Recorder) Send(req *http.Request) (*Response, error) {
	// Not through an http.Client, which takes a response for none when its
	// Location is no URL.
	if _, err := r.RoundTrip(req); err != nil { //nolint:bodyclose // it has been read and closed
		return nil, err
	}
	return r.Response, nil
}

// RoundTrip sends the request once, reads the whole response within the walk's
// bounds, and records both. The response that it returns has no body: see
// [Recorder.Response].
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), r.Timeout)
	defer cancel()

	start := r.Now()
	number := r.Transcript.Request(r.request(req, start), func() []Param { return requestParams(req) })
	watch := stopwatch{now: r.Now, start: start}
	resp, err := r.transport.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, watch.trace())))
	if err != nil {
		r.lap(&watch)
		return nil, r.noResponse(number, err, req, 0)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body.Close() // a read of it heeds no context
		resp.Body = http.NoBody
	}
	var body bytes.Buffer
	body.Grow(int(min(max(resp.ContentLength, 0), MaxResponse)) + bytes.MinRead)
	_, err = body.ReadFrom(io.LimitReader(resp.Body, MaxResponse+1))
	resp.Body.Close()
	timing := r.lap(&watch)
	if err != nil {
		return nil, r.noResponse(number, err, req, body.Len())
	}
	r.Response = readResponse(resp, body.Bytes())
	r.Transcript.respond(number, r.response(timing), r.Response.marked(r.Mark))
	resp.Body = http.NoBody
	return resp, nil
}

// lap takes the time, of a response or of the wait for one that did not come.
func (r *Recorder) lap(watch *stopwatch) Timing {
	timing := watch.stop()
	if r.Timed != nil {
		r.Timed(&timing, watch.start)
	}
	return timing
}

// noResponse records that none came, and why; got is how many bytes of it had come.
func (r *Recorder) noResponse(number int, err error, req *http.Request, got int) error {
	r.Err = whyNone(err, req.URL, r.proxy(req), got, r.Timeout)
	if !errors.Is(r.Err, context.Canceled) { // Go quotes what it could not read
		r.Err = errors.New(r.Transcript.Sentence(r.Err.Error(), maxNote))
	}
	r.Transcript.unanswered(number, Message{From: Server, To: App, Label: "no response", At: r.Now(), Note: r.Err.Error()})
	return r.Err
}

func (r *Recorder) request(req *http.Request, at time.Time) Message {
	return Message{
		Step: r.step, Kind: r.kind, From: App, To: Server, Label: req.Method + " " + ShortPath(req.URL),
		Method: req.Method, URL: BareURL(req.URL), At: at,
	}
}

func requestParams(req *http.Request) []Param {
	var params []Param
	for _, name := range []string{"Authorization", "Content-Type", "Accept"} {
		if v := req.Header.Get(name); v != "" {
			params = append(params, newParam("header", name, v))
		}
	}
	params = append(params, SentParams("query", req.URL.RawQuery)...)
	if req.GetBody != nil {
		if body, err := req.GetBody(); err == nil {
			form, _ := io.ReadAll(io.LimitReader(body, MaxResponse))
			params = append(params, SentParams("form", string(form))...)
		}
	}
	return params
}

func (r *Recorder) response(timing Timing) Message {
	a := r.Response
	m := Message{
		From: Server, To: App, Label: fmt.Sprint(a.Status, " ", strings.ToLower(http.StatusText(a.Status))), Status: a.Status,
		At: r.Now(), Timing: &timing, Note: a.Problem,
	}
	if r.Note != nil {
		m.Note = r.Note(a)
	}
	if len(a.Params) == 0 && !a.oneWord() {
		m.Body = string(a.Body)
	}
	return m
}

// BareURL is the URL without query, fragment and user, fit to print.
func BareURL(u *url.URL) string {
	bare := *u
	bare.RawQuery, bare.Fragment, bare.User = "", "", nil
	return safe.Text(bare.String(), 500)
}

// ShortPath is the end of the path, for an arrow of the diagram.
func ShortPath(u *url.URL) string {
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
func (s *Sender) proxy(req *http.Request) string {
	t, ok := s.transport.(*http.Transport)
	if !ok || t.Proxy == nil {
		return ""
	}
	u, err := t.Proxy(req)
	if err != nil || u == nil {
		return ""
	}
	return u.Host
}
