package evidence

import (
	"net/url"
	"time"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// An assembler ties exchanges together into flows. It sees them in the order of the wire.
type assembler struct {
	e        Evidence
	flows    []flow          // beside e.Authorizations
	replaced map[string]bool // texts that stand for values, see [placeholders]
	pushed   map[string][]wire.Param
	emptied  bool      // a response had an empty code, which no server sends: codes were taken out
	stray    []arrival // responses that no authorization request was seen for

	// The authorization requests by what a response may name them by.
	byCode  latest[string]      // the code of the response
	byState latest[[2]string]   // the state and the redirect URI, which is empty where there is none
	byPlace latest[string]      // the redirect URI
	sharing map[[2]string]int   // how many have a state and a redirect URI
	byToken map[safe.Secret]int // the latest token request by the access token that it got
	open    []int               // those without redirect URI that have no code yet, at most maxOpen
}

// A flow is what has to be remembered of an authorization request until its response
// comes.
type flow struct {
	hosts     map[string]bool // of the pages between request and response
	place     string          // the redirect URI, as placeOf has it; empty: none that can be read
	expected  string          // where the last redirect leads to
	requests  map[string]int  // how often the callback was requested, by the file: two files may hold one request
	requested arrival         // the last time that it was
	relayed   int             // how often the code was handed on to the app's own server
}

// An arrival is an authorization response.
type arrival struct {
	to      *url.URL
	params  []wire.Param
	at      time.Time
	from    exchange.Place
	request bool // it was seen as a request to the redirect URI, not as a redirect to it
}

// latest tells where in a list the latest element with a key is. A capture may hold
// thousands of authorization requests and thousands of answers, so that an answer
// cannot be compared with each request.
type latest[K comparable] map[K]int

func (l latest[K]) of(key K) int {
	if i, ok := l[key]; ok {
		return i
	}
	return -1
}

func (l latest[K]) add(key K, i int) { l[key] = max(l.of(key), i) }
