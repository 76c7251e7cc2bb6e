package catalogue

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write index.txt anew")

// TestTheIndexSaysWhatTheFilesSay also writes the index, with -update: the
// index is then parsed at the next start.
func TestTheIndexSaysWhatTheFilesSay(t *testing.T) {
	index, rows := makeIndex(t)
	if *update {
		for name, text := range map[string]string{"index.txt": index, "rows.txt": rows} {
			if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	if index != indexText || rows != rowsText {
		t.Error("index.txt or rows.txt is old; run go generate ./diagnose/catalogue")
	}
}

func makeIndex(t *testing.T) (index, rows string) {
	t.Helper()
	var b, r strings.Builder
	writeTo := func(b *strings.Builder, members ...any) {
		for i, m := range members {
			if i > 0 {
				b.WriteByte('\t')
			}
			fmt.Fprint(b, m)
		}
		b.WriteByte('\n')
	}
	line := func(members ...any) { writeTo(&b, members...) }
	places := make(map[string][]string) // of the rows, by how their line in the index begins
	rarest := rarestWord()
	for _, p := range All() {
		line("provider", p.Name, p.Base, squeeze(p.Name), p.Title)
		for _, a := range p.Aliases {
			line("alias", squeeze(a))
		}
		for _, a := range append([]string{p.Name}, p.Aliases...) {
			if a = fold(a); mentionable(p, a) {
				line("mention", a)
			}
		}
		for _, h := range p.Hosts {
			pattern, need := hostPattern(h)
			line("host", need, pattern)
		}
		for _, name := range p.ErrorNames {
			line("error", name)
		}
		for _, v := range p.Values {
			line("value", v.Prefix, v.Is)
		}
		inFile := placesOf(t, p)
		for i, w := range p.Wordings() {
			kind, key, mark := "text", fold(plain(w.Text)), fold(w.Mark)
			found := make(map[string]bool)
			switch {
			case w.Pattern != "":
				var err error
				if key, err = literal(w.Pattern); err != nil {
					t.Fatal(err)
				}
				kind = "pattern"
				found["pattern"] = true
			case key == "" && mark == "":
				found["bare\t"+w.Error] = true
			default:
				found["word\t"+rarest(key)] = key != ""
				found["word\t"+rarest(mark)] = mark != ""
			}
			for by, ok := range found {
				if ok {
					places[by] = append(places[by], strconv.Itoa(r.Len()))
				}
			}
			writeTo(&r, p.Name, inFile[i][0], inFile[i][1], w.Error, w.Grant, w.Status, kind, mark, key)
		}
	}
	for _, text := range table[string](t, "vague.json") {
		line("vague", fold(text))
	}
	for _, f := range table[printed](t, "fingerprints.json") {
		weak := ""
		if f.Weak {
			weak = "weak"
		}
		line("fingerprint", f.Provider, strings.Join(f.Needs, "|"), f.Pattern, f.Why, weak)
	}
	for _, by := range slices.Sorted(maps.Keys(places)) {
		line(by, strings.Join(places[by], ","))
	}
	return b.String(), r.String()
}

// A printed is a row of fingerprints.json, see [fingerprint].
type printed struct {
	Provider string   `json:"provider"`
	Pattern  string   `json:"pattern"`
	Why      string   `json:"why"`
	Example  string   `json:"example"`
	Weak     bool     `json:"weak"`
	Needs    []string `json:"needs"`
}

// table reads a file that the index has rows of.
func table[T any](t *testing.T, name string) (all []T) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %d rows, %v", name, len(all), err)
	}
	return all
}

// placesOf are where in the provider's file its wordings begin and end.
func placesOf(t *testing.T, p *Provider) (all [][2]int) {
	t.Helper()
	base := strings.Index(p.text, wordingsBegin)
	if base < 0 {
		return nil
	}
	base += len(wordingsBegin) - 1
	dec := json.NewDecoder(strings.NewReader(p.text[base:]))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		to := base + int(dec.InputOffset())
		all = append(all, [2]int{to - len(raw), to})
	}
	return all
}

// rarestWord returns a function that picks the word of a folded text that the
// fewest wordings hold.
func rarestWord() func(string) string {
	counts := make(map[string]int)
	for _, p := range All() {
		for _, w := range p.Wordings() {
			for word := range strings.FieldsSeq(fold(plain(w.Text)) + " " + fold(w.Mark)) {
				counts[word]++
			}
		}
	}
	return func(text string) (best string) {
		for word := range strings.FieldsSeq(text) {
			if best == "" || counts[word] < counts[best] {
				best = word
			}
		}
		return best
	}
}

// mentionable tells whether a name in somebody's prose speaks of the server.
// The names of libraries and frameworks do not: they may be the client's.
func mentionable(p *Provider, alias string) bool {
	service := strings.HasPrefix(p.Endpoints.Token, "https://") || strings.HasPrefix(p.Endpoints.Token, "{base}/realms")
	return service && len(alias) >= 4 && !ordinary[alias] && !strings.HasSuffix(alias, " com")
}

var ordinary = map[string]bool{
	"line": true, "live": true, "zoom": true, "meta": true, "square": true, "notion": true, "element": true, "matrix": true, "outlook": true,
	"amplify": true, "codex": true, "trello": true, "x com": true,
}

// hostPattern turns a pattern of [Provider.Hosts] into one of RE2, and gives
// the literal that it needs.
func hostPattern(h string) (pattern, need string) {
	need = ""
	for part := range strings.SplitSeq(h, "*") {
		if len(part) > len(need) {
			need = part
		}
	}
	name, path, hasPath := strings.Cut(h, "/")
	if rest, ok := strings.CutPrefix(name, "*."); ok {
		name = `[a-z0-9-]+\.` + wild(rest)
	} else if name != "" {
		name = `(^|[^a-z0-9.-])` + wild(name)
	}
	switch {
	case name == "":
		return "/" + wild(path), strings.ToLower(need)
	case hasPath:
		return name + `(:[0-9]+)?/` + wild(path), strings.ToLower(need)
	}
	return name + `($|[^a-z0-9.-]|\.($|[^a-z0-9]))`, strings.ToLower(need)
}

func wild(s string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(s), `\*`, `[^/\s"'<>]+`)
}
