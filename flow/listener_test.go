package flow_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/grantwalk/flow"
)

// A visitor knows where the walk listens and what the right answer is.
type visitor struct {
	t       testing.TB
	ctx     context.Context
	uri     *url.URL
	right   string // the address with the right answer
	issuer  string
	state   string
	visited []*page
}

// visiting plays a walk during whose Callback step the visitor does as it likes,
// before the right answer comes. The walk must end with tokens, by one exchange.
func visiting(t *testing.T, trouble func(*visitor)) *flow.Walk {
	t.Helper()
	as := newAuthServer(t)
	w := as.walk()
	var v *visitor
	left := make(chan struct{})
	w.Browser = opener(func(ctx context.Context, address string) error {
		defer close(left)
		q := parse(t, address).Query()
		back := url.Values{"code": {theCode}, "state": {q.Get("state")}, "iss": {as.URL}}
		v = &visitor{t: t, ctx: ctx, uri: parse(t, q.Get("redirect_uri")), issuer: as.URL, state: q.Get("state")}
		v.right = v.uri.String() + "?" + back.Encode()
		trouble(v)
		if p := v.get(v.right); p.status != http.StatusOK {
			t.Errorf("the right answer got %d", p.status)
		}
		return nil
	})
	ended(t, play(t, w, flow.StepCallback), flow.GoOn, flow.StepCallback)
	<-left // the port is open until the exchange
	ended(t, resume(t, w, flow.StepExchange, flow.StepExchange), flow.GoOn, flow.StepExchange)
	w.Close() // connections that never spoke are noted when they end
	if sent := as.got("/token"); len(sent) != 1 || sent[0].form.Get("code") != theCode {
		t.Errorf("%d token requests", len(sent))
	}
	for _, p := range v.visited {
		decent(t, p, v.state)
	}
	return w
}

func parse(t testing.TB, raw string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil {
		t.Error(err)
		return &url.URL{}
	}
	return u
}

func (v *visitor) get(address string, change ...func(*http.Request)) *page {
	p, err := visit(v.ctx, address, change...)
	if err != nil {
		v.t.Error(err)
		return &page{}
	}
	v.visited = append(v.visited, p)
	return p
}

// dial opens a bare connection to the listener.
func (v *visitor) dial() net.Conn {
	c, err := net.Dial("tcp", v.uri.Host)
	if err != nil {
		v.t.Fatal(err)
	}
	return c
}

// decent checks what every page of the listener must be.
func decent(t *testing.T, p *page, state string) {
	t.Helper()
	h := p.header
	csp := h.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("Content-Security-Policy: %s", csp)
	}
	if h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		t.Errorf("headers: %v", h)
	}
	for _, secret := range []string{theCode, url.QueryEscape(theCode), "forged-code", state} {
		if strings.Contains(p.body, secret) {
			t.Errorf("the page repeats %q", secret)
		}
	}
	if strings.Contains(p.body, "<script") || strings.Contains(p.body, "<img") {
		t.Errorf("something was not escaped:\n%s", p.body)
	}
}

// noted checks that exactly these oddities are in the transcript, as often as said.
func noted(t *testing.T, w *flow.Walk, want map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, o := range w.Transcript.Unexpected() {
		got[o.What] = o.Count
	}
	for what, n := range want {
		if got[what] != n {
			t.Errorf("noted %d times, want %d: %s", got[what], n, what)
		}
		delete(got, what)
	}
	for what, n := range got {
		t.Errorf("noted %d times, want none: %s", n, what)
	}
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
}

func method(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }

