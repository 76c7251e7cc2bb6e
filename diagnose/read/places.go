package read

import (
	"strings"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/safe"
)

// A source is a text with the place from which it is.
type source struct {
	text string
	file string // empty: standard input
	line int    // of its first line in the file, from 1; 0: not known
}

// A finder finds the lines of parts of a text. It looks for each part behind the one
// before, as far as they are in order.
type finder struct {
	source
	at     int // offset of the part that was found last
	lines  int // in front of it
	missed int // parts that were not found
}

// mostMissed is how many parts are looked for in vain. Each costs a pass over the text.
const mostMissed = 20

// place is where the part begins; of a part that is not found, the file alone is known.
func (f *finder) place(part string) exchange.Place {
	p := exchange.Place{File: f.file}
	if f.file == "" || part == "" || f.line == 0 || f.missed == mostMissed {
		return p
	}
	n := strings.Index(f.text[f.at:], part)
	if n < 0 {
		f.missed++
		return p
	}
	f.lines += strings.Count(f.text[f.at:f.at+n], "\n")
	f.at += n
	p.Line = f.line + f.lines
	return p
}

// messageAt is the place of a message of a capture.
func messageAt(file string, n int) exchange.Place {
	if file == "" {
		return exchange.Place{}
	}
	return exchange.Place{File: file, Message: n}
}

// placed gives each exchange that a text holds its place there.
func placed(from source, all []exchange.Exchange) []exchange.Exchange {
	f := finder{source: from}
	for i := range all {
		all[i].From = exchange.Place{File: from.file}
		if u := all[i].Request.URL; u != nil {
			if all[i].From = f.place(u.RequestURI()); all[i].From.Line == 0 {
				all[i].From = f.place(u.Path)
			}
		}
	}
	return all
}

// statements are the lines of a text that is what was said in the source. What was
// hidden in a line, and the end of a long one, does not count for its place.
func statements(from source, text string, like exchange.Statement) []exchange.Statement {
	const most = 80 // bytes that tell a line from others
	f := finder{source: from}
	var all []exchange.Statement
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			continue
		}
		part, _, _ := strings.Cut(strings.TrimSpace(line), "…")
		like.Text, like.At = safe.Foreign(line), f.place(part[:min(len(part), most)])
		all = append(all, like)
	}
	return all
}
