package read

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

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
		code := exchange.ErrorCode(string(buf[hit:min(len(buf), hit+60)]))
		g = s.sense(code, evidence.Evidence{ErrorResponse: evidence.ErrorResponse{Error: safe.Foreign(code)}})
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
	begin := entry(buf, before, start)
	line := source{text: plain(string(buf[begin:stop])), file: s.file, line: s.lineAt(buf, begin)}
	r := readText(line)
	if !r.recognised || r.found.code == "authorization_pending" || r.found.code == "slow_down" {
		return &group{ignored: true}
	}
	aroundIt := source{text: plain(string(buf[before:begin])) + line.text, file: s.file, line: s.lineAt(buf, before)}
	if r.grant == "" {
		r.grant = grantIn(aroundIt.text, r.found.description)
	}
	e := assemble(r.messages)
	r.from, r.text = aroundIt, aroundIt.text
	complete(&e, []reading{r})
	sense := strings.Join([]string{e.ErrorResponse.Error.Raw(), string(senseOf(e.ErrorResponse.Description.Raw())), e.Grant, e.Provider.Raw()}, "\x00")
	for _, t := range e.TokenRequests {
		sense += "\x00" + t.Response.Error.Raw() + string(senseOf(t.Response.Description.Raw()))
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

// entryEnd is where the entry ends whose line ends at end: where the next line with a time
// begins, if this one has one, or else the next line with an error, for that is another.
func (s *scanner) entryEnd(buf []byte, end int) int {
	most := min(len(buf), end+lookBack)
	for at := end; ; {
		n := bytes.IndexByte(buf[at:most], '\n')
		if n < 0 {
			return most
		}
		at += n + 1
		line, _, _ := bytes.Cut(buf[at:most], newline)
		if s.stamped && timestamp().Match(line[:min(len(line), 60)]) || !s.stamped && nextCode(line) >= 0 {
			return at
		}
	}
}

// senseOf is a description without the numbers and ids in it.
func senseOf(description string) []byte {
	var out []byte
	for word := range strings.FieldsSeq(description) {
		if strings.ContainsAny(word, "0123456789") && !catalogue.BeginsWithErrorName(word) {
			word = "#"
		}
		out = append(append(out, word...), ' ')
	}
	return out
}

func (s *scanner) sense(sense string, example evidence.Evidence) *group {
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
	text = plain(text)
	var found []string
	for _, at := range timestamp().FindAllStringIndex(text, -1) {
		before, after := text[:at[0]], text[at[1]:]
		alone := !strings.HasSuffix(before, ":") && !strings.HasPrefix(after, ":") // six numbers in hexadecimal hold three in decimal
		if stamp := text[at[0]:at[1]]; alone && safe.Quote(stamp, len(stamp)) == stamp {
			found = append(found, stamp)
		}
	}
	if len(found) == 0 {
		return ""
	}
	if hasClock([]byte(text[:min(len(text), 40)])) && len(text) <= 100 {
		return found[0]
	}
	return found[len(found)-1]
}
