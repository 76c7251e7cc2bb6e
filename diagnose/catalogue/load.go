package catalogue

import (
	"embed"
	"encoding/json"
	"fmt"
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
	p := new(Provider)
	if err := json.Unmarshal(text, p); err != nil {
		panic(fmt.Sprintf("providers/%s.json: %v", name, err))
	}
	for i := range p.Wordings {
		if p.Wordings[i].Checked == "" {
			p.Wordings[i].Checked = p.Checked
		}
	}
	return p
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
