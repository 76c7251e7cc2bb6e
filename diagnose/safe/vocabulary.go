package safe

import (
	_ "embed"
	"strings"
)

// The vocabulary is what [Quote] knows to be harmless. It holds words, never
// values: a random string of five letters is in it once in three thousand times,
// one of eight letters once in thirty million.
var (
	// Common English: SCOWL sizes 10 and 20, and of the rarer words of sizes 35 to 50
	// those of five or six letters and more. Its license is words/LICENSE.
	//go:embed words/common.txt
	commonWords string

	// The words of the catalogue, of the specifications' headings, of the model and
	// of the program's own sentences. Written by a test of package diagnose.
	//go:embed words/known.txt
	knownWords string

	// Words of the trade that are in neither: protocols, formats, programs,
	// languages, members of responses.
	//go:embed words/trade.txt
	tradeWords string

	// Names with a capital inside, as their owners write them.
	//go:embed words/brands.txt
	brandWords string

	// How numbered errors of servers and libraries begin.
	//go:embed words/errors.txt
	errorWords string
)

// inVocabulary reports whether the word, in lower case, is one of them.
func inVocabulary(word string) bool {
	return holds(commonWords, word) || holds(knownWords, word) || holds(tradeWords, word)
}

// ofTrade reports whether the word, in lower case, is one of the catalogue's or of the
// trade's: what servers and logs speak of, and the words between. Words at random
// hardly ever are.
func ofTrade(word string) bool {
	return len(word) <= 2 && inVocabulary(word) || holds(knownWords, word) || holds(tradeWords, word)
}

// holds searches a sorted list, a word a line. It splits nothing and keeps
// nothing, so that a command that quotes nothing pays nothing.
func holds(list, word string) bool {
	for list != "" {
		middle := len(list) / 2
		start := strings.LastIndexByte(list[:middle], '\n') + 1
		end := strings.IndexByte(list[start:], '\n')
		if end < 0 {
			end = len(list) - start
		}
		end += start
		switch c := strings.Compare(word, list[start:end]); {
		case c == 0:
			return true
		case c < 0:
			list = list[:start]
		default:
			list = list[min(end+1, len(list)):]
		}
	}
	return false
}
