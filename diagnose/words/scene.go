package words

import (
	"slices"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// A Scene is what is said, and what it is about.
type Scene struct {
	ErrorResponse evidence.ErrorResponse // what the server said
	At            exchange.Place         // where the server said it
	Statements    []exchange.Statement   // what is said besides
	Body          safe.Foreign           // of the response
	Grant         string                 // a short name; empty: unknown
	Provider      string                 // a name of the catalogue's, or as the evidence calls it
	Base          string                 // what the provider is built with, by its name in the catalogue
}

// Heard is what is said, as the observations read it.
type Heard struct {
	Scene
	Hit *catalogue.Hit // the wording that the server's words are; nil: none is known

	all    []sentence
	server []sentence         // those of the server and of the text around the error
	grants map[string]float64 // how likely each is
	grant  string             // the one that is known, or of which they clearly speak; empty: untold
}

// Grants says how likely each grant is, and which one it is beyond doubt; empty: untold.
func (h *Heard) Grants() (shares map[string]float64, known string) { return h.grants, h.grant }

// ServerSays reports whether a sentence of the server's own is so; it is given in lower
// case.
func (h *Heard) ServerSays(is func(low string) bool) bool {
	said := h.ErrorResponse.Error + "\n" + h.ErrorResponse.Description + "\n" + h.Body
	return slices.ContainsFunc(lines(said.Raw()), func(s sentence) bool { return is(s.low) })
}

// Listed reports whether the catalogue knows the server's words.
func (h *Heard) Listed() bool {
	return h.Hit != nil && (h.Hit.Wording.Text != "" || h.Hit.Wording.Pattern != "" || h.Hit.Wording.Mark != "")
}

// Favours reports whether the server's words mean the one cause more often
// than the other.
func (h *Heard) Favours(one, other causes.ID) bool {
	return h.Listed() && h.Hit.Causes[string(one)] > h.Hit.Causes[string(other)]
}

// leastMeant is the share from which on a wording may mean a cause.
const leastMeant = 0.03

// SaysOtherThan reports whether the server's own words are known, and are never said
// because of the cause.
func (h *Heard) SaysOtherThan(id causes.ID) bool {
	return h.Hit != nil && h.Hit.Said != "" && h.Hit.Causes[string(id)] < leastMeant
}
