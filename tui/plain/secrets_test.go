package plain

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/safe/safetest"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/usage"
)

// A carelessServer puts a secret into all that it sends.
type carelessServer struct {
	name  string
	token func(w http.ResponseWriter, secret string)
	ends  flow.Kind
}

func members(status int, body map[string]any) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
}

// broken is a response that breaks off within its head, as Go's client quotes it.
func broken(head string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, secret string) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		fmt.Fprintf(conn, head, strings.NewReplacer("\r", "", "\n", "").Replace(secret))
		conn.Close()
	}
}

var carelessServers = []carelessServer{
	{"tokens under many names", func(w http.ResponseWriter, s string) {
		part := func(v any) string { b, _ := json.Marshal(v); return base64.RawURLEncoding.EncodeToString(b) }
		id := part(map[string]any{"alg": "RS256", "kid": s}) + "." + part(map[string]any{"sub": s, "sid": s, "nonce": s, s: s}) + ".c2ln"
		members(200, map[string]any{"access_token": "a-" + s, "refresh_token": "r-" + s, "token_type": "Bearer", "id_token": id, "api_key": s, "jwt": s, "mac_key": s,
			"private_key": s, "secretKey": s, "SecretAccessKey": s, "session_id": s, "unheard_of": s, "k": s, "d": s, s: "x", "list": []any{s, map[string]any{"token": s}}, "expires_in": s, "scope": "openid"})(w)
	}, flow.GotTokens},
	{"an error", func(w http.ResponseWriter, s string) {
		w.Header().Set("WWW-Authenticate", `Basic realm="`+url.QueryEscape(s)+`"`)
		members(400, map[string]any{"error": "invalid_grant", "error_description": "the code " + s + " is not valid", "error_uri": "https://as.example/" + url.PathEscape(s), "hint": s, s: s})(w)
	}, flow.Refused},
	{"the secret as the error", func(w http.ResponseWriter, s string) { members(401, map[string]any{"error": s})(w) }, flow.Refused},
	{"an object", func(w http.ResponseWriter, s string) {
		members(400, map[string]any{"error": map[string]any{"message": "bad " + s, "type": s, "code": 1}})(w)
	}, flow.Refused},
	{"a page", func(w http.ResponseWriter, s string) {
		raw(500, "text/html", "<title>Sorry, "+html.EscapeString(s)+"</title><p>code="+html.EscapeString(s))(w)
	}, flow.Refused},
	{"text", func(w http.ResponseWriter, s string) { raw(400, "text/plain", "the secret "+s+" is wrong")(w) }, flow.Refused},
	{"a form", func(w http.ResponseWriter, s string) {
		raw(400, "application/x-www-form-urlencoded", "error=invalid_client&error_description="+url.QueryEscape(s)+"&x="+url.QueryEscape(s))(w)
	}, flow.Refused},
	{"no JSON", func(w http.ResponseWriter, s string) { raw(400, "application/json", `{"error":"`+s)(w) }, flow.Refused},
	{"a redirect", func(w http.ResponseWriter, s string) {
		w.Header().Set("Location", "https://as.example/"+url.PathEscape(s)+"?secret="+url.QueryEscape(s))
		w.WriteHeader(302)
	}, flow.Refused},
	{"a malformed header", broken("HTTP/1.1 400 Bad Request\r\n(wrong) secret %s\r\n\r\n"), flow.NoAnswer},
	{"a malformed status line", broken("HTTP/1.1 4x %s\r\n\r\n"), flow.NoAnswer},
	{"no HTTP", broken("-ERR %s\r\n"), flow.NoAnswer},
	{"a malformed length", broken("HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n"), flow.NoAnswer},
}

