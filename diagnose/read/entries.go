package read

import (
	"bufio"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// Some tools write the entries of a HAR file without the file around them: one alone, one
// a line, or as an array. DevTools write their own members, which begin with _, first.
var (
	entryStart  = lazy.Regexp(`^(?:\[\s*)?\{\s*"(?:startedDateTime|pageref|_initiator|_connectionId|_priority|_resourceType|_fromCache)"\s*:`)
	entryMember = lazy.Regexp(`"(?:startedDateTime|httpVersion|queryString|headersSize)"\s*:`)
	requestIn   = lazy.Regexp(`^(?:\[\s*)?\{[^{}\[\]]*"request"\s*:\s*\{`)
)

var entriesFormat = format{
	kind:  KindHAR,
	marks: []string{"startedDateTime", "pageref", "_initiator", "_connectionId", "_priority", "_resourceType", "_fromCache", `"request"`},
	is:    isEntry,
	read:  readEntries,
	name:  "an entry of a HAR file", instead: harFormat.instead,
}

func isEntry(head []byte) bool {
	return entryStart().Match(head) || requestIn().Match(head) && entryMember().Match(head)
}

func readEntries(r *bufio.Reader, k *keeper) error {
	err := sequence(r, isEntry, func(s *stream) error {
		return s.oneOrMany(func() error {
			x, err := readEntry(s)
			k.add(x)
			return err
		})
	})
	return faultOf("HAR entries", k.seen, err)
}
