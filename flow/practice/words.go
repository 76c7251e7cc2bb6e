package practice

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
)

// Other servers' words. Which words a server has for a refusal the catalogue
// knows, by the cause that the refusal is to the client.

// Dialects are the providers in whose words the server can refuse, sorted.
func Dialects() []string {
	var names []string
	for _, p := range catalogue.All() {
		if speaks(p) {
			names = append(names, p.Name)
		}
	}
	return names
}

// speaks reports whether a provider has words that a token endpoint can say.
func speaks(p *catalogue.Provider) bool {
	return slices.ContainsFunc(vocabulary(p), func(w *catalogue.Wording) bool {
		return w.Grant == "" || w.Grant == grantCode || w.Grant == grantRefresh
	})
}

// dialect finds a provider by name or alias. The error is a [*FaultError].
func dialect(name string) (*catalogue.Provider, error) {
	p, ok := catalogue.Find(name)
	switch {
	case !ok:
		return nil, &FaultError{"speak", safe.Typed(name), "there is no provider of that name", "grantwalk providers lists them: keycloak, google, github …"}
	case !speaks(p):
		return nil, &FaultError{"speak", safe.Typed(name), "its words are not known", "use one whose errors are: keycloak, google, github …"}
	}
	return p, nil
}

// vocabulary is what a provider's token endpoint can say: its own words, then
// those of the server that it is built with.
func vocabulary(p *catalogue.Provider) []*catalogue.Wording {
	var all []*catalogue.Wording
	for found := true; found; p, found = catalogue.Find(p.Base) {
		for i := range p.Wordings() {
			if w := &p.Wordings()[i]; shapes[w.Where] != nil {
				all = append(all, w)
			}
		}
	}
	return all
}

// wordsOf are the words that a provider most likely has for a refusal: of those
// for this grant the ones that mean this cause most often. Words about how the
// request is written come last, for it is written well. Of equals the ones are
// preferred that do not miss anything where nothing is missing, then those with the
// RFC's error code, then those of this grant alone, then those that have a text,
// then the ones that the catalogue has first. Nil: none are known.
func wordsOf(p *catalogue.Provider, grant string, r reason) *catalogue.Wording {
	cause := string(r.cause)
	better := func(a, b *catalogue.Wording) int {
		return cmp.Or(
			truth(b.Error == "invalid_request")-truth(a.Error == "invalid_request"),
			cmp.Compare(a.Causes[cause], b.Causes[cause]),
			truth(misses(a) == r.absence())-truth(misses(b) == r.absence()),
			truth(r.means(a.Error))-truth(r.means(b.Error)),
			truth(a.Grant == grant)-truth(b.Grant == grant),
			truth(a.Text != "")-truth(b.Text != ""),
		)
	}
	var best *catalogue.Wording
	for _, w := range vocabulary(p) {
		if w.Causes[cause] > 0 && (w.Grant == "" || w.Grant == grant) && !unasked(w, r) && (best == nil || better(w, best) > 0) {
			best = w
		}
	}
	return best
}

// misses reports whether words say that something is not there.
func misses(w *catalogue.Wording) bool {
	text := strings.ToLower(w.Text + w.Example + w.Mark)
	return strings.Contains(text, "missing") || strings.Contains(text, "not specified") || strings.Contains(text, "not present") || strings.Contains(text, "required")
}

// absence reports whether the reason is that something was not sent.
func (r reason) absence() bool {
	return strings.HasSuffix(r.id, "_missing") || strings.HasSuffix(r.id, "_absent")
}

// means reports whether a server that gives this error code speaks of what the
// reason's own code speaks of. Several take unauthorized_client for a client that
// they cannot authenticate.
func (r reason) means(code string) bool {
	return code == r.code || r.code == "invalid_client" && code == "unauthorized_client"
}

// unasked reports whether words are the answer to another request than this one.
// Servers have many codes for a grant or a client that they refuse, and the cause
// tells which. Anything else has a code of its own, which a client acts on (RFC
// 6749 §4.1.2.1, §5.2, OpenID Connect Core §3.1.2.6); under invalid_request words
// are as often as not about another parameter than the one that is wrong.
func unasked(w *catalogue.Wording, r reason) bool {
	switch r.code {
	case "invalid_grant", "invalid_client", "server_error":
		return slices.Contains([]string{"unsupported_grant_type", "unsupported_response_type", "invalid_scope"}, w.Error)
	case "invalid_request":
		return true
	}
	return w.Error != r.code
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shapes are the bodies in which servers refuse, by where the text stands. Of
// other places, such as a server's log, a client sees nothing.
var shapes = map[string]func(said) map[string]any{
	"": func(s said) map[string]any {
		return map[string]any{"error": s.code, "error_description": s.text}
	},
	"reason member": func(s said) map[string]any {
		return map[string]any{"error": s.code, "reason": s.text}
	},
	"error member": func(s said) map[string]any {
		return map[string]any{"error": s.text}
	},
	"message member": func(s said) map[string]any {
		return map[string]any{"status": s.status, "message": s.text}
	},
	"error_message member": func(s said) map[string]any {
		return map[string]any{"error_type": s.code, "code": s.status, "error_message": s.text}
	},
	"error.message member": func(s said) map[string]any {
		return map[string]any{"error": map[string]any{"message": s.text, "type": s.code, "code": s.status}}
	},
	"errorSummary member": func(s said) map[string]any {
		return map[string]any{"errorCode": s.code, "errorSummary": s.text}
	},
}

// said is a refusal in another server's words.
type said struct {
	status     int
	code, text string
	body       []byte
}

// say puts a refusal into words.
func say(w *catalogue.Wording, no *refusal) said {
	s := said{
		status: cmp.Or(w.Status, no.reason.status),
		code:   cmp.Or(w.Error, no.reason.code),
		text:   cmp.Or(w.Text, w.Example),
	}
	if no.misnamed {
		s.code, s.status = no.reason.code, no.reason.status
	}
	if strings.HasPrefix(s.text, "{") && json.Valid([]byte(s.text)) { // it is the whole body
		s.body = []byte(s.text)
		return s
	}
	name, mark := markOf(w.Mark)
	if s.text == "" && name == "" {
		s.text, mark = mark, ""
	}
	members := shapes[w.Where](s)
	if mark != "" && !strings.Contains(s.text, mark) {
		members[cmp.Or(name, "hint")] = mark
	}
	if members["error_description"] == "" {
		delete(members, "error_description")
	}
	s.body = encode(members)
	return s
}

// markOf takes the name of a member off a mark, where one stands before it
// ("error_reason user_locked"), or where the mark is an address.
func markOf(mark string) (name, rest string) {
	if name, rest, ok := strings.Cut(mark, " "); ok && strings.HasPrefix(name, "error_") {
		return name, rest
	}
	if strings.Contains(mark, "/errors/") {
		return "error_uri", "https://" + mark
	}
	return "", mark
}