func TestWhatIsNotTheAnswerIsNotedAndHasNoEffect(t *testing.T) {
	for name, c := range map[string]struct {
		query  string // instead of the right one, or "right"
		path   string
		change func(*http.Request)
		status int
		odd    string
	}{
		"a forged state":              {"?code=forged-code&state=forged", "", nil, 400, "a response with a state that is not ours"},
		"a forged denial":             {"?error=access_denied&state=forged", "", nil, 400, "a response with a state that is not ours; it says access_denied (not verified)"},
		"an error without state":      {"?error=invalid_scope&error_description=no+such+scope", "", nil, 400, "a response without state; it says invalid_scope, “no such scope” (not verified)"},
		"no state":                    {"?code=forged-code", "", nil, 400, "a response without state"},
		"an empty state":              {"?code=forged-code&state=", "", nil, 400, "a response without state"},
		"no parameters":               {"", "", nil, 400, "a request without code and error"},
		"two codes":                   {"right&code=forged-code", "", nil, 400, "a response in which the parameter code appears 2 times (RFC 6749 §3.1 allows one)"},
		"two states":                  {"right&state=forged", "", nil, 400, "a response in which the parameter state appears 2 times (RFC 6749 §3.1 allows one)"},
		"another host":                {"right", "", header("Host", "evil.example"), 421, "a request for another host: evil.example"},
		"the host with another port":  {"right", "", header("Host", "127.0.0.1:1"), 421, "a request for another host: 127.0.0.1:1"},
		"a prefetch":                  {"right", "", header("Sec-Purpose", "prefetch;prerender"), 503, "a prefetch: the browser looked ahead"},
		"an old prefetch":             {"right", "", header("X-Moz", "prefetch"), 503, "a prefetch: the browser looked ahead"},
		"Safari's preview":            {"right", "", header("X-Purpose", "preview"), 503, "a prefetch: the browser looked ahead"},
		"a favicon":                   {"", "/favicon.ico", nil, 404, "a request for /favicon.ico, as browsers make"},
		"another path":                {"right", "/other", nil, 404, "a request for another path: /other"},
		"a path with escapes":         {"right", "/%1b%5b31m%e2%80%ae", nil, 404, "a request for another path: /%1b%5b31m%e2%80%ae"},
		"HEAD, as link previews send": {"right", "", method("HEAD"), 405, "a HEAD request"},
		"PUT":                         {"right", "", method("PUT"), 405, "a PUT request"},
		"an empty form":               {"right", "", method("POST"), 400, "a request without code and error"},
	} {
		t.Run(name, func(t *testing.T) {
			w := visiting(t, func(v *visitor) {
				u := *v.uri
				if c.path != "" {
					u = *parse(t, "http://"+v.uri.Host+c.path)
				}
				address := u.String() + c.query
				if rest, ok := strings.CutPrefix(c.query, "right"); ok {
					address = u.String() + "?" + parse(t, v.right).RawQuery + rest
				}
				change := c.change
				if change == nil {
					change = func(*http.Request) {}
				}
				if p := v.get(address, change); p.status != c.status {
					t.Errorf("status %d, want %d", p.status, c.status)
				}
			})
			noted(t, w, map[string]int{c.odd: 1})
		})
	}
}

func TestTLSOnThePlainPortIsNoted(t *testing.T) {
	w := visiting(t, func(v *visitor) {
		c := tls.Client(v.dial(), &tls.Config{InsecureSkipVerify: true})
		if err := c.Handshake(); err == nil {
			t.Error("it shook hands")
		}
		c.Close()
	})
	noted(t, w, map[string]int{"a TLS handshake: something tried https on this http address": 1})
}

func TestHeadersOfThreeMegabytesAreNotRead(t *testing.T) {
	w := visiting(t, func(v *visitor) {
		c := v.dial()
		defer c.Close()
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\n", strings.TrimPrefix(v.right, "http://"+v.uri.Host), v.uri.Host)
		line := "X-Big: " + strings.Repeat("x", 64<<10) + "\r\n"
		sent := 0
		for sent < 3<<20 {
			n, err := io.WriteString(c, line)
			sent += n
			if err != nil { // closed on us, as it should be
				break
			}
		}
		_, _ = io.Copy(io.Discard, c) // until it has had enough
	})
	noted(t, w, map[string]int{"a request with too large a header": 1})
}

