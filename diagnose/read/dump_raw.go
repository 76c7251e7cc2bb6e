package read

import "strings"

// Raw HTTP/1.1 messages, as RFC 9112 has them: in issues and documentation, and as proxies
// and Wireshark save them.

func isRaw(text string) bool {
	r := rawText{text: text, next: -1}
	return r.start(0) < len(text)
}

// A rawText is a text in which raw messages are looked for.
type rawText struct {
	text string
	next int // where the next line is that starts a message, as far as was looked
	said strings.Builder
}

func readRaw(text string, c *conversation) (rest string) {
	r := rawText{text: text, next: -1}
	for pos := 0; pos < len(text); {
		at := pos
		if !startsMessage(r.line(pos)) {
			at = r.start(pos)
		}
		r.say(text[pos:at])
		if at == len(text) {
			break
		}
		var h half
		h, pos = r.message(at)
		c.add(h)
	}
	return r.said.String()
}

// say keeps what is no message's own. Fiddler draws a line between two messages.
func (r *rawText) say(text string) {
	if strings.Trim(text, "-\r\n ") == "" {
		text = "\n"
	}
	r.said.WriteString(text)
}

func (r *rawText) line(pos int) string { return firstLine(r.text[pos:]) }

// after is where the line behind the one at pos begins.
func (r *rawText) after(pos int) int {
	if n := strings.IndexByte(r.text[pos:], '\n'); n >= 0 {
		return pos + n + 1
	}
	return len(r.text)
}

// start is where the next line begins that starts a message. It is looked for once, not
// for each message before it.
func (r *rawText) start(pos int) int {
	if pos > 0 && r.text[pos-1] != '\n' {
		pos = r.after(pos)
	}
	if r.next >= pos {
		return r.next
	}
	for pos < len(r.text) && !startsMessage(r.line(pos)) {
		pos = r.after(pos)
	}
	r.next = pos
	return pos
}

// message reads the message that starts at pos, and returns where it ends.
func (r *rawText) message(pos int) (h half, end int) {
	h.start = r.line(pos)
	pos = r.head(&h, r.after(pos))
	if pos == len(r.text) {
		return h, pos
	}
	body := r.text[pos:r.start(pos)]
	end = pos + h.take(body)
	if h.open {
		r.say(h.unclaimed())
	}
	return h, end
}

// head reads the headers and the empty line behind them. People leave that line out.
func (r *rawText) head(h *half, pos int) (end int) {
	for pos < len(r.text) {
		line := r.line(pos)
		switch {
		case line == "":
			return r.after(pos)
		case startsMessage(line), strings.HasPrefix(line, "{"), formLine().MatchString(line):
			return pos
		case !h.header(line):
			r.say(line + "\n")
		}
		pos = r.after(pos)
	}
	return pos
}
