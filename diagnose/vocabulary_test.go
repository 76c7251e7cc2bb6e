package diagnose

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the list anew")

//go:generate go test -run ^TestTheKnownWordsAreThoseOfWhatIsKnown$ . -update

// knownWordsFile is written by TestTheKnownWordsAreThoseOfWhatIsKnown with -update.
const knownWordsFile = "safe/words/known.txt"

// TestTheKnownWordsAreThoseOfWhatIsKnown: whoever adds a provider or a specification
// adds its words to what may be quoted, and nobody keeps a second list by hand.
func TestTheKnownWordsAreThoseOfWhatIsKnown(t *testing.T) {
	found := map[string]bool{}
	for _, pattern := range []string{"catalogue/providers/*.json", "cite/headings.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s (%v)", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var doc any
			if err := json.Unmarshal(text, &doc); err != nil {
				t.Fatal(err)
			}
			wordsIn(doc, func(w string) { found[w] = true })
		}
	}
	var words []string
	for w := range found {
		words = append(words, w)
	}
	slices.Sort(words)
	want := strings.Join(words, "\n") + "\n"
	if *update {
		if err := os.WriteFile(knownWordsFile, []byte(want), fs.FileMode(0o644)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(knownWordsFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is out of date: run go generate ./diagnose", knownWordsFile)
	}
}

var (
	letters   = regexp.MustCompile(`[A-Za-z]{3,24}`)
	noSource  = []string{"source", "sources", "checked", "examples", "not_examples"}
	oneOfWord = regexp.MustCompile(`[^\s"'()\[\]{}<>,;:=&?|/]+`)
	joined    = regexp.MustCompile(`^[A-Za-z]+(?:[._'-][A-Za-z]+)*[.!]?$`)
)

// wordsIn calls each for the words of every text of a document. Where a fact was
// read is not said in anybody's response; and what has digits in it may be the
// beginning of a token.
func wordsIn(doc any, each func(string)) {
	switch v := doc.(type) {
	case map[string]any:
		for name, member := range v {
			if !slices.Contains(noSource, name) {
				wordsIn(member, each)
			}
		}
	case []any:
		for _, element := range v {
			wordsIn(element, each)
		}
	case string:
		for _, chunk := range oneOfWord.FindAllString(v, -1) {
			if !joined.MatchString(chunk) {
				continue
			}
			for _, w := range letters.FindAllString(chunk, -1) {
				each(strings.ToLower(w))
			}
		}
	}
}
