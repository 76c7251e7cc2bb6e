package catalogue

import (
	"slices"
	"strings"
)

// Match returns the wordings that the query may show, best first: the exact
// text of the provider named, then of any provider, then patterns and texts
// that stand inside the description or around it, the longest first. A
// description that is [Vague] is looked up at the provider named and nowhere
// else. The same query gives the same hits.
func Match(q Query) []Hit {
	s := newSearch(q)
	var all []found
	for _, at := range s.candidates() {
		if f, ok := s.try(at.row()); ok {
			all = append(all, f)
		}
	}
	return merge(all)
}

type search struct {
	Query
	named map[string]int // provider: what its wordings are worth more

	desc, around           string // plain
	descLow, aroundLow     string
	descWords, aroundWords string // folded, with a space at both ends
	vague                  bool
}

func newSearch(q Query) *search {
	s := &search{Query: q, named: make(map[string]int)}
	s.Grant = canonicalGrant(q.Grant)
	if name, ok := index().names[squeeze(q.Provider)]; ok && q.Provider != "" {
		s.named[name] = ofNamed
		for base := index().bases[name]; base != ""; base = index().bases[base] {
			s.named[base] = ofBase
		}
	}
	s.desc, s.around = plain(cut(q.Description)), plain(cut(q.Words))
	s.descLow, s.aroundLow = strings.ToLower(s.desc), strings.ToLower(s.around)
	s.descWords, s.aroundWords = " "+fold(s.desc)+" ", " "+fold(s.around)+" "
	s.vague = Vague(s.desc)
	return s
}

func cut(s string) string { return s[:min(len(s), maxWords)] }

// canonicalGrant shortens the URNs of the extension grants (RFC 7523, RFC 8628,
// RFC 8693) to the names of the catalogue.
func canonicalGrant(grant string) string {
	grant = grant[strings.LastIndexByte(grant, ':')+1:]
	return strings.ReplaceAll(grant, "-", "_")
}

// candidates are the places of the rows, in order, that the query may show.
func (s *search) candidates() []place {
	all := worded(places(nil, index().patterns), s.descWords, s.aroundWords)
	if s.vague {
		for _, b := range index().bare {
			if strings.EqualFold(b.err, s.Error) {
				all = places(all, b.places)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// try compares one row with the query.
func (s *search) try(r row) (f found, ok bool) {
	bonus, named := s.named[r.provider]
	f = found{row: r, rank: bonus, named: named}
	switch {
	case r.pattern:
		ok = s.tryPattern(&f)
	case r.key == "" && r.mark == "":
		ok = s.tryBare(&f)
	default:
		ok = s.tryText(&f)
	}
	if !ok {
		return f, false
	}
	if r.grant != "" && s.Grant != "" && r.grant != s.Grant {
		if s.vague && f.rank-bonus != around {
			return f, false // nothing but the grant gave the row its meaning
		}
		f.fit += wrongGrant
	}
	if r.err != "" && s.Error != "" && !strings.EqualFold(r.err, s.Error) {
		f.fit += wrongError
	}
	if r.status != 0 && s.Status != 0 && r.status != s.Status {
		f.fit += wrongCode
	}
	return f, true
}

func (s *search) tryText(f *found) bool {
	text := f.key != "" && s.place(f, f.key, f.named && words(f.key) >= 3)
	mark := found{}
	marked := f.mark != "" && s.place(&mark, f.mark, text || f.named)
	switch {
	case !text && !marked:
		return false // most rows end here, so that their wordings need not be read
	case f.exact:
		f.said = s.desc
	default:
		w := f.wording()
		f.said = w.Mark
		if text {
			f.said = w.Text // but for capitals and quotes
		}
	}
	if !marked {
		return true
	}
	f.fit += sameMark
	if text {
		f.length += mark.length
		return true
	}
	// Marks alone count as equally long, so that of two numbers in one text
	// (AADSTS70002: … AADSTS54005: …) the later one wins, which is the reason
	// given for the first.
	f.rank += mark.rank
	f.at, f.length = mark.at, 0
	return true
}

// place looks for a folded text: as the whole description, inside it, around
// it. Only a text that is specific, or trusted for another reason, may be a
// part of a longer one; less is asked inside the description, which no person
// wrote.
func (s *search) place(f *found, key string, trusted bool) bool {
	f.length = len(key)
	padded := " " + key + " "
	if s.descWords == padded {
		if s.vague && !f.named {
			return false
		}
		f.rank += whole
		f.exact = true
		return true
	}
	if index().vague[key] && !f.named {
		return false
	}
	trusted = trusted || specific(key)
	switch {
	case (trusted || words(key) >= 3) && strings.Contains(s.descWords, padded):
		f.rank += inside
		f.at = strings.LastIndex(s.descWords, padded)
	case trusted && strings.Contains(s.aroundWords, padded):
		f.rank += around
		f.at = strings.LastIndex(s.aroundWords, padded)
	default:
		return false
	}
	return true
}

func (s *search) tryPattern(f *found) bool {
	in := func(text, low string, rank int) bool {
		if !strings.Contains(low, f.key) {
			return false
		}
		at := find(f.wording().Pattern, text)
		if at == nil {
			return false
		}
		f.rank += rank
		f.length, f.at = at[1]-at[0], at[0]
		rest, _, _ := strings.Cut(text[at[1]:], " ") // a pattern may end within a value
		f.said = text[at[0]:at[1]] + rest
		f.exact = rank == inside && at[0] == 0 // a pattern may stop where the values begin
		return true
	}
	return in(s.desc, s.descLow, inside) || in(s.around, s.aroundLow, around)
}

// tryBare fits an answer without words. An error code that RFC 6749 or its
// extensions define tells nothing about who sent it.
func (s *search) tryBare(f *found) bool {
	if s.Error == "" || !strings.EqualFold(f.err, s.Error) || !s.vague {
		return false
	}
	f.rank += noWords
	return f.named || !standardErrors[f.err]
}
