package practice_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// oddTargets are request targets (RFC 9112 §3.2) that no client sends who reads
// the metadata. HOST is the server's own.
var oddTargets = []string{
	"//", "//token", "///token", "/token//", "/token/", "/./token", "/x/../token", "/../token", "/x/../../token",
	"/token/.", "/token/..", "/.", "/..", "/authorize/", "//authorize?client_id=demo-app", "/x/../authorize?client_id=demo-app",
	"/%2Ftoken", "/%2ftoken", "/token%2F", "/x%2F..%2Ftoken", "/%2e%2e/token", "/x/%2e%2e/token", "/token%00", "/TOKEN",
	"/practice/faults/", "//practice/faults", "/practice//faults", "/practice", "/practice/", "/.well-known", "/.well-known/",
	"/.well-known%2Fopenid-configuration", "/\\token", "/token;x=y", "/nowhere?x=//y",
	"http://HOST//token", "http://HOST/x/../token", "http://HOST/token/", "https://HOST/.well-known/",
	"http://evil.example/token", "http://evil.example//token", "//evil.example/token", "*",
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"}

// raw sends a request as it is written here and reads the response.
func (b *bench) raw(head ...string) answer {
	b.t.Helper()
	c, err := net.Dial("tcp", mustParse(b.t, b.server.Issuer()).Host)
	if err != nil {
		b.t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, strings.Join(head, "\r\n")+"\r\n\r\n"); err != nil {
		b.t.Fatal(err)
	}
	method, _, _ := strings.Cut(head[0], " ")
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		b.t.Fatalf("%q: %v", head, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatalf("%q: %v", head, err)
	}
	return answer{resp, string(body)}
}

func TestNoOddTargetIsRedirectedOrCached(t *testing.T) {
	b := start(t)
	here := mustParse(t, b.server.Issuer()).Host
	for _, target := range oddTargets {
		for _, method := range methods {
			for host, ours := range map[string]bool{here: true, "evil.example": false} {
				target := strings.ReplaceAll(target, "HOST", here)
				if u, err := url.Parse(target); err == nil && u.Scheme != "" {
					ours = u.Host == here // RFC 9112 §3.2.2: the target's goes before the header's
				}
				a := b.raw(method+" "+target+" HTTP/1.1", "Host: "+host, "Connection: close", "Content-Length: 0")
				if a.StatusCode/100 != 4 || a.Header.Get("Location") != "" || a.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s %s at %s: %s %v", method, target, host, a.Status, a.Header)
				}
				// The target of CONNECT is a host and nothing else (RFC 9112 §3.2.3): it is tried below.
				if method != http.MethodConnect && (a.StatusCode != http.StatusMisdirectedRequest) != ours {
					t.Errorf("%s %s at %s: %s", method, target, host, a.Status)
				}
			}
		}
	}
}

// RFC 9700 §4.12: a 307 sends the form, and with it the password, somewhere else.
func TestNoCredentialsAreRedirected(t *testing.T) {
	b := start(t)
	for _, route := range []string{"/authorize", "/par", "/token", "/introspect", "/revoke", "/practice/faults"} {
		for _, path := range []string{"/" + route, route + "/", "/x/.." + route, "/." + route} {
			a := b.post(path, exchange("c"))
			if a.StatusCode != http.StatusNotFound || a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: %s %v", path, a.Status, a.Header)
			}
		}
	}
}

func TestARequestWithoutTheServersNameIsNotServed(t *testing.T) {
	b := start(t)
	here := mustParse(t, b.server.Issuer()).Host
	for name, c := range map[string]struct {
		head []string
		want int
	}{
		"HTTP/1.0 without Host":  {[]string{"GET /jwks HTTP/1.0"}, 421},
		"HTTP/1.0, odd path":     {[]string{"GET //jwks HTTP/1.0"}, 421},
		"HTTP/1.0 with Host":     {[]string{"GET /jwks HTTP/1.0", "Host: " + here}, 200},
		"an empty Host":          {[]string{"GET /jwks HTTP/1.1", "Host:"}, 421},
		"another port":           {[]string{"GET /jwks HTTP/1.1", "Host: 127.0.0.1:1"}, 421},
		"a target of our own":    {[]string{"GET http://" + here + "/jwks HTTP/1.1", "Host: evil.example"}, 200},
		"a target without path":  {[]string{"GET http://" + here + " HTTP/1.1", "Host: " + here}, 200},
		"a tunnel":               {[]string{"CONNECT " + here + " HTTP/1.1", "Host: " + here}, 405},
		"a tunnel to elsewhere":  {[]string{"CONNECT evil.example:443 HTTP/1.1", "Host: evil.example:443"}, 421},
		"a tunnel, another Host": {[]string{"CONNECT " + here + " HTTP/1.1", "Host: evil.example"}, 405}, // the target's goes before
		"the server's options":   {[]string{"OPTIONS * HTTP/1.1", "Host: " + here}, 405},
		"HTTP/2 without TLS":     {[]string{"PRI * HTTP/2.0"}, 421},
	} {
		a := b.raw(c.head...)
		if a.StatusCode != c.want || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Location") != "" {
			t.Errorf("%s: %s %v, want %d", name, a.Status, a.Header, c.want)
		}
	}
}

// These never become requests: net/http itself rejects them, with a status that
// no cache keeps (RFC 9110 §15.1).
func TestWhatIsNoRequestReachesNothing(t *testing.T) {
	b := start(t)
	here := mustParse(t, b.server.Issuer()).Host
	for name, head := range map[string][]string{
		"no Host":            {"GET /token HTTP/1.1"},
		"two Hosts":          {"GET /token HTTP/1.1", "Host: " + here, "Host: " + here},
		"a Host and another": {"GET /token HTTP/1.1", "Host: " + here, "Host: evil.example"},
		"a Host of two":      {"GET /token HTTP/1.1", "Host: " + here + " evil.example"},
		"no target":          {"GET HTTP/1.1", "Host: " + here},
		"a relative target":  {"GET token HTTP/1.1", "Host: " + here},
		"a broken target":    {"GET /%zz HTTP/1.1", "Host: " + here},
	} {
		if a := b.raw(head...); a.StatusCode != http.StatusBadRequest || a.Header.Get("Location") != "" {
			t.Errorf("%s: %s %v", name, a.Status, a.Header)
		}
	}
}

func TestTheHandlerAloneRedirectsNothing(t *testing.T) {
	b := start(t)
	for _, path := range []string{"//token", "/x/../token", "/token/"} {
		for _, host := range []string{mustParse(t, b.server.Issuer()).Host, "evil.example"} {
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.Host, r.URL.Path = host, path
			rec := httptest.NewRecorder()
			b.server.Handler().ServeHTTP(rec, r)
			if rec.Code/100 != 4 || rec.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%s at %s: %d %v", path, host, rec.Code, rec.Header())
			}
		}
	}
}
