package diagnose

import (
	"fmt"
	"math"
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
)

// A wording's share of a cause becomes log-odds against rare: a cause that the
// wording never has is worth nothing, one that it always has almost four.
const rare = 0.02

// How much is left of a wording's say where it is not the provider's own, or
// not the whole of what the server said.
const (
	ofAnother = 0.85
	inPart    = 0.9
	wordless  = 0.7 // an error code alone: what the row says is a habit of the provider's
)

// How much of the prior a wording replaces. Its shares are of people who met it,
// and so hold already how frequent each cause is: counting the prior too would
// count that twice. Where the row is of any grant, though, the prior knows more.
const (
	ofThisGrant = 1.0
	ofAnyGrant  = 0.5

	unmistakable = 0.9 // the share from which on a wording replaces all of it
)

// words adds what the server's wording means, by the catalogue.
func (c *Case) words(t tally, prior Shares) {
	text := c.heard()
	hit, grant := text.hit, text.grant
	if hit == nil {
		return
	}
	weight, replaced := 1.0, ofAnyGrant
	if hit.Wording.Grant != "" && hit.Wording.Grant == grant {
		replaced = ofThisGrant
	}
	if !hit.Named {
		weight *= ofAnother
	}
	switch {
	case !text.listed():
		weight, replaced = weight*wordless, 0
	case !hit.Exact:
		weight *= inPart
	}
	top := 0.0
	for _, share := range prior {
		top = max(top, share)
	}
	by := Shifts{}
	for cause, share := range hit.Causes {
		if id := ID(cause); Known(id) && share > rare {
			by[id] = weight*math.Log(share/rare) - replaced*math.Log(max(prior[id], rare)/top)
			if share >= unmistakable && text.listed() { // whatever is usual otherwise
				by[id] = weight*math.Log(share/rare) - math.Log(max(prior[id], leastShare)/top)
			}
		}
	}
	t.shiftBy(Reason{Name: "wording", Says: wordingSays(hit), Source: hit.Wording.Source}, by)
}

// match finds the wording that fits best; nil: none is known.
func (c *Case) match(grant string) *catalogue.Hit {
	if c.Refusal == (Refusal{}) && c.Words == "" {
		return nil
	}
	hits := catalogue.Match(catalogue.Query{
		Provider: c.name(), Grant: grant,
		Error: c.Refusal.Error.Raw(), Description: c.Refusal.Description.Raw(), Status: c.Refusal.Status,
		Words: c.around(),
	})
	if len(hits) == 0 {
		return nil
	}
	return &hits[0]
}

// around is all in which the server's words may stand besides the description:
// some put them into a hint, a reason or a number in other members of the answer.
func (c *Case) around() string {
	if c.Token == nil {
		return c.Words.Raw()
	}
	return c.Words.Raw() + "\n" + c.Token.Response.Body.Raw()
}

// wordingSays is the sentence for the report: what the input says, and who says that.
func wordingSays(h *catalogue.Hit) string {
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

// listed reports whether the catalogue knows the server's words.
func (h *heard) listed() bool {
	return h.hit != nil && (h.hit.Wording.Text != "" || h.hit.Wording.Pattern != "" || h.hit.Wording.Mark != "")
}

// favours reports whether the server's words mean the one cause more often
// than the other.
func (h *heard) favours(one, other ID) bool {
	return h.listed() && h.hit.Causes[string(one)] > h.hit.Causes[string(other)]
}
