package read

import (
	"bufio"
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// tshark -T json writes an array of packets, and -T ek one packet a line behind a line
// that names an index of Elasticsearch.
var tsharkStart = lazy.Regexp(`^(?:\[\s*\{\s*"_index"\s*:\s*"packets-|\[\s*\{\s*"_source"\s*:\s*\{\s*"layers"|\{\s*"index"\s*:\s*\{\s*"_index"\s*:\s*"packets-|\{\s*"timestamp"\s*:\s*"?\d+"?\s*,\s*"layers"\s*:)`)

var tsharkFormat = format{
	kind:  KindHAR,
	marks: []string{"packets-", `"layers"`},
	is:    isTshark,
	read:  readTshark,
	name:  "a packet capture that tshark printed", instead: "Export it again with tshark -r FILE -Y http -T json, and give the whole output. Or save a HAR file in the browser instead.",
}

func isTshark(head []byte) bool { return tsharkStart().Match(head) }

// layersRead are the protocols whose fields are read.
var layersRead = map[string]bool{"frame": true, "tcp": true, "http": true, "http2": true, "urlencoded-form": true, "json": true}

func readTshark(r *bufio.Reader, k *keeper) error {
	p := packets{k: k}
	err := sequence(r, isTshark, func(s *stream) error {
		return s.oneOrMany(func() error { return p.document(s) })
	})
	if err != nil {
		_ = p.finish() // what came before the fault is used
		return faultOf("packets", k.seen, err)
	}
	return p.finish()
}

// document reads a packet. -T json has its layers in _source, -T ek has them outside.
func (p *packets) document(s *stream) error {
	err := s.members(func(name string) error {
		switch name {
		case "_source":
			return p.document(s)
		case "layers":
			return s.members(func(layer string) error { return p.layer(s, layer) })
		}
		return s.skip()
	})
	p.end()
	return err
}

// layer reads a protocol of a packet, or a field, where tshark was told which to print (-e).
func (p *packets) layer(s *stream, name string) error {
	p.hidden = p.hidden || isTLS(name)
	c, err := s.next()
	switch {
	case err != nil:
		return err
	case (c == '{' || c == '[') && !layersRead[name] && packetFields[strings.ReplaceAll(name, ".", "_")] == nil:
		return s.skip()
	}
	return p.value(s, name, name, 0)
}

// deepest bounds how far layers nest. tshark's own are a few deep.
const deepest = 20

// value reads a field, or those within it.
func (p *packets) value(s *stream, layer, name string, depth int) error {
	c, err := s.next()
	switch {
	case err != nil:
		return err
	case depth == deepest:
		return s.skip()
	case c == '{':
		return s.members(func(name string) error { return p.value(s, layer, name, depth+1) })
	case c == '[':
		return s.elements(func() error { return p.value(s, layer, name, depth+1) })
	}
	field := strings.TrimPrefix(strings.ReplaceAll(name, ".", "_"), layer+"_")
	if packetFields[field] == nil {
		field = strings.ReplaceAll(name, ".", "_")
	}
	if packetFields[field] == nil {
		return s.skip()
	}
	text, err := s.text(maxPrinted)
	p.field(field, text)
	return err
}

// maxPrinted is enough for a body that is printed as 7b:22:….
const maxPrinted = 3 * maxContent
