package read

import (
	"strings"

	"example.com/grantwalk/diagnose/exchange"
)

// A collector puts inputs together.
type collector struct {
	kind     string
	captured []exchange.Exchange // of HAR files
	walks    []*savedWalk
	readings []reading
	groups   []Group
	single   []Group // errors that stand in a text alone: groups beside those of a log
	warnings []string
	room     int64 // bytes that containers may still hold
}

// take takes what was read out of a text.
func (c *collector) take(read reading) {
	c.readings = append(c.readings, read)
	for _, s := range shorteners {
		if strings.Contains(read.from.text, s.mark) {
			c.warnings = append(c.warnings, Input{Name: read.from.file}.called()+": "+s.warning)
		}
	}
	if c.kind == "" || c.kind == KindNothing {
		c.kind = read.kind
	}
	if read.stamped > 1 {
		if groups, _, _ := scan(read.from.file, strings.NewReader(read.text)); len(groups) > 1 || len(groups) == 1 && groups[0].Count > 1 {
			c.groups = append(c.groups, groups...)
			return
		}
	}
	if read.recognised {
		e := assemble(read.messages)
		complete(&e, []reading{read})
		c.single = append(c.single, Group{Count: 1, Evidence: e})
	}
}

func (c *collector) warn(in Input, what string) {
	c.warnings = append(c.warnings, in.called()+": "+what)
}
