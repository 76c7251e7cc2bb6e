package record

import (
	"slices"
	"sync"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// A Transcript is everything that was sent and received in one walk, in order: exchanges,
// and the events between them. Screens, plain lines, JSON and the diagnosis all read it,
// and they may read it while a step adds to it.
type Transcript struct {
	mu         sync.Mutex
	messages   []message
	exchanges  []pair // of the messages
	unexpected []Unexpected
	secrets    secrets // that a server may repeat
	changed    chan struct{}
	telling    bool // changed is about to receive
}

// A message is one as it was added. The walk does not wait until its parameters are read
// and cleaned: that happens when someone asks for it.
type message struct {
	Message
	read  func() []Param // nil: they were read
	clean bool
}

// A pair is an exchange: where its request and its response are among the messages.
type pair struct {
	request  int
	response int // 0: none came, or not yet
}

// NewTranscript returns an empty transcript.
func NewTranscript() *Transcript { return &Transcript{changed: make(chan struct{}, 1)} }

// Messages returns what has passed so far, fit to print.
func (t *Transcript) Messages() []Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanLocked()
	all := make([]Message, len(t.messages))
	for i, m := range t.messages {
		all[i] = m.Message
	}
	return all
}

// Exchanges returns the requests so far with their responses, as package diagnose reads
// them. What only a browser and a server saw is not among them.
func (t *Transcript) Exchanges() []exchange.Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanLocked()
	all := make([]exchange.Exchange, len(t.exchanges))
	for i, p := range t.exchanges {
		sent := t.messages[p.request].Message
		all[i] = exchange.Exchange{Kind: sent.Kind, Request: sent.request(), SentAt: sent.At}
		if p.response > 0 {
			received := t.messages[p.response].Message
			all[i].Response, all[i].ReceivedAt = received.response(), received.At
		}
	}
	return all
}

// Unexpected returns what reached the listener besides the response.
func (t *Transcript) Unexpected() []Unexpected {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readLocked(true)
	all := slices.Clone(t.unexpected)
	for i := range all { // now, because a secret in one may have become known since
		all[i].What = safe.Text(t.secrets.hide(all[i].What), maxNote)
	}
	return all
}

// LastLabel is the label of the last message of a step.
func (t *Transcript) LastLabel(step Step) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range slices.Backward(t.messages) {
		if m.Step == step {
			return m.Label
		}
	}
	return ""
}

// Changed receives a few milliseconds after something was added, once for additions in
// quick succession. There is one receiver at most.
func (t *Transcript) Changed() <-chan struct{} { return t.changed }

// Event adds a message that belongs to no exchange. Its parameters are as they came; read
// gives them, and is called when they are needed. It may be nil.
func (t *Transcript) Event(m Message, read func() []Param) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addLocked(m, read)
}

// Request adds a request, and begins an exchange with it, whose number it returns. Its
// name is that of its kind. The parameters are as in [Transcript.Event].
func (t *Transcript) Request(m Message, read func() []Param) (number int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m.Seen = true
	m.Name = requestName(m.Kind, m.Step)
	t.exchanges = append(t.exchanges, pair{request: len(t.messages)})
	t.addLocked(m, read)
	return len(t.exchanges) - 1
}

// respond adds the response of an exchange.
func (t *Transcript) respond(number int, m Message, read func() []Param) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := &t.exchanges[number]
	request := t.messages[p.request].Message
	p.response = len(t.messages)
	m.Seen, m.Kind, m.Step, m.Name = true, request.Kind, request.Step, responseName(request.Name)
	t.addLocked(m, read)
}

// unanswered adds why no response came.
func (t *Transcript) unanswered(number int, m Message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	request := t.messages[t.exchanges[number].request].Message
	m.Seen, m.Unanswered, m.Step, m.Name = true, true, request.Step, request.Name+" unanswered"
	t.addLocked(m, nil)
}

func (t *Transcript) addLocked(m Message, read func() []Param) {
	m.N = len(t.messages) + 1
	t.messages = append(t.messages, message{Message: m, read: read})
	t.secrets.addOf(m.Params)
	t.tell()
}

// readLocked reads the parameters of the messages; secret: only of those that can hold a
// secret. What a server publishes for everybody, which is most of all that is read in a
// walk, cannot.
func (t *Transcript) readLocked(secret bool) {
	for i := range t.messages {
		m := &t.messages[i]
		if m.read == nil || secret && (m.Kind == exchange.Metadata || m.Kind == exchange.KeySet) {
			continue
		}
		m.Params, m.read = m.read(), nil
		t.secrets.addOf(m.Params)
	}
}

func (t *Transcript) cleanLocked() {
	t.readLocked(false)
	for i := range t.messages {
		if m := &t.messages[i]; !m.clean {
			m.Message, m.clean = t.secrets.clean(m.Message), true
		}
	}
}

// AddUnexpected counts what reached the listener; the same words twice are one request
// that came twice.
func (t *Transcript) AddUnexpected(what string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.tell()
	for i := range t.unexpected {
		if t.unexpected[i].What == what {
			t.unexpected[i].Count++
			return
		}
	}
	if len(t.unexpected) < maxUnexpected {
		t.unexpected = append(t.unexpected, Unexpected{What: what, Count: 1, First: at})
	}
}

// soon is how long [Transcript.Changed] waits. Nobody notices it, and a token request is on
// its way before anybody prints the callback that came before it.
const soon = 3 * time.Millisecond

func (t *Transcript) tell() {
	if t.telling {
		return
	}
	t.telling = true
	time.AfterFunc(soon, func() {
		t.mu.Lock()
		t.telling = false
		t.mu.Unlock()
		select {
		case t.changed <- struct{}{}:
		default:
		}
	})
}

// TrackSecret makes the transcript hide s in whatever a server says from now on,
// in the forms too in which it was sent.
func (t *Transcript) TrackSecret(s safe.Secret) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secrets.add(s.Reveal())
}

// WithoutSecrets is text from a server without any secret of this walk that the server
// repeats in it, cut to limit bytes.
func (t *Transcript) WithoutSecrets(s string, limit int) safe.Foreign {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readLocked(true)
	s = t.secrets.hide(s) // first: a secret that was cut in two could not be found
	return safe.Foreign(s[:min(len(s), limit)])
}

// Sentence is one of this program's own with text from a server in it, fit to print.
func (t *Transcript) Sentence(s string, limit int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readLocked(true)
	return safe.Text(t.secrets.hide(s), limit)
}

// Bounds on what is kept for showing.
const (
	maxName       = 100     // bytes of a parameter's name
	maxValue      = 4 << 10 // bytes of one value
	maxNote       = 500
	maxBody       = 16 << 10 // bytes of a body that could not be read
	maxUnexpected = 50
)
