package words

import (
	"fmt"
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// match finds the wording that fits best; nil: none is known.
func match(s Scene, grant string) *catalogue.Hit {
	around := exchange.Text(s.Statements, notByPerson)
	if s.ErrorResponse == (evidence.ErrorResponse{}) && around == "" {
		return nil
	}
	hits := catalogue.Match(catalogue.Query{
		Provider: s.Provider, Grant: grant,
		Error: s.ErrorResponse.Error.Raw(), Description: s.ErrorResponse.Description.Raw(), Status: s.ErrorResponse.Status,
		// Some put their words into a hint, a reason or a number in other members of the response.
		Words: around + "\n" + s.Body.Raw(),
	})
	if len(hits) == 0 {
		return nil
	}
	return &hits[0]
}

// Meaning is the sentence for the report: what the input says, and who says that.
func Meaning(h *catalogue.Hit) string {
	who, say, are := h.Provider.Title, "says", "is"
	if n := len(h.Servers); n > 1 {
		names := []string{}
		for _, p := range h.Servers[:min(n, 3)] {
			names = append(names, p.Title)
		}
		who, say, are = strings.Join(names, ", "), "say", "are"
		if n > 3 {
			who += fmt.Sprintf(" and %d more", n-3)
		}
	}
	if h.Said == "" {
		return fmt.Sprintf("%s %s known to answer this with %s alone", who, are, h.Wording.Error)
	}
	return fmt.Sprintf("%q is what %s %s", safe.Quote(h.Said, longestQuote), who, say)
}

// longestQuote bounds what is quoted of a server's words, in bytes.
const longestQuote = 300
