package read

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/exchange"
)

// Requests and responses as tools print them, often with sentences of a person in between.

// A tool is a way of printing messages as text.
type tool struct {
	mark string                 // every text that the tool prints holds it
	is   func(text string) bool // asked of texts with the mark

	// read takes the messages that the tool printed out of the text. rest is the text without
	// them: the next tool reads it, and in the end it is what a person wrote.
	read func(text string, c *conversation) (rest string)
}

// tools are in this order because some print within their own lines what others print
// alone. Raw HTTP comes last.
var tools = []tool{
	{" bytes (0x", isTrace, readTrace},
	{"Follow: ", isFollow, readFollow},
	{"HTTP/", isVerbose, readVerbose},
	{": ", isPython, readPython},
	{"://", isMitmdump, readMitmdump},
	{`"Request Headers"`, isPostmanConsole, readPostmanConsole},
	{"Request URL", isNetworkTab, readNetworkTab},
	{"HTTP/", isRaw, readRaw},
}

// dumped reads whole messages out of the text.
func dumped(text string) (found []exchange.Exchange, rest string) {
	c := conversation{}
	for _, t := range tools {
		if t.printed(text) {
			text = t.read(text, &c)
		}
	}
	return c.found, text
}

// isDump reports whether a text that begins like this is a dump, and not a log.
func isDump(head string) bool {
	return slices.ContainsFunc(tools, func(t tool) bool { return t.printed(head) })
}

// printed reports whether the tool printed something in the text. Most expressions need
// not even be compiled then.
func (t tool) printed(text string) bool { return strings.Contains(text, t.mark) && t.is(text) }
