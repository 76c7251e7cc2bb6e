package read

import (
	"crypto/sha256"
	"slices"
	"sort"
	"strings"
	"time"

	"example.com/grantwalk/diagnose/exchange"
)

// A run is what a side of a connection sent without a packet missing in it. Its last message
// may lack its end if a packet is missing behind it.
type run struct {
	text   string
	parts  []stretch
	broken bool // a packet is missing behind it
}

// A stretch is a part of a run, and when it was sent.
type stretch struct {
	end int // where in the text the part ends, in bytes
	at  time.Time
}

// runs are what the side sent, without what was sent again. Of a direction with very many
// gaps the first are kept.
func (d *direction) runs() []run {
	const most = 1000
	slices.SortStableFunc(d.segments, func(a, b segment) int { return int(int32(a.number-d.first)) - int(int32(b.number-d.first)) })
	var all []run
	var text strings.Builder
	var parts []stretch
	sent := 0 // bytes, with those that are missing
	for _, s := range d.segments {
		skip := sent - int(int32(s.number-d.first))
		if skip < 0 {
			if len(all) == most {
				break
			}
			all = append(all, run{text.String(), parts, true})
			text, parts = strings.Builder{}, nil
			sent, skip = sent-skip, 0
		}
		if skip < len(s.data) {
			text.Write(s.data[skip:])
			sent += len(s.data) - skip
			parts = append(parts, stretch{text.Len(), s.at})
		}
	}
	return append(all, run{text.String(), parts, false})
}

// timeOf is when the byte was sent.
func (r run) timeOf(at int) time.Time {
	i := sort.Search(len(r.parts), func(i int) bool { return at < r.parts[i].end })
	if i == len(r.parts) {
		return time.Time{}
	}
	return r.parts[i].at
}

// exchanges are those of all connections, in the order in which these were opened.
func (t *tcp) exchanges() []exchange.Exchange {
	var all []exchange.Exchange
	seen := map[[sha256.Size]byte]relayed{}
	for _, c := range t.all {
		client := 0
		requests, responses := c.sides[0].runs(), c.sides[1].runs()
		if !isRequest(requests[0].text) && (isRequest(responses[0].text) || isResponse(requests[0].text)) {
			client, requests, responses = 1, responses, requests
		}
		for _, r := range [][]run{requests, responses} {
			t.hidden = t.hidden || isHidden(r[0].text)
			if len(r) > 1 {
				t.gaps++
			}
		}
		if (requests[0].text == "") != (responses[0].text == "") {
			t.oneSided++
		}
		for _, x := range t.inConnection(requests, responses) {
			if now := (relayed{c.ends[client], c.ends[1-client], x}); !now.again(seen) {
				all = append(all, x)
			}
		}
	}
	return all
}

func isRequest(text string) bool {
	m, ok := startLine(text)
	return ok && m.method != ""
}

func isResponse(text string) bool {
	m, ok := startLine(text)
	return ok && m.status != 0
}

// isHidden reports whether the text begins with a record of TLS (RFC 8446 §5.1) or with the
// preface of HTTP/2 (RFC 9113 §3.4).
func isHidden(text string) bool {
	record := len(text) > 2 && text[0] >= 0x14 && text[0] <= 0x17 && text[1] == 3 && text[2] <= 4
	return record || strings.HasPrefix(text, "PRI * HTTP/2.0")
}

// A relayed exchange is one that both sides of a proxy or of an address translation may have
// recorded: on other connections, one within the time of the other.
type relayed struct {
	client, server string
	exchange.Exchange
}

// again reports whether the exchange was seen on the other side before.
func (x relayed) again(seen map[[sha256.Size]byte]relayed) bool {
	if x.SentAt.IsZero() || x.ReceivedAt.IsZero() {
		return false
	}
	path := ""
	if x.Request.URL != nil {
		path = x.Request.URL.RequestURI()
	}
	var what strings.Builder
	for _, part := range []string{x.Request.Method, path, x.Response.Location, x.Response.Body} {
		what.WriteString(part + "\x00")
	}
	for _, p := range x.Request.Params() {
		what.WriteString(p.Name + "\x00" + p.Value + "\x00")
	}
	key := sha256.Sum256([]byte(what.String()))
	before, ok := seen[key]
	if seen[key] = x; !ok {
		return false
	}
	host := func(end string) string { return end[:strings.LastIndexByte(end, ':')] }
	moved := host(before.client) != host(x.client) || before.server != x.server
	return moved && (before.around(x) || x.around(before))
}

