package evidence

import (
	"maps"
	"strconv"
	"strings"

	"example.com/grantwalk/diagnose/safe"
)

// Comparisons are what was found out about secrets while they were known. A saved walk has
// them in place of the secrets, by the numbers of their stand-ins ([safe.StandIn]).
type Comparisons struct {
	Of    map[int]Nature      `json:"of,omitempty"`    // one secret
	Pairs map[string]Relation `json:"pairs,omitempty"` // two secrets, by PairOf
}

// Nature is what one secret is like, as far as a cause asks. Nothing in it tells the
// secret. Texts are clauses that follow the secret's name.
type Nature struct {
	Space    string  `json:"space,omitempty"`    // white space around or in it
	Quoted   bool    `json:"quoted,omitempty"`   // quotes are around it
	Nothing  bool    `json:"nothing,omitempty"`  // a word for a value that was not there
	Leftover string  `json:"leftover,omitempty"` // what a URL, an encoding or quoting left in a code
	Verifier string  `json:"verifier,omitempty"` // what RFC 7636 §4.1 does not allow in a verifier
	Prefix   string  `json:"prefix,omitempty"`   // whose kind of value begins like it
	Basic    string  `json:"basic,omitempty"`    // what is odd about an Authorization header's content
	Claims   *Claims `json:"claims,omitempty"`   // of a JWT
}

// Claims are what a JWT says of itself (RFC 7519 §4.1). Nothing is verified.
type Claims struct {
	Type      string        `json:"typ,omitempty"`
	Algorithm string        `json:"alg,omitempty"`
	Issuer    safe.Endpoint `json:"iss,omitempty"`
	Subject   bool          `json:"sub,omitempty"`   // it is there
	Audience  bool          `json:"aud,omitempty"`   // it is there
	Scope     bool          `json:"scope,omitempty"` // it is there, as in access tokens (RFC 9068 §2.2.3)
	Nonce     bool          `json:"nonce,omitempty"` // it is there, as in ID tokens
	Expires   float64       `json:"exp,omitempty"`   // seconds since 1970; 0: not said
}

// Relation is how one secret compares with another that it should be equal to.
type Relation struct {
	Alteration string `json:"alteration,omitempty"` // what was done to it in transit, as a clause
	Slips      int    `json:"slips,omitempty"`      // characters that differ, where they are few; else 0
	First      int    `json:"first,omitempty"`      // the first character that differs, from 0

	// Of a challenge and a verifier.
	S256  bool   `json:"s256,omitempty"`  // the challenge is the verifier's by S256
	Plain bool   `json:"plain,omitempty"` // the challenge is the verifier itself
	Slip  string `json:"slip,omitempty"`  // the mistake behind a verifier that does not match, as a clause
}

// PairOf is the key of a pair in [Comparisons]; ok is false if one of the two is no
// stand-in.
func PairOf(a, b safe.Secret) (key string, ok bool) {
	n, _, first := a.StandIn()
	m, _, second := b.StandIn()
	return strconv.Itoa(n) + "-" + strconv.Itoa(m), first && second
}

// Shifted are the comparisons with other numbers, each greater by the same.
func (c Comparisons) Shifted(by int) Comparisons {
	if by == 0 {
		return c
	}
	out := Comparisons{Of: map[int]Nature{}, Pairs: map[string]Relation{}}
	for n, nature := range c.Of {
		out.Of[n+by] = nature
	}
	for key, relation := range c.Pairs {
		first, second, _ := strings.Cut(key, "-")
		a, errA := strconv.Atoi(first)
		b, errB := strconv.Atoi(second)
		if errA == nil && errB == nil {
			out.Pairs[strconv.Itoa(a+by)+"-"+strconv.Itoa(b+by)] = relation
		}
	}
	return out
}

// Add takes over the comparisons of other secrets.
func (c *Comparisons) Add(other Comparisons) {
	if c.Of == nil && c.Pairs == nil {
		*c = other
		return
	}
	of, pairs := map[int]Nature{}, map[string]Relation{}
	for _, all := range []Comparisons{*c, other} {
		maps.Copy(of, all.Of)
		maps.Copy(pairs, all.Pairs)
	}
	c.Of, c.Pairs = of, pairs
}

// Nature is what is known of a stand-in. standIn is false for any other secret, which
// speaks for itself.
func (c Comparisons) Nature(s safe.Secret) (n Nature, standIn bool) {
	number, _, standIn := s.StandIn()
	return c.Of[number], standIn
}

// Relation is what is known of two secrets of which one at least is a stand-in. known is
// false if they were not compared.
func (c Comparisons) Relation(a, b safe.Secret) (r Relation, known bool) {
	key, ok := PairOf(a, b)
	if !ok {
		return Relation{}, false
	}
	r, known = c.Pairs[key]
	return r, known
}