// TestNoSurfaceOfAWalkShowsASecret lets servers repeat secrets of every kind, the
// client's own among them, in lines, JSON, saved files, evidence and causes.
func TestNoSurfaceOfAWalkShowsASecret(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 14))
	walks := 0
	for i, kind := range safetest.Kinds {
		for j, careless := range carelessServers {
			if (testing.Short() || underRace) && (i+j)%4 != 0 {
				continue
			}
			walks++
			secret := kind.Make(r)
			for name, shown := range surfacesOf(t, careless, secret) {
				// The authorization URL is printed whole, or nobody could open it. Its query
				// is the walk's own.
				if part := safetest.Leak(shown, "", secret); part != "" {
					if again := surfacesOf(t, careless, kind.Make(r))[name]; strings.Contains(again, part) {
						continue // our own words
					}
					if again := surfacesOf(t, careless, secret)[name]; !strings.Contains(again, part) {
						continue // a port or a time of that one walk
					}
					t.Errorf("%s, %s %q: %s shows %q:\n%.3000s", careless.name, kind.Name, secret, name, part, shown)
				}
			}
		}
	}
	t.Logf("%d walks", walks)
}

// surfacesOf are what two walks at the server leave, each by its name. In one of them the
// secret is the client's, so that the walk knows it, and in the other nobody's.
func surfacesOf(t *testing.T, careless carelessServer, secret string) map[string]string {
	t.Helper()
	shown := map[string]string{}
	for _, document := range []bool{false, true} {
		s := newHostileServer(t)
		s.metadata = map[string]any{"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token",
			"userinfo_endpoint": s.URL + "/userinfo?api_key=" + url.QueryEscape(secret), "scopes_supported": []string{"openid", secret}, "unheard_of": secret, secret: secret}
		s.token = func(w http.ResponseWriter) { careless.token(w, secret) }
		own := safe.Secret("the client's own")
		if document {
			own = safe.Secret(secret)
		}
		var saved bytes.Buffer
		done := func(w *flow.Walk) {
			if err := w.Save(&saved, false); err != nil {
				t.Error(err)
			}
			shown["transcript"] += fmt.Sprintf("%v %+v %#v", w.Transcript.Messages(), w.Transcript.Messages(), w.Transcript.Unexpected())
			e := w.Evidence()
			shown["evidence"] += fmt.Sprintf("%v %+v %#v", e, e, e)
			shown["diagnosis"] += fmt.Sprintf("%+v", diagnose.Diagnose(e))
			shown["outcome"] += fmt.Sprintf("%+v %+v", w.Last, w.Last.Error)
		}
		walk := begin(t, Options{JSON: document, Session: session.Options{Browser: session.None, Done: done, Config: flow.Config{
			Issuer: s.URL, ClientID: "app", ClientAuth: flow.AuthPost, ClientSecret: own, RedirectURI: "https://app.example/cb"}}})
		go walk.paste([]url.Values{{"code": {"c-" + secret}, "unheard_of": {secret}, secret: {secret}}})
		outcome, err := walk.wait(t)
		if outcome.Kind != careless.ends {
			t.Fatalf("%s: ended by %+v, %v, want %s\n%s", careless.name, outcome, err, careless.ends, walk.err)
		}
		text := walk.out.String() + walk.err.String()
		if hint := (interface{ Hint() string })(nil); errors.As(usage.Worded(err), &hint) {
			text += usage.Worded(err).Error() + hint.Hint()
		}
		shown[map[bool]string{false: "lines", true: "JSON"}[document]] = text
		shown["saved"] += saved.String()
	}
	for name := range shown {
		shown[name] = measured.ReplaceAllString(shown[name], "")
	}
	return shown
}

// measured are times, ports and the walk's own random values, which may have characters
// of a secret by chance.
var measured = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?|m=\+[\d.]+|127\.0\.0\.1:\d+|"\w+_ms": [\d.]+|[\d.]+[mµu]?s\b|\d\d:\d\d:\d\d GMT|time\.Date\([^)]*\)|0x[0-9a-f]+|[?&](?:state|nonce|code_challenge)=[\w-]+|wall:\d+|ext:\d+|:\d{6,}`)
