package words

import (
	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// Insists reports whether the server names this cause and no other: its words are known to
// be said because of it but for exceptions, or speak of what it is about and of nothing else.
// noticed is what [Heard.Observe] returned.
func (h *Heard) Insists(id causes.ID, noticed []Noticed) bool {
	const nearlyAlways, plainly = 0.9, 2.0
	if h.Listed() {
		return (h.Hit.Exact || h.Hit.Wording.Mark != "") && h.Hit.Causes[string(id)] >= nearlyAlways
	}
	named := false
	for _, o := range noticed {
		if !o.When.Server {
			continue
		}
		for cause, by := range o.Shifts {
			switch {
			case by < plainly:
			case cause == id && saysFault(o.low):
				named = true
			default:
				return false
			}
		}
	}
	return named
}

var (
	wrong    = lazy.Regexp(`(?:\bnot|n't) (?:\w+ )?(?:match|equal|give|verify|fit|correspond|agree|belong|that of|the one|valid|registered|allowed)|mismatch|\b(?:invalid|incorrect|wrong|bad|malformed|truncated|failed|failure|missing)\b|(?:issued|belongs?) to (?:another|a different)`)
	affirmed = lazy.Regexp(`\b(?:fine|ok|okay|passed|succeeded|correct|matches|matched|if|however|but)\b|\bnot an? |\bno (?:pkce|redirect|client)`)
)

// saysFault reports whether a lower-case sentence says that what it speaks of is wrong. One
// that calls something right, or holds a condition, may say so of another thing.
func saysFault(low string) bool {
	return wrong().MatchString(low) && !affirmed().MatchString(low)
}
