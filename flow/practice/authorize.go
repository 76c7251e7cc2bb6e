package practice

import (
	"maps"
	"net/http"
	"net/url"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// authorize is the authorization endpoint (RFC 6749 §3.1): a request comes in,
// by GET or POST, and so does the answer to the page that it leads to.
func (s *Server) authorize(w *reply, r *http.Request) {
	params, no := readAuthorize(r)
	if no != nil {
		s.failure(w, no, inDoubt)
		return
	}
	if r.Method == http.MethodPost && params.Has("consent") && !params.Has("client_id") { // which every request has (RFC 6749 §4.1.1)
		s.consented(w, r, params)
		return
	}
	w.clientID = params.Get("client_id")
	q, no := s.find(params)
	if no != nil { // RFC 6749 §4.1.2.1: "MUST NOT automatically redirect"
		s.failure(w, no, inDoubt)
		return
	}
	if q.pushed == "" { // a pushed one was read when it came
		if no := s.read(r.Context(), q, params); no != nil {
			s.deny(w, q, no)
			return
		}
	}
	browser := s.browser(w, r)
	if q.silent() {
		response, no := s.store.silently(browser, q)
		if no != nil {
			s.deny(w, q, no)
			return
		}
		w.decision = "code issued"
		s.respond(w, q, response)
		return
	}
	w.decision = "page shown"
	s.ask(w, q, s.store.open(browser, q))
}

// readAuthorize takes the parameters from the address, or from the body of a
// POST (OpenID Connect Core §3.1.2.1).
func readAuthorize(r *http.Request) (url.Values, *refusal) {
	if r.Method == http.MethodPost {
		return readBody(r)
	}
	if len(r.URL.RawQuery) > maxBody {
		return nil, bodyTooLarge.because("the query is longer than %d bytes", maxBody)
	}
	params, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, notAForm.because("the query is not form-encoded: a bare semicolon, or a %% without two hex digits")
	}
	return present(params), nil
}

// find gives the request that the parameters are, or, with a request_uri, the
// one they stand for: then all but client_id are ignored (RFC 9126 §4). That a
// request_uri was not pushed here the client is told, if it says where.
func (s *Server) find(params url.Values) (*request, *refusal) {
	if uri := params.Get("request_uri"); strings.HasPrefix(uri, requestURIPrefix) || uri != "" && !params.Has("redirect_uri") {
		if name := twice(params); name != "" { // RFC 6749 §3.1; which client_id would it be?
			return nil, parameterTwice.because("'%s' is there more than once", safe.Foreign(name))
		}
		return s.store.pull(uri, params.Get("client_id"))
	}
	return s.identify(params)
}

// consented takes the answer to the page.
func (s *Server) consented(w *reply, r *http.Request, form url.Values) {
	a, no := readAnswer(form)
	if no != nil {
		s.failure(w, no, startAgain)
		return
	}
	cookie, err := r.Cookie(s.cookieName())
	if err != nil {
		s.failure(w, consentForeign.because("this browser sent no cookie: the page was shown to another one, or cookies are off for %s", s.issuer), startAgain)
		return
	}
	q, response, no := s.store.decide(form.Get("consent"), cookie.Value, a)
	if no != nil {
		s.failure(w, no, startAgain)
		return
	}
	w.clientID = q.client.id
	switch {
	case !a.approved:
		s.deny(w, q, userDenied.because("%s refused", a.person.name))
		return
	case !q.fits(a.person):
		s.deny(w, q, loginRequired.because("%s logged in, and the id_token_hint is of %s", a.person.name, q.hinted.name))
		return
	case q.plan.consent != nil:
		s.deny(w, q, q.plan.consent)
		return
	}
	w.decision = "code issued"
	s.respond(w, q, response)
}

// deny tells the client why it gets no code (RFC 6749 §4.1.2.1).
func (s *Server) deny(w *reply, q *request, no *refusal) {
	w.noted(no)
	params := url.Values{"error": {no.reason.code}, "error_description": {no.description}}
	if said, ok := w.saying(q.plan, grantCode, no); ok {
		params = url.Values{"error": {said.code}, "error_description": {said.text}}
	}
	s.respond(w, q, present(params))
}

// respond sends the browser back to the client (RFC 6749 §4.1.2).
func (s *Server) respond(w *reply, q *request, params url.Values) {
	params = maps.Clone(params) // a double click shares them
	if q.state != "" {
		params.Set("state", q.state)
	}
	params.Set("iss", s.issuer) // RFC 9207 §2
	if q.responseMode == "form_post" {
		s.formPost(w, q.redirectURI, params)
		return
	}
	w.Header().Set("Location", withQuery(q.redirectURI, params))
	w.WriteHeader(http.StatusSeeOther) // after a POST, 307 would send the form on to the client (RFC 9700 §4.12)
}
