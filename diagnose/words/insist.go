package words

import (
	"slices"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// Insists reports whether the server names this cause and no other: its words are known to
// be said because of it but for exceptions, or speak of what it is about and of nothing else.
// noticed is what [Heard.Observe] returned.
func (h *Heard) Insists(id causes.ID, noticed []Noticed) bool {
	const nearlyAlways, mostly, plainly = 0.9, 0.5, 2.0
	if h.Listed() && (h.Hit.Exact || h.Hit.Wording.Mark != "") {
		if share := h.Hit.Causes[string(id)]; share < mostly || share >= nearlyAlways {
			return share >= nearlyAlways
		}
	}
	named := false
	for _, o := range noticed {
		if len(o.When.Error) > 0 && len(o.Shifts) == 1 && o.Shifts[id] >= plainly {
			named = true // an error code that means one fault
		}
		if !o.When.Server {
			continue
		}
		tone := o.tone()
		for cause, by := range o.Shifts {
			switch {
			case by < plainly, tone == acquits:
			case cause != id:
				return false
			default:
				named = named || tone == accuses
			}
		}
	}
	return named
}

// A tone is how a sentence speaks of something.
type tone int

const (
	mentions tone = iota
	acquits       // it is right, or not what is wrong
	accuses
)

// tone is how the clause speaks that holds the phrase of the observation.
func (n Noticed) tone() tone {
	for _, clause := range clauses().Split(n.low, -1) {
		switch {
		case !slices.ContainsFunc(n.words, func(p *phrase) bool { return p.in(clause) }):
		case condition().MatchString(clause), acquitted().MatchString(clause):
			return acquits
		case accused().MatchString(clause):
			return accuses
		}
	}
	return mentions
}

var (
	clauses   = lazy.Regexp(`[;(),]+|[:.](?:\s|$)| (?:but|however|although|while|and) `)
	condition = lazy.Regexp(`\b(?:if|when|unless|in case)\b`)

	// acquitted: a fault that is denied, or something that is called right and not denied.
	acquitted = lazy.Regexp(`\bnot because of\b|\bneither\b.*\b(?:at fault|to blame|wrong|the (?:problem|issue|reason|cause))\b|(?:\bnot|\bnever|n't) (?:(?:been|yet|previously|already|that|the|code|token|is) ){0,4}(?:expired|used|redeemed|revoked|disabled|malformed|truncated|corrupted|at fault)\b|\b(?:not|no|never|isn't|wasn't)(?: \w+){0,3} (?:problem|issue|error|failure|fault|mismatch|reason|cause)\b|\b(?:not|no) (?:the |an? )?(?:redirect_ur[il]|redirect ur[il]|pkce|client)(?: \w+)? ?(?:problem|issue|used|needed|required)?$|^(?:[\w ]*[^tn] )?(?:is |are |was |were )?(?:fine|ok|okay|passed|succeeded|successful|correct|matches|matched|verified|right|ignored)$|\b(?:is|are|was|were) (?:fine|ok|okay|correct|valid|right|ignored|verified)\b|\w (?:passed|succeeded|matches|matched)\b`)

	// accused: a fault, or something right that is denied.
	accused = lazy.Regexp(`mismatch|\b(?:invalid|incorrect|wrong|bad|malformed|truncated|corrupt(?:ed)?|failed|failure|fails|missing|unknown|unregistered|unsuccessful|unexpected|unauthori[sz]ed|differs?|different|rejected|refused|denied|disallowed|unsupported|empty)\b|(?:\bnot|n't|\bno|\bnever|\bwithout|\bcannot|\bunable to)\b|(?:issued|belongs?) (?:to|for) (?:another|a different)|\bmust (?:match|be|equal)|\b(?:required|expected)\b`)
)