func TestAFormOfThreeMegabytesIsNotRead(t *testing.T) {
	w := visiting(t, func(v *visitor) {
		body := strings.NewReader("code=" + strings.Repeat("x", 3<<20) + "&state=" + v.state)
		req, err := http.NewRequestWithContext(v.ctx, "POST", v.uri.String(), body)
		if err != nil {
			t.Error(err)
			return
		}
		if p, err := do(req); err == nil && p.status != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d", p.status)
		}
	})
	noted(t, w, map[string]int{"a form that is too large or was not sent to its end": 1})
}

func TestHalfOpenConnectionsDoNotKeepTheAnswerOut(t *testing.T) {
	const connections = 200
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	w := visiting(t, func(v *visitor) {
		for i := range connections {
			c := v.dial()
			open = append(open, c)
			if i%2 == 1 {
				_, _ = io.WriteString(c, "GET /callback?code=")
			}
		}
	})
	n := 0
	for _, o := range w.Transcript.Unexpected() {
		n += o.Count
	}
	// Some may not have been accepted, or read, when the walk closed its port.
	if n == 0 || n > connections {
		t.Errorf("%d of %d noted", n, connections)
	}
}

func TestOfFortyRightAnswersAtOnceOneIsTaken(t *testing.T) {
	const copies = 40
	pages := make([]*page, copies)
	w := visiting(t, func(v *visitor) {
		var all sync.WaitGroup
		begin := make(chan struct{})
		for i := range pages {
			all.Go(func() {
				<-begin
				p, err := visit(v.ctx, v.right)
				if err != nil {
					t.Error(err)
				}
				pages[i] = p
			})
		}
		close(begin)
		all.Wait()
	})
	received := 0
	for _, p := range pages {
		decent(t, p, w.Request.State.Reveal())
		switch {
		case strings.Contains(p.body, "Code received"):
			received++
		case !strings.Contains(p.body, "Already received"):
			t.Errorf("a page of its own: %s", p.body)
		}
	}
	if received != 1 {
		t.Errorf("%d pages say that the code was received", received)
	}
	// The forty and the visitor's own, less the one that was taken.
	noted(t, w, map[string]int{"the same response once more: a reload, a second tab or a prefetch": copies})
}

func TestASecondAnswerWithAnotherCodeIsNotCalledTheSame(t *testing.T) {
	as := newAuthServer(t)
	w := as.walk()
	left := make(chan struct{})
	w.Browser = opener(func(_ context.Context, address string) error {
		defer close(left)
		q := parse(t, address).Query()
		for _, code := range []string{theCode, theCode, "mallorys-code"} {
			back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {as.URL}}
			p, err := visit(t.Context(), q.Get("redirect_uri")+"?"+back.Encode())
			if err != nil || p.status != http.StatusOK {
				t.Errorf("got %+v, %v", p, err)
			}
		}
		return nil
	})
	ended(t, play(t, w, flow.StepCallback), flow.GoOn, flow.StepCallback)
	<-left
	w.Close()
	noted(t, w, map[string]int{
		"the same response once more: a reload, a second tab or a prefetch":                                                                                 1,
		"a second response with the right state but another code: the user logged in twice, or an attacker injected a code (RFC 9700 §4.5). It was ignored": 1,
	})
}

func TestTheWalkCanBeClosedWhileRequestsArrive(t *testing.T) {
	w := newAuthServer(t).walk()
	play(t, w, flow.StepAuthorize)
	var all sync.WaitGroup
	arrived := make(chan struct{}, 1)
	for range 8 {
		all.Go(func() {
			for { // until nobody listens any more
				if _, err := visit(t.Context(), w.Request.RedirectURI); err != nil {
					return
				}
				select {
				case arrived <- struct{}{}:
				default:
				}
			}
		})
	}
	<-arrived
	w.Close()
	all.Wait()
}

