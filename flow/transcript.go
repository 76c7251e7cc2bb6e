package flow

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/grantwalk/diagnose/safe"
)

// A Party is one of the four who take part in the flow (RFC 6749 §1.1): the
// resource owner, their user agent, the client, the authorization server.
type Party int

// The parties, in the order of the diagram's columns.
const (
	User Party = iota
	Browser
	App
	Server
)

// String is the party in one word, as a saved transcript has it.
func (p Party) String() string { return [...]string{"user", "browser", "app", "server"}[p] }

// A Message is one thing that passed between two parties: an HTTP request, the
// answer to it, or something that the client did with what it has.
type Message struct {
	N        int    // 1, 2, 3 … in the order in which they passed
	Step     Step   // the step it belongs to
	From, To Party  // the same party twice: something done at home, such as verifying a token
	Name     string // what it is, in the RFC's words: NameAuthorization and the others
	Label    string // a few words for an arrow: "GET /authorize"

	// Seen is false for what passed between the browser and the server: the
	// client knows that it happened only by what came of it.
	Seen bool

	Method string // of a request
	URL    string // without query; of a request
	Status int    // of an answer
	Params []Param
	Body   string // what could not be read as parameters, quoted and cut; else empty

	At     time.Time // when a request left, an answer was complete, a callback arrived
	Timing *Timing   // of an answer: what the round trip cost
	Note   string    // what is to be said about it in one sentence, if anything

	Endpoint safe.Endpoint // URL as it is compared
	RawBody  safe.Foreign  // Body as it is compared, without secrets of this walk
}

// What messages are called. Evidence, screens and glosses know them by these
// names; the answer to a request has the request's name, with response in its place.
const (
	NameMetadata      = "metadata request"
	NamePushed        = "pushed authorization request"
	NameAuthorization = "authorization request"
	NameCallback      = "callback"
	NameToken         = "token request"
	NameProbe         = "probe request"
	NameKeySet        = "key set request"
	NameIDToken       = "ID token"
	NameUserinfo      = "userinfo request"
	NameRefresh       = "refresh request"
	NameRevocation    = "revocation request"
)

// responseName is what the answer to a request is called.
func responseName(request string) string {
	return strings.TrimSuffix(request, " request") + " response"
}

const unanswered = " unanswered"

// Unanswered reports whether the message stands for an answer that did not come.
func (m Message) Unanswered() bool { return strings.HasSuffix(m.Name, unanswered) }

// Param returns the first parameter of that name.
func (m Message) Param(name string) (Param, bool) {
	i := slices.IndexFunc(m.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return Param{}, false
	}
	return m.Params[i], true
}

// An Oddity is something that reached the listener and was not the answer it
// waited for: a reload, a prefetch, a forged state. None of them ends the walk.
type Oddity struct {
	What  string    // what came, in words
	Count int       // how often
	First time.Time // when it came first
}

// A Transcript is everything that was sent and received in one walk, in order.
// It is the single source of screens, plain lines, JSON and diagnosis, and may be
// read while a step is writing it.
type Transcript struct {
	mu       sync.Mutex
	messages []Message
	unread   []unread // of the messages, in their order
	fit      int      // how many of the messages are fit to print
	oddities []Oddity
	secrets  []string // to be hidden wherever a server repeats them
	changed  chan struct{}
}

// unread is a message whose parameters nobody has asked for yet.
type unread struct {
	at     int // among the messages
	public bool
	read   func() []Param
}

func newTranscript() *Transcript { return &Transcript{changed: make(chan struct{}, 1)} }

// Messages returns what has passed so far, fit to print.
func (t *Transcript) Messages() []Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readLocked()
	for ; t.fit < len(t.messages); t.fit++ {
		t.fitLocked(&t.messages[t.fit])
	}
	return slices.Clone(t.messages)
}

// Oddities returns what reached the listener besides the answer.
func (t *Transcript) Oddities() []Oddity {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readLocked()
	fit := slices.Clone(t.oddities)
	for i := range fit { // now, for a secret in one may have become known as such since
		fit[i].What = safe.Text(t.withoutSecretsLocked(fit[i].What), maxNote)
	}
	return fit
}

// lastLabel is the label of the last message of a step.
func (t *Transcript) lastLabel(step Step) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range slices.Backward(t.messages) {
		if m.Step == step {
			return m.Label
		}
	}
	return ""
}

// Changed receives after something was added. Additions in quick succession may
// be told as one; there is one receiver at most.
func (t *Transcript) Changed() <-chan struct{} { return t.changed }

// add writes m down. Its parameters, note and body may be as they came: they are
// made fit to print when the messages are asked for, so that the walk itself does
// not wait for that.
func (t *Transcript) add(m Message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addLocked(m)
	t.rememberAllLocked(m.Params)
}

// addUnread writes m down, whose parameters are read when the messages are asked
// for, or a text of the server's in which their secrets might stand.
func (t *Transcript) addUnread(m Message, read func() []Param) {
	t.mu.Lock()
	defer t.mu.Unlock()
	public := m.Name == NameMetadata || m.Name == NameKeySet || m.Name == responseName(NameMetadata) || m.Name == responseName(NameKeySet)
	t.unread = append(t.unread, unread{len(t.messages), public, read})
	t.addLocked(m)
}

func (t *Transcript) addLocked(m Message) {
	m.N = len(t.messages) + 1
	t.messages = append(t.messages, m)
	t.tell()
}

// readLocked reads the parameters of the messages.
func (t *Transcript) readLocked() {
	t.readSecretsLocked()
	for _, u := range t.unread {
		t.readOneLocked(u)
	}
	t.unread = nil
}

