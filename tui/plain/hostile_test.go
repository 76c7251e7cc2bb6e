package plain

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/usage"
)

// acts is text that a terminal acts on: it sets the title, clears the screen, turns the
// direction of the text and hides in it.
const acts = "\x1b]0;owned\a\x1b[2J\u009b31m\u202e\u2066\u200b\u2028\r\n\t\x00\x7f\xffevil"

// inHeader is as much of it as a header, or a URL that is not encoded, can have: Go
// rejects the others.
const inHeader = "\u009b31m\u202e\u2066\u200b\u2028evil"

// A hostileServer is an authorization server whose every word acts.
type hostileServer struct {
	*httptest.Server
	metadata map[string]any
	token    func(http.ResponseWriter)
}

func newHostileServer(t *testing.T) *hostileServer {
	s := &hostileServer{}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	s.metadata = map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/" + inHeader + "/authorize?" + inHeader + "token=" + inHeader + "&x=" + url.QueryEscape(acts), "token_endpoint": s.URL + "/token?x" + url.QueryEscape(acts) + "=" + url.QueryEscape(acts),
		"jwks_uri": s.URL + "/keys?" + url.QueryEscape(acts), "userinfo_endpoint": s.URL + "/userinfo?" + url.QueryEscape(acts),
		"scopes_supported": []string{"openid", acts}, "token_endpoint_auth_methods_supported": []string{"none", acts}, acts: acts, "x" + acts: map[string]any{acts: acts},
	}
	s.token = func(w http.ResponseWriter) {
		part := func(v any) string { b, _ := json.Marshal(v); return base64.RawURLEncoding.EncodeToString(b) }
		id := part(map[string]any{"alg": "RS256", "kid": acts, acts: acts}) + "." + part(map[string]any{"iss": acts, "sub": acts, "aud": acts, "exp": acts, "nonce": acts, acts: acts}) + ".c2ln"
		reply(w, 200, map[string]any{"access_token": "access", "refresh_token": acts + "refresh", "token_type": acts, "scope": acts, "expires_in": acts, "id_token": id, acts: acts, "z": []any{acts}})
	}
	return s
}

func reply(w http.ResponseWriter, status int, body map[string]any) {
	for _, name := range []string{"WWW-Authenticate", "Location", "Cache-Control", "Retry-After"} {
		w.Header().Set(name, inHeader)
	}
	w.Header().Set("Content-Type", "application/json; "+inHeader)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (s *hostileServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.Contains(r.URL.Path, "/.well-known/"):
		reply(w, 200, s.metadata)
	case r.URL.Path == "/token":
		s.token(w)
	default:
		reply(w, 200, map[string]any{"sub": acts, acts: acts, "keys": []any{map[string]any{"kty": acts, "kid": acts}}})
	}
}

func raw(status int, contentType, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Location", "https://evil.example/"+inHeader)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func jsonOf(status int, body map[string]any) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { reply(w, status, body) }
}

// says makes it the token endpoint's response.
func says(response func(http.ResponseWriter)) func(*hostileServer) {
	return func(s *hostileServer) { s.token = response }
}

func TestNothingThatAProviderSendsActsOnTheTerminal(t *testing.T) {
	code := url.Values{"code": {acts + "code"}, acts: {acts}}
	answer := []url.Values{code}
	refusal := []url.Values{{"error": {acts}, "error_description": {acts}, "error_uri": {acts}, acts: {acts}}}
	another := []url.Values{{"code": {"c"}, "iss": {"https://" + acts}}, {"code": {"c", acts}}, code}
	for name, c := range map[string]struct {
		kind      flow.Kind    // none: the metadata is of no use
		callbacks []url.Values // of which the last is taken
		set       func(*hostileServer)
	}{
		"tokens":               {flow.GotTokens, answer, nil},
		"an error":             {flow.Refused, answer, says(jsonOf(400, map[string]any{"error": acts, "error_description": acts, "error_uri": acts, acts: acts}))},
		"invalid_grant":        {flow.Refused, answer, says(jsonOf(400, map[string]any{"error": "invalid_grant", "error_description": "expired " + acts}))},
		"an object":            {flow.Refused, answer, says(jsonOf(400, map[string]any{"error": map[string]any{"message": acts, "type": acts}}))},
		"a page":               {flow.Refused, answer, says(raw(500, "text/html", "<title>"+acts+"</title>"+acts))},
		"text":                 {flow.Refused, answer, says(raw(400, "text/plain", acts+" is not right"))},
		"a content type":       {flow.Refused, answer, says(raw(400, "text/"+inHeader, "not right"))},
		"a form":               {flow.Refused, answer, says(raw(400, "application/x-www-form-urlencoded", "error="+url.QueryEscape(acts)+"&"+url.QueryEscape(acts)+"=a"))},
		"a redirect":           {flow.Refused, answer, says(raw(302, "text/html", ""))},
		"no JSON":              {flow.Refused, answer, says(raw(400, "application/json", `{"error":`+acts))},
		"an error by redirect": {flow.Refused, refusal, nil},
		"another issuer":       {flow.GotTokens, another, nil},
		"another's metadata":   {"", answer, func(s *hostileServer) { s.metadata["issuer"] = "https://" + acts }},
		"endpoints of no use":  {"", answer, func(s *hostileServer) { s.metadata["token_endpoint"] = "ftp://" + acts }},
		"a number for a name":  {"", answer, func(s *hostileServer) { s.metadata["token_endpoint"] = map[string]any{acts: acts} }},
	} {
		for _, json := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, JSON %v", name, json), func(t *testing.T) {
				s := newHostileServer(t)
				if c.set != nil {
					c.set(s)
				}
				r := begin(t, Options{JSON: json, Reveal: true, Session: session.Options{Browser: session.None,
					Config: flow.Config{Issuer: s.URL, ClientID: "app", ClientAuth: flow.AuthNone, RedirectURI: "https://app.example/cb"}}})
				go r.paste(c.callbacks)
				outcome, err := r.wait(t)
				if outcome.Kind != c.kind {
					t.Errorf("the walk ended by %+v, %v, want %q", outcome, err, c.kind)
				}
				printed := r.out.String() + "\n" + r.err.String()
				if hint := (interface{ Hint() string })(nil); errors.As(usage.Worded(err), &hint) {
					printed += "\n" + usage.Worded(err).Error() + "\n" + hint.Hint()
				}
				if !strings.Contains(printed, "evil") {
					t.Errorf("nothing of what the server sent was printed:\n%s", printed)
				}
				for line := range strings.SplitSeq(printed, "\n") {
					if !safe.Clean(line) {
						t.Errorf("acts on a terminal: %q", line)
					}
				}
			})
		}
	}
}

// paste gives the walk its callbacks, as soon as the address to log in at is printed.
func (r *run) paste(callbacks []url.Values) {
	for {
		select {
		case <-r.ended:
			return
		case <-r.out.grew:
		case <-r.err.grew:
		}
		if m := stateParameter.FindStringSubmatch(r.out.String() + r.err.String()); m != nil {
			for _, c := range callbacks {
				_, _ = r.in.Write([]byte("?state=" + m[1] + "&" + c.Encode() + "\n"))
			}
			return
		}
	}
}

var stateParameter = regexp.MustCompile(`[?&]state=([\w-]{43})`)
