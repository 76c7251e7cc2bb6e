package record

import (
	"slices"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// A Step is a stage of the walk.
type Step int

// The steps, in their order.
const (
	SetUp Step = iota
	Authorize
	Callback
	Exchange
	Tokens
	Refresh
)

var steps = [...]struct{ id, title string }{
	{"setup", "Set up"},
	{"authorize", "Authorize"},
	{"callback", "Callback"},
	{"exchange", "Exchange"},
	{"tokens", "Tokens"},
	{"refresh", "Refresh"},
}

// String is the step's id, as JSON has it.
func (s Step) String() string { return steps[s].id }

// Title is the step's name, as people read it.
func (s Step) Title() string { return steps[s].title }

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

// A Message is something that passed between two parties: an HTTP request, its
// response, or an event such as a token that the client verified.
type Message struct {
	N        int           // 1, 2, 3 … in the order in which they passed
	Step     Step          // the step to which it belongs
	Kind     exchange.Kind // of the exchange to which it belongs; Unknown: an event
	From, To Party         // the same party twice: something that the client did by itself
	Name     string        // what it is, in the RFC's words: "token request"
	Label    string        // a few words for an arrow: "GET /authorize"

	// Seen is false for what passed between the browser and the server: the
	// client knows that it happened only by what came of it.
	Seen bool

	// Unanswered is a request's end without a response.
	Unanswered bool

	Method string // of a request
	URL    string // of a request, without query
	Status int    // of a response
	Params []Param
	Body   string // what could not be read as parameters, quoted and cut; else empty

	At     time.Time // when a request left, a response was complete, a callback arrived
	Timing *Timing   // of a response: how long each part of the round trip took
	Note   string    // one sentence on it; empty: there is nothing to say

	Endpoint safe.Endpoint // URL as it is compared
	RawBody  safe.Foreign  // Body as it is compared, without secrets of this walk
}

// IDToken is the name of the event that an ID token was verified, or could not be.
const IDToken = "ID token"

// names are what requests are called.
var names = map[exchange.Kind]string{
	exchange.Metadata:      "metadata request",
	exchange.KeySet:        "key set request",
	exchange.Pushed:        "pushed authorization request",
	exchange.Authorization: "authorization request",
	exchange.Callback:      "callback",
	exchange.Token:         "token request",
	exchange.Probe:         "probe request",
	exchange.Userinfo:      "userinfo request",
	exchange.Revocation:    "revocation request",
}

// requestName is what a request of that kind is called in a step.
func requestName(kind exchange.Kind, step Step) string {
	if kind == exchange.Token && step == Refresh {
		return "refresh request"
	}
	return names[kind]
}

// responseName is what the response to a request is called.
func responseName(request string) string {
	return strings.TrimSuffix(request, " request") + " response"
}

// Param returns the first parameter of that name.
func (m Message) Param(name string) (Param, bool) {
	i := slices.IndexFunc(m.Params, func(p Param) bool { return p.Name == name })
	if i < 0 {
		return Param{}, false
	}
	return m.Params[i], true
}

// An Unexpected request is one that reached the listener and was not the response that
// it waited for: a reload, a prefetch, a forged state. None of them ends the walk.
type Unexpected struct {
	What  string    // what came, in words
	Count int       // how often
	First time.Time // when it came first
}