// readSecretsLocked reads the parameters of the messages that can hold a secret. What a
// server publishes for everybody, which is most of all that is read in a walk, cannot.
func (t *Transcript) readSecretsLocked() {
	t.unread = slices.DeleteFunc(t.unread, func(u unread) bool {
		if !u.public {
			t.readOneLocked(u)
		}
		return !u.public
	})
}

func (t *Transcript) readOneLocked(u unread) {
	params := u.read()
	t.messages[u.at].Params = params
	t.rememberAllLocked(params)
}

func (t *Transcript) fitLocked(m *Message) {
	for i := range m.Params {
		p := &m.Params[i]
		received := *p
		// What is a secret elsewhere is one here too: a plain challenge is the verifier.
		if p.Secret == "" && slices.Contains(t.secrets, p.Value) {
			p.Secret, p.Value = safe.Secret(p.Value), ""
		}
		p.Name, p.Value = t.withoutSecretsLocked(p.Name), t.withoutSecretsLocked(p.Value)
		p.fit()
		p.Encoded = t.encodedLocked(received, p.Whole())
	}
	m.Endpoint = safe.Endpoint(m.URL)
	if t.repeatsLocked(m.URL) {
		m.Endpoint = safe.Endpoint(t.withoutSecretsLocked(m.URL))
	}
	m.Label, m.URL = safe.Quote(t.withoutSecretsLocked(m.Label), maxName), m.Endpoint.String()
	m.Note, m.RawBody = safe.Text(t.withoutSecretsLocked(m.Note), maxNote), safe.Foreign(t.withoutSecretsLocked(m.Body))
	m.Body = safe.Quote(m.RawBody.Raw(), maxBody)
}

// encodedLocked is as much of a parameter's encoded form as has no secret in it; whole:
// all of the value may be shown. A few characters are kept as they are, because they
// are no key, and the request cannot be sent again without them.
func (t *Transcript) encodedLocked(p Param, whole bool) string {
	const leastKey = 6 // bytes
	name, value, assigned := strings.Cut(p.Encoded, "=")
	if (whole || p.Secret == "" && len(p.Value) < leastKey) && !t.repeatsLocked(p.Name) && !t.repeatsLocked(p.Value) && !t.repeatsLocked(p.Encoded) {
		return p.Encoded
	}
	plain, err := url.QueryUnescape(value)
	switch {
	case err != nil, url.QueryEscape(plain) != value, strings.Contains(plain, "\x00"): // nobody could put the value in again
		return ""
	case t.repeatsLocked(p.Name), t.repeatsLocked(name), !assigned:
		return ""
	}
	return name + "="
}

// repeatsLocked reports whether a secret is part of s. A short one may be there by chance.
func (t *Transcript) repeatsLocked(s string) bool {
	const least = 8 // bytes
	return slices.ContainsFunc(t.secrets, func(secret string) bool { return len(secret) >= least && strings.Contains(s, secret) })
}

// odd counts an oddity; the same words twice are one oddity that came twice.
func (t *Transcript) odd(what string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.tell()
	for i := range t.oddities {
		if t.oddities[i].What == what {
			t.oddities[i].Count++
			return
		}
	}
	if len(t.oddities) < maxOddities {
		t.oddities = append(t.oddities, Oddity{What: what, Count: 1, First: at})
	}
}

func (t *Transcript) tell() {
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// remember makes the transcript hide s in whatever a server says from now on,
// in the forms too in which it was sent.
func (t *Transcript) remember(s safe.Secret) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rememberLocked(s.Reveal())
}

func (t *Transcript) rememberAllLocked(params []Param) {
	for _, p := range params {
		t.rememberLocked(p.Secret.Reveal())
	}
}

func (t *Transcript) rememberLocked(s string) {
	if slices.Contains(t.secrets, s) {
		return
	}
	forms := []string{s, strings.ToUpper(s), strings.ToLower(s)}
	if strings.ContainsFunc(s, isReserved) {
		_, credentials, _ := strings.Cut(s, " ") // of an Authorization header
		forms = append(forms, credentials, url.QueryEscape(s), url.PathEscape(s), inJSON.Replace(s), inHTML.Replace(s))
	}
	for _, form := range forms {
		if form != "" && !slices.Contains(t.secrets, form) {
			t.secrets = append(t.secrets, form)
		}
	}
}

// isReserved reports whether a character is written in another way in some
// languages; those of most codes and tokens are not (RFC 3986 §2.3).
func isReserved(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._~", r)
}

// Servers repeat a secret in their own JSON and HTML, which escape what these
// languages let stand too.
var (
	inJSON = strings.NewReplacer(`/`, `\/`, `"`, `\"`, `\`, `\\`)
	inHTML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "/", "&#x2F;")
)

// foreign is text from a server without any secret of this walk that the server
// repeats in it, cut to limit bytes.
func (t *Transcript) foreign(s string, limit int) safe.Foreign {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readSecretsLocked()
	s = t.withoutSecretsLocked(s) // first: a secret that was cut in two could not be found
	return safe.Foreign(s[:min(len(s), limit)])
}

// sentence is one of this program's own with text from a server in it, fit to print.
func (t *Transcript) sentence(s string, limit int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readSecretsLocked()
	return safe.Text(t.withoutSecretsLocked(s), limit)
}

func (t *Transcript) withoutSecretsLocked(s string) string {
	for _, secret := range t.secrets {
		s = safe.Hide(s, secret)
	}
	return s
}

// Bounds on what is kept for showing.
const (
	maxName     = 100     // bytes of a parameter's name
	maxShown    = 4 << 10 // bytes of one value
	maxNote     = 500
	maxBody     = 16 << 10 // bytes of a body that could not be read
	maxOddities = 50
)