func (x relayed) around(inner relayed) bool {
	return !inner.SentAt.Before(x.SentAt) && !inner.ReceivedAt.After(x.ReceivedAt)
}

// A sentMessage is a message of one side.
type sentMessage struct {
	head    messageHead
	body    string
	cut     bool      // packets are missing in it
	at, end time.Time // of its first and its last byte
}

// inConnection ties the responses to the requests, which come in the same order (RFC 9112
// §9.3.2). Where packets are missing, the times tell.
func (t *tcp) inConnection(requests, responses []run) []exchange.Exchange {
	sent := messagesIn(requests, func(int) bool { return false })
	received := messagesIn(responses, func(i int) bool { return i < len(sent) && sent[i].head.method == "HEAD" })
	sent = slices.DeleteFunc(sent, func(m sentMessage) bool { return m.head.method == "" })
	received = slices.DeleteFunc(received, func(m sentMessage) bool { return m.head.status == 0 })
	var all []exchange.Exchange
	for _, m := range sent {
		if m.head.method == "CONNECT" {
			t.hidden = true
			return all
		}
		all = append(all, exchange.Exchange{Request: m.head.requestOf(m.body, m.cut), SentAt: m.at})
	}
	ordered := len(requests) == 1 && len(responses) == 1
	next := 0
	for _, m := range received {
		if !ordered {
			for next+1 < len(all) && !all[next+1].SentAt.After(m.at) {
				next++
			}
		}
		if next >= len(all) || all[next].Response.Status != 0 || !ordered && all[next].SentAt.After(m.at) {
			all = append(all, alone(exchange.Exchange{Response: m.head.response(m.body), ReceivedAt: m.end}, ""))
			continue
		}
		all[next].Response, all[next].ReceivedAt = m.head.response(m.body), m.end
		if ordered {
			next++
		}
	}
	return slices.DeleteFunc(all, func(x exchange.Exchange) bool { return x.Request.Method == "" })
}

// messagesIn reads the messages of one side. Interim responses are passed over (RFC 9110
// §15.2). toHead reports whether the response with that number is one to HEAD.
func messagesIn(runs []run, toHead func(int) bool) []sentMessage {
	var all []sentMessage
	for n, r := range runs {
		text := trimLines(r.text)
		if n > 0 { // in the middle of a message, as a rule
			_, text = untilStart(text)
		}
		for text != "" {
			m, behind, ok := parseHead(text)
			if !ok || !strings.Contains(text, "\n\r\n") && !strings.Contains(text, "\n\n") {
				break // its head is not whole
			}
			s := sentMessage{head: m, at: r.timeOf(len(r.text) - len(text))}
			s.body, text, ok = m.framed(behind, m.status != 0 && toHead(len(all)))
			if !ok {
				s.body, text = untilStart(behind)
				s.cut = true
			}
			s.cut = s.cut || text == "" && r.broken && len(s.body) != m.length()
			s.end = r.timeOf(len(r.text) - len(text) - 1)
			if text = trimLines(text); m.status/100 != 1 {
				all = append(all, s)
			}
		}
	}
	return all
}

// alone is a response without its request. An OAuth error is the token endpoint's, whatever
// the request had in it.
func alone(x exchange.Exchange, address string) exchange.Exchange {
	x.Request = exchange.Request{Body: exchange.Missing}
	x.Request.SetURL(address)
	if said, ok := x.Response.Error(); ok && exchange.HasErrorCode(said.Error.Raw()) {
		x.Kind, x.Request.Method = exchange.Token, "POST"
	}
	return x
}