// listens reports whether something listens at the walk's redirect URI.
func listens(t *testing.T, w *flow.Walk) bool {
	t.Helper()
	c, err := net.Dial("tcp", parse(t, w.Request.RedirectURI).Host)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// RFC 8252 §8.3: the port is open from the authorization request until the response
// came. Here it is until the code was exchanged: see docs/decisions/open-port.md.
func TestThePortIsOpenUntilTheCodeIsExchanged(t *testing.T) {
	for name, token := range map[string]http.HandlerFunc{
		"granted":   nil,
		"rejected":  says(400, `{"error":"invalid_grant"}`),
		"no answer": reset,
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			w := as.walk()
			var duringExchange atomic.Bool
			as.on("/token", func(rw http.ResponseWriter, r *http.Request) {
				duringExchange.Store(listens(t, w))
				if token == nil {
					reply(rw, 200, as.grant())
					return
				}
				token(rw, r)
			})
			play(t, w, flow.StepCallback)
			if !listens(t, w) {
				t.Error("closed before the exchange")
			}
			resume(t, w, flow.StepExchange, flow.StepExchange)
			if !duringExchange.Load() {
				t.Error("closed during the exchange: what arrives then is not counted")
			}
			if listens(t, w) {
				t.Error("open after the exchange")
			}
		})
	}
}

func TestThePortIsClosedWhenTheWalkEnds(t *testing.T) {
	denied := func(as *authServer) {
		as.answer = func(back url.Values) { back.Del("code"); back.Set("error", "access_denied") }
	}
	for name, c := range map[string]struct {
		script func(*authServer)
		kind   flow.Kind
	}{
		"denied":         {denied, flow.Denied},
		"without iss":    {func(as *authServer) { as.answer = func(back url.Values) { back.Del("iss") } }, flow.StateMismatch},
		"without a code": {func(as *authServer) { as.answer = func(back url.Values) { back.Set("code", "") } }, flow.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			c.script(as)
			w := as.walk()
			ended(t, play(t, w, flow.StepRefresh), c.kind, flow.StepCallback)
			if listens(t, w) {
				t.Error("open")
			}
		})
	}
	t.Run("no response in time", func(t *testing.T) {
		w := newAuthServer(t).walk()
		w.Browser = nil
		play(t, w, flow.StepAuthorize)
		w.Config.Timeout = 1 // nanosecond
		ended(t, resume(t, w, flow.StepCallback, flow.StepCallback), flow.NoAnswer, flow.StepCallback)
		if listens(t, w) {
			t.Error("open")
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		w := newAuthServer(t).walk()
		_, stop, end := waiting(t, w)
		stop()
		ended(t, end(), flow.Interrupted, flow.StepCallback)
		if listens(t, w) {
			t.Error("open")
		}
	})
	t.Run("the pushed request rejected", func(t *testing.T) {
		as := newAuthServer(t)
		pushing(as, says(400, `{"error":"invalid_request"}`))
		port := freePort(t)
		w := as.walk(func(c *flow.Config) { c.RedirectURI = fmt.Sprintf("http://127.0.0.1:%d/", port) })
		ended(t, play(t, w, flow.StepRefresh), flow.Refused, flow.StepAuthorize)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
	})
}

func TestACallbackStepThatEndedWithoutAResponseCanBeTakenAgain(t *testing.T) {
	for name, first := range map[string]func(t *testing.T, w *flow.Walk){
		"no response in time": func(t *testing.T, w *flow.Walk) {
			w.Config.Timeout = 1 // nanosecond
			ended(t, resume(t, w, flow.StepCallback, flow.StepCallback), flow.NoAnswer, flow.StepCallback)
			w.Config.Timeout = 0
		},
		"interrupted": func(t *testing.T, w *flow.Walk) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			out, err := w.Do(ctx, flow.StepCallback)
			if err != nil {
				t.Fatal(err)
			}
			ended(t, out, flow.Interrupted, flow.StepCallback)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newAuthServer(t).walk()
			w.Browser = nil
			play(t, w, flow.StepAuthorize)
			first(t, w)
			w.Browser = opener(follow)
			ended(t, resume(t, w, flow.StepCallback, flow.StepRefresh), flow.GotTokens, flow.StepRefresh)
		})
	}
}

