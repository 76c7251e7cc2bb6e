package read

import (
	"bytes"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// The output of curl -v, of tools that print as curl does, and Insomnia's timeline. Mails
// quote raw messages in the same way.

var (
	verboseStart = lazy.Regexp(`(?m)^(?:> [A-Z]+ \S+ HTTP/|[<>] HTTP/)`)

	// meter is a line of curl's progress meter. What curl prints next is on the same line.
	meter = lazy.Regexp(`^ *\d{1,3} +[\d.]+[kMGTP]? +\d{1,3} +[\d.]+[kMGTP]? +\d{1,3} +[\d.]+[kMGTP]? +[\d.]+[kMGTP]? +[\d.]+[kMGTP]? +[-\d:dh]+ +[-\d:dh]+ +[-\d:dh]+ +[\d.]+[kMGTP]?`)

	// note is what curl prints into the middle of a body: the body comes in blocks.
	note = lazy.Regexp(`(?:\* (?:Connection #\d+ to host \S+ left intact|Closing connection[ #\d]*|Connection #\d+ to host \S+:\d+ left intact)|[{}] \[\d+ bytes data\])$`)
)

func isVerbose(text string) bool { return verboseStart().MatchString(text) }

// A curlOutput is the state between the lines of curl's output.
type curlOutput struct {
	c    *conversation
	said strings.Builder
	h    half // the message that is being read
	mark byte // what its lines begin with
	part part
	body []byte

	torn  bool // a note tore the last line of the body; the next line goes on
	again bool // the head is being printed once more, as curl -i does
}

type part int

const (
	outside part = iota
	head
	body
)

func readVerbose(text string, c *conversation) (rest string) {
	v := curlOutput{c: c}
	for line := range strings.SplitSeq(text, "\n") {
		v.line(line)
	}
	v.flush()
	return v.said.String()
}

func (v *curlOutput) line(line string) {
	if at := meterEnd(line); at > 0 {
		v.body = bytes.TrimSuffix(v.body, []byte("\n")) // the carriage return that the meter begins with
		if line = line[at:]; line == "" {
			return
		}
	}
	switch {
	case strings.HasPrefix(line, "* "):
		v.c.secure = v.c.secure || strings.Contains(line, "SSL") || strings.Contains(line, "TLS")
	case isMarked(line) && (!v.torn || startsMessage(line[min(len(line), 2):])):
		v.marked(line)
	case strings.HasPrefix(line, "| "), line == "|":
		v.part = max(v.part, body)
		v.write(strings.TrimPrefix(line[1:], " ") + "\n")
	case strings.HasPrefix(line, "  % Total "), strings.HasPrefix(strings.TrimSpace(line), "Dload  Upload "):
	default:
		v.text(line)
	}
}

func isMarked(line string) bool {
	return strings.HasPrefix(line, "> ") || strings.HasPrefix(line, "< ") || line == ">" || line == "<"
}

// marked takes a line of a message. Mails quote a person in the same way.
func (v *curlOutput) marked(marked string) {
	line := strings.TrimPrefix(marked[1:], " ")
	switch {
	case startsMessage(line):
		v.flush()
		v.h, v.part, v.mark = half{start: line}, head, marked[0]
	case v.part == outside || v.mark != marked[0]:
		v.said.WriteString(marked + "\n")
	case v.part == head && line == "":
		v.part = body
	case v.part == head:
		v.h.header(line)
	default:
		v.write(line + "\n")
	}
}

// text takes a line without a mark, which is a body's or a person's.
func (v *curlOutput) text(line string) {
	at := note().FindStringIndex(line)
	v.torn = at != nil && at[0] > 0 || v.torn && at != nil
	switch {
	case v.again:
		v.again = line != ""
	case v.part == head && line == "":
		v.part = body // Insomnia marks no empty line
	case v.part == head && strings.HasPrefix(line, "{") && v.h.isResponse():
		v.part = body
		v.write(line + "\n")
	case at != nil && v.part == body:
		v.write(line[:at[0]])
	case at != nil:
	case startsMessage(line) && v.part == body && len(v.body) == 0 && line == v.h.start:
		v.again = true
	case startsMessage(line): // a person pasted more
		v.flush()
		v.said.WriteString(line + "\n")
	case v.part == body:
		v.write(line + "\n")
	default:
		v.said.WriteString(line + "\n")
	}
}

func (v *curlOutput) write(text string) { v.body = append(v.body, text...) }

// meterEnd is where the progress meter ends that the line begins with; 0: there is none.
func meterEnd(line string) int {
	if len(line) == 0 || line[0] != ' ' && !digit(line[0]) {
		return 0
	}
	return len(meter().FindString(line))
}

// flush hands the message on.
func (v *curlOutput) flush() {
	if v.part != outside {
		text := string(v.body)
		end := v.h.take(text)
		if v.h.open {
			v.said.WriteString(v.h.unclaimed())
		}
		v.said.WriteString(text[end:])
		v.c.add(v.h)
	}
	v.h, v.part, v.body, v.torn, v.again = half{}, outside, nil, false, false
}
