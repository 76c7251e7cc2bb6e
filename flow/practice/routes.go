package practice

import (
	"cmp"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// An endpoint answers one request, and notes in its reply what it decided.
type endpoint func(*reply, *http.Request)

// A route is one address of the server.
type route struct {
	path    string
	methods []string
	cors    bool // a script of another origin may read it; never with cookies
	serve   endpoint
}

// allowed are the methods that do something there (RFC 9110 §10.2.1).
func (r route) allowed() []string {
	if r.cors {
		return append(slices.Clone(r.methods), http.MethodOptions)
	}
	return r.methods
}

func (s *Server) table() []route {
	get := []string{http.MethodGet, http.MethodHead}
	post := []string{http.MethodPost}
	both := append(slices.Clone(get), http.MethodPost)
	return []route{
		{"/", get, false, s.index},
		{"/authorize", both, false, s.authorize}, // a page for people: no script reads it
		{"/par", post, false, s.par},
		{"/token", post, true, s.token},
		{"/userinfo", both, true, s.userinfo},
		{"/introspect", post, false, s.introspect}, // for resource servers, which are no browsers
		{"/revoke", post, true, s.revoke},          // RFC 7009 §2.3
		{"/practice/faults", append(slices.Clone(both), http.MethodDelete), false, s.control},
		{"/jwks", get, true, s.jwks},
		{"/.well-known/openid-configuration", get, true, s.metadata},
		{"/.well-known/oauth-authorization-server", get, true, s.metadata},
		{nowhere, both, false, s.nothingHere},
	}
}

// nowhere is the route of every other path.
const nowhere = ""

// routes finds the route of a request by its path as it was sent. An
// http.ServeMux would respond to a path such as //token itself, before the Host
// header is checked, with a 307: that sends a form with its credentials on to
// another URL (RFC 9700 §4.12).
func (s *Server) routes() http.Handler {
	routes := map[string]http.HandlerFunc{}
	for _, route := range s.table() {
		routes[route.path] = s.handle(route)
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		serve, found := routes[cmp.Or(r.URL.EscapedPath(), "/")] // an absolute target may have no path (RFC 9112 §3.2.2)
		if !found {
			serve = routes[nowhere]
		}
		serve(rw, r)
	})
}

// handle does for a route what all of them have in common.
func (s *Server) handle(route route) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		start := time.Now()
		w := &reply{to: rw, status: http.StatusOK}
		h := w.Header()
		h.Set("Date", s.now().UTC().Format(http.TimeFormat)) // the server's clock, not the machine's
		h.Set("Cache-Control", "no-store")                   // RFC 6749 §5.1; a metadata reply is no different here
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer") // the address of a page may hold a request

		switch {
		case !s.ours(r.Host):
			w.refuse(foreignHost.because("this server answers as %s only", s.issuer))
		case route.cors && r.Method == http.MethodOptions:
			allowScripts(h)
			h.Set("Access-Control-Allow-Methods", strings.Join(route.methods, ", "))
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
		case !slices.Contains(route.methods, r.Method):
			h.Set("Allow", strings.Join(route.allowed(), ", "))
			w.refuse(wrongMethod.because("%s takes %s", r.URL.Path, strings.Join(route.methods, " or ")))
		default:
			if route.cors {
				allowScripts(h)
			}
			r.Body = http.MaxBytesReader(rw, r.Body, maxBody)
			route.serve(w, r)
		}
		s.tell(w, r, time.Since(start))
		w.send(r.Context())
	}
}

// maxBody is many times what a form of this protocol needs, and bounds a query
// too: authorization requests are kept.
const maxBody = 16 << 10

func allowScripts(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "WWW-Authenticate")
}

// ours tells whether a Host header names this server. A name of the attacker's
// that resolves to 127.0.0.1 (DNS rebinding) does not.
func (s *Server) ours(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil { // clients leave the scheme's own port out (RFC 9110 §4.2.1, §7.2)
		name, port = strings.Trim(host, "[]"), "80"
	}
	return port == s.port && isLoopback(name)
}

func (s *Server) tell(w *reply, r *http.Request, took time.Duration) {
	if s.log == nil {
		return
	}
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.log(Event{
		Time: s.now(), Took: took,
		Method: safe.Foreign(r.Method), Path: safe.Foreign(r.URL.Path),
		ClientID: safe.Identifier(w.clientID), Status: w.status,
		Decision: w.decision, Detail: safe.Foreign(w.detail), Said: safe.Foreign(w.said),
	})
}