// The requests that net/http answers itself, or reads in an odd way.
func TestOddRequestsReachOnlyThePages(t *testing.T) {
	w := visiting(t, func(v *visitor) {
		here, path := v.uri.Host, strings.TrimPrefix(v.right, "http://"+v.uri.Host)
		for _, head := range [][]string{
			{"OPTIONS * HTTP/1.1", "Host: " + here},
			{"OPTIONS * HTTP/1.1", "Host: evil.example"},
			{"CONNECT " + here + " HTTP/1.1", "Host: " + here},
			{"CONNECT evil.example:443 HTTP/1.1", "Host: evil.example:443"},
			{"GET /" + path + " HTTP/1.1", "Host: " + here}, // two slashes
			{"GET /x/.." + path + " HTTP/1.1", "Host: " + here},
			{"GET /%2e" + path + " HTTP/1.1", "Host: " + here},
			{"GET http://evil.example" + path + " HTTP/1.1", "Host: " + here},
			{"GET " + path + " HTTP/1.0"},
			{"GET " + path + " HTTP/1.1", "Host:"},
		} {
			c := v.dial()
			if _, err := io.WriteString(c, strings.Join(head, "\r\n")+"\r\n\r\n"); err != nil {
				t.Error(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Errorf("%s: %v", head[0], err)
				c.Close()
				continue
			}
			body, _ := io.ReadAll(resp.Body)
			c.Close()
			if resp.StatusCode/100 != 4 {
				t.Errorf("%s: %s", head[0], resp.Status)
			}
			v.visited = append(v.visited, &page{resp.StatusCode, resp.Header, string(body)}) // all are decent
		}
	})
	if w.Callback.Code.Reveal() != theCode {
		t.Error("another code was taken")
	}
}

func TestThePageOfARefusalEscapesWhatTheServerSaid(t *testing.T) {
	as := newAuthServer(t)
	as.answer = func(back url.Values) {
		back.Set("error", `<script>alert(1)</script>`)
		back.Set("error_description", `"><img src=x onerror=alert(1)>`+" of the \u202e user for "+theCode+" and "+back.Get("state"))
	}
	var p *page
	w := as.walk()
	left := make(chan struct{})
	w.Browser = opener(func(ctx context.Context, address string) (err error) {
		defer close(left)
		p, err = visit(ctx, address)
		return err
	})
	ended(t, play(t, w, flow.StepRefresh), flow.Refused, flow.StepCallback)
	<-left
	decent(t, p, w.Request.State.Reveal())
	if !strings.Contains(p.body, "&lt;script&gt;") || !strings.Contains(p.body, "\ufffd") {
		t.Errorf("what the server said is not on the page:\n%s", p.body)
	}
}

func TestThePageSaysWhatBecameOfTheAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		change func(url.Values)
		title  string
	}{
		"a code":      {func(url.Values) {}, "Code received"},
		"denied":      {func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, "Access was denied"},
		"an error":    {func(q url.Values) { q.Del("code"); q.Set("error", "server_error") }, "The server responded with an error"},
		"wrong state": {func(q url.Values) { q.Set("state", "x") }, "This response was not accepted"},
	} {
		t.Run(name, func(t *testing.T) {
			as := newAuthServer(t)
			as.answer = c.change
			w := as.walk()
			pages := make(chan *page, 1)
			w.MismatchTimeout = 1 // nanosecond
			w.Browser = opener(func(ctx context.Context, address string) error {
				p, err := visit(ctx, address)
				pages <- p
				return err
			})
			play(t, w, flow.StepCallback)
			p := <-pages
			if p == nil || !bytes.Contains([]byte(p.body), []byte("<h1>"+c.title+"</h1>")) {
				t.Errorf("want %q in %+v", c.title, p)
			}
		})
	}
}
