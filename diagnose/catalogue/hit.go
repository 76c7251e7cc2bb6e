package catalogue

// A Query is an answer of a token endpoint, as much of it as is known.
type Query struct {
	Provider    string // name or alias
	Error       string
	Description string
	Grant       string // the grant asked for; empty: not known
	Status      int
	Words       string // whatever was pasted around the answer; 16 KB of it are read
}

// A Hit is a wording that fits the query.
type Hit struct {
	Provider Server   // the first of Servers
	Wording  *Wording // the first of the wordings that were merged
	Exact    bool     // it is the whole description, or a pattern that its beginning matches
	Named    bool     // it is of the provider that was asked for, or of what that one is built with

	// Said are the query's own words that it was known by; empty: it was by the
	// error alone.
	Said string

	// Servers are all that send this text and fit the query equally well.
	Servers []Server

	// Causes are the shares of the causes, together 1. Where several rows fit
	// equally well (one server's text for two grants, or one text of several
	// servers of which none is named) they are averaged: first over the rows of
	// each server, then over the servers, each counting once. Nothing is known
	// about how many people use which server.
	Causes map[string]float64
}

// A Server is a provider as the index knows it; Find has the rest.
type Server struct{ Name, Title string }

// maxWords bounds what Match reads of Query.Words, so that a long log costs no
// more than a long paragraph.
const maxWords = 16 << 10

// rank orders hits. A wording of the provider that was named is worth more than
// any of another's; then the description, which is the server's own words, more
// than words around it; then the whole of it more than a part.
const (
	ofNamed = 1000
	ofBase  = 900
	whole   = 60
	inside  = 40
	around  = 20
	noWords = 10
)

// fit says how well the rest of the answer agrees. Only the best fitting rows
// of a text count.
const (
	sameMark   = 16
	wrongGrant = -8
	wrongError = -4
	wrongCode  = -2 // HTTP status
)

type found struct {
	row
	rank, length, at, fit int
	named, exact          bool
	said                  string
}
