package read

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"grantwalk/diagnose"
)

// A long log is not read, it is searched: for the few words that stand in every
// error of a grant. Only around a hit is text looked at, and only once for lines
// that differ in nothing but numbers and ids.

// searches find the errors: each is a pass over the log. All codes of RFC 6749
// §5.2 and §4.1.2.1 have an underscore in them, which is rare in most logs and is
// found several times faster than a word; the errors of servers that put their
// own in the place of those codes begin with a capital.
var searches = []func([]byte) int{
	nextCode,
	func(buf []byte) int { return bytes.Index(buf, []byte("AADSTS")) },
	func(buf []byte) int { return bytes.Index(buf, []byte("NotAuthorizedException")) },
}

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
func scan(r io.Reader) (groups []Group, tail string, err error) {
	s := scanner{seed: maphash.MakeSeed(), known: map[uint64]*group{}, bySense: map[string]*group{}, next: make([]int, len(searches))}
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

type group struct {
	count       int
	first, last string // text that begins with, or holds, the time
	example     diagnose.Evidence
	ignored     bool // a word that looked like an error, and is none
}

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
	n := searches[i](buf[from:])
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

func digit(c byte) bool { return c >= '0' && c <= '9' }

// group finds or makes the group of the error whose line is buf[start:end].
func (s *scanner) group(buf []byte, before, start, end, hit int) *group {
	key := s.key(buf[start:end])
	stop := end
	if line := bytes.TrimSpace(buf[start:end]); len(line) < 80 && len(line) > 0 && (line[0] == '"' || line[0] == '\'' || line[0] == '{') {
		// A member on a line of its own: what is told apart is told by the next lines.
		for range 3 {
			n := bytes.IndexByte(buf[min(stop+1, len(buf)):], '\n')
			if n < 0 || stop+1+n-start > lookAhead {
				break
			}
			stop += 1 + n
		}
		key = s.key(buf[start:stop])
	}
	if g := s.known[key]; g != nil {
		return g
	}
	var g *group
	if s.parsed < maxParsed && len(s.order) < maxGroups {
		s.parsed++
		g = s.parse(buf, before, start, max(stop, s.entryEnd(buf, end)))
		s.known[key] = g
	} else {
		code := codeIn(string(buf[hit:min(len(buf), hit+60)]))
		g = s.sense(code, diagnose.Evidence{Refusal: diagnose.Refusal{Error: code}})
	}
	return g
}

// key is the line with every word that holds a digit taken out.
func (s *scanner) key(line []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for i := 0; i < len(line); {
		j, digits := i, false
		for j < len(line) && wordByte(line[j]) {
			digits = digits || digit(line[j])
			j++
		}
		switch {
		case j == i:
			h.WriteByte(line[i])
			j++
		case digits:
			h.WriteByte('#')
		default:
			h.Write(line[i:j])
		}
		i = j
	}
	return h.Sum64()
}

func wordByte(c byte) bool {
	return digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c >= 0x80
}

// parse reads the error with the lines around it.
func (s *scanner) parse(buf []byte, before, start, stop int) *group {
	line := plain(string(buf[entry(buf, before, start):stop]))
	r := readText(line)
	if !r.recognised || r.found.code == "authorization_pending" || r.found.code == "slow_down" {
		return &group{ignored: true}
	}
	around := plain(string(buf[before:start])) + line
	if r.grant == "" {
		r.grant = grantIn(around, r.found.description)
	}
	e := assemble(r.messages)
	r.complete(&e, around)
	sense := strings.Join([]string{e.Refusal.Error, string(senseOf(e.Refusal.Description)), e.Grant, e.Provider}, "\x00")
	for _, t := range e.TokenRequests {
		sense += "\x00" + t.Response.Error + string(senseOf(t.Response.Description))
	}
	return s.sense(sense, e)
}

// entry is where the entry begins that the line at start belongs to: the last
// line with a time before it, if it is near.
func entry(buf []byte, before, start int) int {
	at := start
	for range 6 {
		if hasClock(buf[at:min(len(buf), at+80)]) {
			return at
		}
		if at <= before+1 {
			break
		}
		at = before + bytes.LastIndexByte(buf[before:at-1], '\n') + 1
	}
	return start
}

// entryEnd is where the entry ends whose line ends at end: where the next line with
// a time begins, if this one has one, for what stands there is of another error.
func (s *scanner) entryEnd(buf []byte, end int) int {
	most := min(len(buf), end+lookBack)
	for at := end; s.stamped; {
		n := bytes.IndexByte(buf[at:most], '\n')
		if n < 0 {
			break
		}
		at += n + 1
		if timestamp().Match(buf[at:min(most, at+60)]) {
			return at
		}
	}
	return most
}

// senseOf is a description without the numbers and ids in it.
func senseOf(description string) []byte {
	var out []byte
	for word := range strings.FieldsSeq(description) {
		if strings.ContainsAny(word, "0123456789") && !strings.HasPrefix(word, "AADSTS") {
			word = "#"
		}
		out = append(append(out, word...), ' ')
	}
	return out
}

func (s *scanner) sense(sense string, example diagnose.Evidence) *group {
	g := s.bySense[sense]
	if g == nil {
		g = &group{example: example}
		s.bySense[sense] = g
		s.order = append(s.order, g)
	}
	return g
}

func (s *scanner) result() []Group {
	var out []Group
	for _, g := range s.order {
		if g.count > 0 {
			out = append(out, Group{Count: g.count, First: timeIn(g.first), Last: timeIn(g.last), Evidence: g.example})
		}
	}
	slices.SortStableFunc(out, func(a, b Group) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// timeIn is the last time in a text: the one that stands nearest to the line.
func timeIn(text string) string {
	found := timestamp().FindAllString(plain(text), -1)
	if len(found) == 0 {
		return ""
	}
	if hasClock([]byte(text[:min(len(text), 40)])) && len(text) <= 100 {
		return found[0]
	}
	return found[len(found)-1]
}
