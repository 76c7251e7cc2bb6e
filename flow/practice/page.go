package practice

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"

	"example.com/grantwalk/diagnose/safe"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// pageScript sends the form_post page's form on. It is the only script there
// is, and its page has a button for people who run no client.
const pageScript = "document.forms[0].submit()"

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"style":  func() template.CSS { return template.CSS(pageCSS) },
	"script": func() template.JS { return pageScript },
	"clean":  func(s string) string { return safe.Text(s, 2000) },
}).Parse(pageHTML))

// Nothing loads and nothing runs but what is in the page, by its hash. There is
// no form-action: Chromium holds it against every redirect that follows the
// POST too, so 'self' would stop the way back to the client, and where the
// client sends its browser next is not ours to know.
var (
	pagePolicy = "default-src 'none'; style-src " + hash(pageCSS) +
		"; img-src data:; base-uri 'none'; frame-ancestors 'none'"
	scriptPolicy = pagePolicy + "; script-src " + hash(pageScript)
)

func hash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func (w *reply) page(status int, policy, name string, data any) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY") // for browsers that know no frame-ancestors
	w.WriteHeader(status)
	_ = pages.ExecuteTemplate(w, name, data) // our own template and structs, into memory
}

// consentPage is what the login-and-consent page shows.
type consentPage struct {
	Issuer      string
	Consent     string
	Client      string
	ClientID    string
	RedirectURI string
	Host        string // of the redirect URI: the part that matters
	People      []personRow
	Scopes      []scopeRow
	Unknown     scopes
	Params      []paramRow
}

type personRow struct {
	ID, Name, Email string
	Chosen          bool
}

type scopeRow struct{ Name, Words string }

type paramRow struct{ Name, Value, Words, Cite string }

// ask shows the page on which the user logs in and decides.
func (s *Server) ask(w *reply, q *request, consentID string) {
	p := consentPage{Issuer: s.issuer, Consent: consentID, Client: q.client.name, ClientID: q.client.id,
		RedirectURI: q.redirectURI, Unknown: q.unknown, Params: q.explained()}
	if u, err := url.Parse(q.redirectURI); err == nil {
		p.Host = u.Host
	}
	chosen := cmp.Or(q.hinted, findPerson(q.loginHint), people[0])
	for _, who := range people {
		p.People = append(p.People, personRow{who.id, who.name, who.email, who == chosen})
	}
	for _, known := range knownScopes {
		if q.scope.has(known.name) {
			p.Scopes = append(p.Scopes, scopeRow{known.name, known.words})
		}
	}
	w.page(http.StatusOK, pagePolicy, "consent", p)
}

// What the failure page says besides the fault.
const (
	inDoubt    = "The app is not told: its client_id or redirect_uri is not valid, so redirecting could send you to an attacker (RFC 6749 §4.1.2.1)."
	startAgain = "Go back to the app and start again there."
	lookedFor  = "An endpoint of this server is one of those that its metadata name, at /.well-known/openid-configuration."
)

// failure shows a person what is wrong with a request that has no client to
// return to.
func (s *Server) failure(w *reply, no *refusal, hint string) {
	w.noted(no)
	w.page(no.reason.status, pagePolicy, "failure", struct{ Issuer, Code, Description, Hint string }{
		s.issuer, no.reason.code, no.description, hint})
}

// formPost sends the response in the body of a POST that the browser makes
// (OAuth 2.0 Form Post Response Mode §2).
func (s *Server) formPost(w *reply, redirectURI string, params url.Values) {
	type field struct{ Name, Value string }
	var fields []field
	for _, name := range []string{"code", "error", "error_description", "state", "iss"} {
		if params.Has(name) {
			fields = append(fields, field{name, params.Get(name)})
		}
	}
	w.page(http.StatusOK, scriptPolicy, "formpost", struct {
		Issuer string
		Action template.URL // checked: http on this machine, or registered
		Fields []field
	}{s.issuer, template.URL(redirectURI), fields})
}

// index says what this is and what to configure.
func (s *Server) index(w *reply, _ *http.Request) {
	w.decision = "page shown"
	w.page(http.StatusOK, pagePolicy, "index", struct {
		Issuer, Confidential, Secret, Public, Scopes string
	}{s.issuer, ConfidentialClient, ClientSecret, PublicClient, scopeNames().String()})
}

func (s *Server) nothingHere(w *reply, r *http.Request) {
	s.failure(w, notFound.because("nothing is at '%s'", safe.Foreign(r.URL.Path)), lookedFor)
}
