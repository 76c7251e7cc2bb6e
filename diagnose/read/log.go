package read

import (
	"bytes"
	"hash/maphash"
	"io"
	"slices"
	"sync"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
)

// A long log is not read, it is searched: for the few words that stand in every
// error of a grant. Only around a hit is text looked at, and only once for lines
// that differ in nothing but numbers and ids.

// searches find the errors: each is a pass over the log. All codes of RFC 6749
// §5.2 and §4.1.2.1 have an underscore in them, which is rare in most logs and is
// found several times faster than a word; the errors of servers that put their
// own in the place of those codes begin with a capital.
var searches = sync.OnceValue(func() []func([]byte) int {
	all := []func([]byte) int{nextCode}
	for _, name := range catalogue.ErrorNames() {
		all = append(all, func(buf []byte) int { return bytes.Index(buf, []byte(name)) })
	}
	return all
})

// halves are the codes that are searched for, by what stands before an
// underscore and what may stand behind it.
var halves = []struct {
	before []byte
	behind [][]byte
}{
	{[]byte("invalid"), [][]byte{[]byte("grant"), []byte("client"), []byte("request"), []byte("scope"), []byte("token"), []byte("code"), []byte("refresh")}},
	{[]byte("access"), [][]byte{[]byte("denied")}},
	{[]byte("unauthorized"), [][]byte{[]byte("client")}},
	{[]byte("bad"), [][]byte{[]byte("verification_code")}},
}

// nextCode is where the next code begins; -1: there is none.
func nextCode(buf []byte) int {
	for from := 0; ; {
		n := bytes.IndexByte(buf[from:], '_')
		if n < 0 {
			return -1
		}
		n += from
		if h := halfBefore(buf[:n]); h >= 0 && slices.ContainsFunc(halves[h].behind, func(w []byte) bool { return bytes.HasPrefix(buf[n+1:], w) }) {
			return n - len(halves[h].before)
		}
		from = n + 1
	}
}

// halfBefore is the place in halves of what the text ends with; -1: of nothing there.
func halfBefore(text []byte) int {
	if n := len(text); n == 0 || text[n-1] != 'd' && text[n-1] != 's' {
		return -1 // most underscores end here
	}
	for i, h := range halves {
		if bytes.HasSuffix(text, h.before) {
			return i
		}
	}
	return -1
}

// Bounds of the search, in bytes but for the last two.
const (
	chunk     = 1 << 20
	lookBack  = 1 << 10
	lookAhead = 4 << 10
	maxParsed = 1000 // lines that are read in full; what then comes new is told apart by its code alone
	maxGroups = 200
)

// scan groups the errors of a log, most frequent first. Where there is none it
// returns the end of the log instead.
func scan(file string, r io.Reader) (groups []Group, tail string, err error) {
	s := scanner{file: file, seed: maphash.MakeSeed(), known: map[uint64]*group{}, bySense: map[string]*group{}, next: make([]int, len(searches()))}
	buf := make([]byte, 0, chunk+lookBack+lookAhead)
	for err == nil {
		var n int
		n, err = io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		done := s.search(buf, err != nil)
		keep := max(0, done-lookBack)
		tail = "" // only the end of the last chunk is wanted
		if err != nil {
			tail = string(buf[max(0, len(buf)-small):])
		}
		s.lines, s.counted = s.lineAt(buf, keep)-1, 0
		s.at = done - keep
		s.quietUntil -= keep
		buf = buf[:copy(buf, buf[keep:])]
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return s.result(), tail, err
}

type scanner struct {
	file    string
	lines   int // before the part of the buffer that is not counted yet
	counted int // up to where its lines are counted

	seed    maphash.Seed
	known   map[uint64]*group // by the line, numbers and ids aside
	bySense map[string]*group // by what the error says
	order   []*group
	parsed  int

	at         int   // where in the buffer the search goes on
	next       []int // the next hit of each search; -1: none in this buffer
	quietUntil int   // the end of the entry that was counted last
	stamped    bool  // that entry began with a time
}

// lineAt is the number of the line at an offset of the buffer, from 1.
func (s *scanner) lineAt(buf []byte, at int) int {
	if at < s.counted {
		return s.lines - bytes.Count(buf[at:s.counted], newline) + 1
	}
	s.lines += bytes.Count(buf[s.counted:at], newline)
	s.counted = at
	return s.lines + 1
}

var newline = []byte{'\n'}

// search looks through the buffer and returns up to where it did: hits too close
// to its end wait for what follows them.
func (s *scanner) search(buf []byte, atEnd bool) int {
	limit := len(buf) - lookAhead
	if atEnd {
		limit = len(buf)
	}
	for i := range s.next {
		s.next[i] = s.at
		s.advance(buf, i)
	}
	for {
		hit := -1
		for _, n := range s.next {
			if n >= 0 && (hit < 0 || n < hit) {
				hit = n
			}
		}
		if hit < 0 || hit >= limit {
			return max(s.at, limit)
		}
		end := s.take(buf, hit)
		for i, n := range s.next {
			if n >= 0 && n < end {
				s.next[i] = end
				s.advance(buf, i)
			}
		}
		s.at = end
	}
}

func (s *scanner) advance(buf []byte, i int) {
	from := s.next[i]
	if from > len(buf) {
		s.next[i] = -1
		return
	}
	n := searches()[i](buf[from:])
	if n < 0 {
		s.next[i] = -1
		return
	}
	s.next[i] = from + n
}

// take counts the error at hit and returns where its line ends.
func (s *scanner) take(buf []byte, hit int) int {
	start := max(bytes.LastIndexByte(buf[max(0, hit-lookBack):hit], '\n')+1+max(0, hit-lookBack), 0)
	end := min(len(buf), hit+lookAhead)
	if n := bytes.IndexByte(buf[hit:end], '\n'); n >= 0 {
		end = hit + n
	}
	clock := hasClock(buf[start:min(end, start+80)])
	if !clock && s.stamped && start-s.quietUntil < 300 && s.quietUntil > 0 {
		s.quietUntil = end
		return end // the same entry goes on
	}
	s.quietUntil, s.stamped = end, clock
	before := max(0, start-lookBack)
	g := s.group(buf, before, start, end, hit)
	if g.ignored {
		return end
	}
	if g.count == 0 {
		g.first = stamp(buf, before, start)
	}
	g.count++
	g.last = stamp(buf, before, start)
	return end
}

// stamp is the text that holds the time of the line at start: the line, or what
// stands before it.
func stamp(buf []byte, before, start int) string {
	head := buf[start:min(len(buf), start+100)]
	if hasClock(head) {
		return string(head)
	}
	return string(buf[before:start])
}

// hasClock: two digits, a colon, two digits.
func hasClock(text []byte) bool {
	for i := 2; i+2 < len(text); i++ {
		if text[i] == ':' && digit(text[i-2]) && digit(text[i-1]) && digit(text[i+1]) && digit(text[i+2]) {
			return true
		}
	}
	return false
}

// A group is errors that say the same, while the log is searched.
type group struct {
	count       int
	first, last string // text that begins with, or holds, the time
	example     evidence.Evidence
	ignored     bool // a word that looked like an error, and is none
}
