package catalogue

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// merge makes hits of rows: those of one text, best fit only, become one hit.
func merge(all []found) []Hit {
	groups := make(map[group][]found)
	for _, f := range all {
		groups[f.group()] = append(groups[f.group()], f)
	}
	best := make([][]found, 0, len(groups))
	for _, g := range groups {
		fit := slices.MaxFunc(g, func(a, b found) int { return cmp.Compare(a.fit, b.fit) }).fit
		best = append(best, slices.DeleteFunc(g, func(f found) bool { return f.fit < fit }))
	}
	slices.SortFunc(best, func(a, b []found) int { return compare(a[0], b[0]) })
	var hits []Hit
	var seen []string
	for _, g := range best {
		if covered(g[0], seen) {
			continue // a longer text, which says more, holds this one
		}
		seen = append(seen, g[0].key)
		hits = append(hits, newHit(g))
	}
	return hits
}

// A group names what may be merged: rows of one text that rank alike, of one
// provider if that was asked for.
type group struct {
	provider, text string
	rank           int
}

func (f found) group() group {
	g := group{f.provider, f.key, f.rank}
	switch {
	case f.key == "":
		g.text = f.mark + "\t" + f.err
	case !f.named && !f.pattern:
		g.provider = ""
	}
	return g
}

func covered(f found, seen []string) bool {
	if f.pattern || f.key == "" {
		return false
	}
	return slices.ContainsFunc(seen, func(longer string) bool {
		return len(longer) > len(f.key) && strings.Contains(longer, f.key)
	})
}

// compare puts the better first: of equal rank the longer, then the later one.
func compare(a, b found) int {
	return cmp.Or(
		cmp.Compare(b.rank, a.rank),
		cmp.Compare(fitClass(b.fit), fitClass(a.fit)),
		cmp.Compare(b.length, a.length),
		cmp.Compare(b.at, a.at),
		cmp.Compare(b.fit, a.fit),
		cmp.Compare(a.provider, b.provider),
		cmp.Compare(a.from, b.from),
	)
}

// fitClass is -1 for a row that belongs to another grant, 1 where a second
// member of the answer speaks for it.
func fitClass(fit int) int {
	switch {
	case fit >= sameMark+wrongError+wrongCode:
		return 1
	case fit <= wrongGrant:
		return -1
	}
	return 0
}

func newHit(g []found) Hit {
	slices.SortFunc(g, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.from, b.from))
	})
	hit := Hit{Exact: g[0].exact, Named: g[0].named, Said: g[0].said, Causes: make(map[string]float64)}
	of := make(map[string]int)
	for _, f := range g {
		of[f.provider]++
	}
	for i, f := range g {
		w, server := f.wording(), Server{f.provider, index().titles[f.provider]}
		if i == 0 {
			hit.Provider, hit.Wording = server, w
		}
		if !slices.Contains(hit.Servers, server) {
			hit.Servers = append(hit.Servers, server)
		}
		for _, id := range slices.Sorted(maps.Keys(w.Causes)) {
			hit.Causes[id] += w.Causes[id] / float64(of[f.provider]*len(of))
		}
	}
	return hit
}
