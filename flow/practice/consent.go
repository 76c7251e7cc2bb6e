package practice

import (
	"cmp"
	"net/http"
	"net/url"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// A consent is a page that was shown, and the answer to it once it has one. Its
// id is in the page's form; only the browser that got the page, known by its
// cookie, can answer it (RFC 6749 §10.12).
type consent struct {
	request  *request
	browser  string
	answer   answer
	response url.Values // nil until it is answered
}

// An answer is what a user chose on the page.
type answer struct {
	person   *person
	approved bool
}

// A login is what is known of a browser: who it said it is, and what it allowed
// which client, last. It serves prompt=none.
type login struct {
	person  *person // nil before the first answer
	at      time.Time
	allowed map[*client]scopes
}

func readAnswer(form url.Values) (answer, *refusal) {
	if name := twice(form); name != "" {
		return answer{}, parameterTwice.because("'%s' is there more than once", safe.Foreign(name))
	}
	person := findPerson(form.Get("user"))
	decision := form.Get("decision")
	if person == nil || decision != "approve" && decision != "deny" {
		return answer{}, consentUnreadable.because("the form needs a user and a decision, approve or deny")
	}
	return answer{person, decision == "approve"}, nil
}

// cookieName has the port in it: cookies know none, and another practice server
// on this machine would overwrite ours (RFC 6265 §8.5).
func (s *Server) cookieName() string { return "practice-" + s.port }

// browser tells browsers apart by a cookie, and gives a new one its own.
func (s *Server) browser(w *reply, r *http.Request) string {
	if c, err := r.Cookie(s.cookieName()); err == nil && s.store.knows(c.Value) {
		return c.Value
	}
	id := s.store.newBrowser()
	http.SetCookie(w, &http.Cookie{
		Name:     s.cookieName(),
		Value:    id,
		Path:     "/authorize", // not for the client's listener, which has the same host
		HttpOnly: true,
		// Strict would hide the cookie from a request that an app's page starts,
		// and a second tab would take the first one's place.
		SameSite: http.SameSiteLaxMode,
	})
	return id
}

func (s *store) knows(browser string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.browsers.get(browser)
	return ok
}

func (s *store) newBrowser() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.random("pb_")
	s.browsers.put(id, &login{})
	return id
}

// open remembers a page that is about to be shown, and returns its id.
func (s *store) open(browser string, q *request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.random("")
	s.consents.put(id, &consent{request: q, browser: browser})
	return id
}

// decide takes the answer to a page, once. The same answer again gets the same
// reply, and no second code: a double click sends the form twice, and the
// browser shows what came of the second.
func (s *store) decide(id, browser string, a answer) (*request, url.Values, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.consents.get(id)
	switch {
	case !ok:
		return nil, nil, consentUnknown.because("this page is too old: the server has restarted or has shown a thousand pages since")
	case c.browser != browser:
		return nil, nil, consentForeign.because("this page was shown to another browser")
	case c.response != nil && c.answer != a:
		return nil, nil, consentAnswered.because("this page was answered already, and differently")
	}
	if c.response == nil {
		if no := s.spend(c.request); no != nil { // by another page of the same request_uri
			return nil, nil, no
		}
		c.answer, c.response = a, s.settle(c.request, browser, a)
	}
	return c.request, c.response, nil
}

func (s *store) settle(q *request, browser string, a answer) url.Values {
	if !a.approved || !q.fits(a.person) || q.plan.consent != nil {
		return url.Values{}
	}
	l, ok := s.browsers.get(browser)
	if !ok {
		l = &login{}
		s.browsers.put(browser, l)
	}
	if l.person != a.person {
		l.allowed = make(map[*client]scopes)
	}
	l.person, l.at = a.person, s.now()
	l.allowed[q.client] = q.scope
	return s.newCode(q, l)
}

// silently answers prompt=none from what the browser allowed before (OpenID
// Connect Core §3.1.2.1, §3.1.2.6).
func (s *store) silently(browser string, q *request) (url.Values, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, _ := s.browsers.get(browser)
	switch {
	case l == nil || l.person == nil:
		return nil, loginRequired.because("nobody has logged in with this browser yet, and prompt=none allows no page")
	case !q.fits(l.person):
		return nil, loginRequired.because("%s has logged in with this browser, the id_token_hint is of %s, and prompt=none allows no page", l.person.name, q.hinted.name)
	case q.maxAge >= 0 && s.now().Sub(l.at) > q.maxAge:
		return nil, loginRequired.because("the last login was %s ago, longer than max_age, and prompt=none allows no page", age(s.now(), l.at))
	case !q.scope.within(l.allowed[q.client]):
		return nil, consentRequired.because("%s has not allowed %s these scopes yet, and prompt=none allows no page", l.person.name, q.client.id)
	}
	if no := s.spend(q); no != nil {
		return nil, no
	}
	if q.plan.consent != nil {
		return nil, q.plan.consent
	}
	return s.newCode(q, l), nil
}

func (s *store) newCode(q *request, l *login) url.Values {
	value, now := s.random(codePrefix), s.now()
	c := &code{
		grant:   &grant{client: q.client, person: l.person, scope: q.scope, nonce: q.nonce, authTime: l.at, plan: q.plan},
		request: q,
		issued:  now,
		expires: now.Add(cmp.Or(q.plan.codeLifetime, s.codeLifetime)),
	}
	for _, apply := range q.plan.code {
		apply(c)
	}
	s.codes.put(value, c)
	if q.plan.cut {
		value = value[:len(value)-1]
	}
	return url.Values{"code": {value}}
}
