package catalogue

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
)

//go:embed providers/*.json
var files embed.FS

// shelf holds a reader for each file; each reads its file once.
var shelf = sync.OnceValue(func() map[string]func() *Provider {
	m := make(map[string]func() *Provider)
	for _, name := range Names() {
		m[name] = sync.OnceValue(func() *Provider { return read(name) })
	}
	return m
})

// read panics on a broken file: the files are part of the program, and a test
// reads them all.
func read(name string) *Provider {
	text, err := files.ReadFile("providers/" + name + ".json")
	if err != nil {
		panic(err)
	}
	p := &Provider{text: string(text)}
	about, _ := parts(p.text)
	decode(name, about, p)
	p.wordings = sync.OnceValue(func() []Wording { return wordings(p) })
	return p
}

func decode(name, text string, into any) {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		panic(fmt.Sprintf("providers/%s.json: %v", name, err))
	}
}

// parts are what a file says of the provider, and its wordings, which are most of it and
// are needed one at a time. They are the last member.
func parts(text string) (about, wordings string) {
	about, wordings, found := strings.Cut(text, wordingsBegin)
	if !found {
		return text, "[]"
	}
	return about + "}", strings.TrimSuffix(strings.TrimSpace("["+wordings), "}")
}

const wordingsBegin = ",\n  \"wordings\": ["

// Wordings are how the provider words its errors.
func (p *Provider) Wordings() []Wording { return p.wordings() }

func wordings(p *Provider) []Wording {
	_, text := parts(p.text)
	var all []Wording
	decode(p.Name, text, &all)
	for i := range all {
		all[i].Checked = cmp.Or(all[i].Checked, p.Checked)
	}
	return all
}

// wording reads the row's wording, and nothing else of its file.
func (r row) wording() *Wording {
	file, err := files.Open("providers/" + r.provider + ".json")
	if err != nil {
		panic(err)
	}
	text := make([]byte, r.to-r.from)
	if _, err := file.(io.ReaderAt).ReadAt(text, int64(r.from)); err != nil {
		panic(fmt.Sprintf("providers/%s.json: %v", r.provider, err))
	}
	w := new(Wording)
	decode(r.provider, string(text), w)
	return w
}

// Names lists all providers, sorted. It reads no file.
func Names() []string {
	entries, err := files.ReadDir("providers")
	if err != nil {
		panic(err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".json")
	}
	return names
}

// Find returns the provider of that name or alias, whatever its case, spaces
// and punctuation. It reads that provider's file alone.
func Find(name string) (*Provider, bool) {
	called, ok := index().names[squeeze(name)]
	if !ok {
		return nil, false
	}
	return shelf()[called](), true
}

// All returns every provider, sorted by name. The first call reads all files.
func All() []*Provider { return all() }

var all = sync.OnceValue(func() []*Provider {
	names := Names()
	ps := make([]*Provider, len(names))
	for i, name := range names {
		ps[i] = shelf()[name]()
	}
	return ps
})
