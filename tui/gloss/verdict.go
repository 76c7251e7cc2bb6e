package gloss

import (
	"fmt"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/ui"
)

// A Verdict is how a walk ended, in words.
type Verdict struct {
	Head    string
	Good    bool     // tokens were received, and no twist was accepted
	Finding bool     // Head says that the server accepted the twist
	Texts   []string // paragraphs below Head
}

// heads are by outcome.
var heads = map[diagnose.Outcome]string{
	diagnose.GotTokens:     "Tokens received: the flow works.",
	diagnose.Refused:       "Rejected by the server",
	diagnose.Denied:        "Access was denied",
	diagnose.StateMismatch: "A response came, but not to this request",
	diagnose.NoAnswer:      "No response came",
	diagnose.Interrupted:   "The walk was ended",
}

// VerdictOf puts the end of a walk in words: what the server said, then what became of
// the twist; nil: nothing was broken on purpose. An accepted twist matters more than the
// tokens that it led to, so it is the heading, but not more than an error.
func VerdictOf(o flow.Outcome, t *flow.TwistResult) Verdict {
	v := Verdict{Head: heads[o.Kind], Good: o.Kind == flow.GotTokens}
	texts := []string{ui.Sentence(o.Why)}
	if e := o.Error; e != nil {
		if e.Error != "" {
			v.Head += ": " + e.Error.String()
		}
		if e.Status != 0 {
			v.Head += fmt.Sprintf(" (HTTP %d)", e.Status)
		}
		quote := ""
		if e.Description != "" {
			quote = "“" + e.Description.String() + "”"
		}
		texts = append([]string{quote, e.URI.String()}, texts...)
	}
	switch {
	case t == nil:
	case t.Result == flow.TwistAccepted && o.Error == nil:
		if !v.Good {
			texts = append([]string{ui.Sentence(v.Head)}, texts...)
		}
		v.Head, v.Good, v.Finding = TwistHead(t), false, true
		texts = append([]string{t.Means}, texts...)
	default:
		texts = append(texts, Twist(t))
	}
	for _, text := range texts {
		if text != "" {
			v.Texts = append(v.Texts, text)
		}
	}
	return v
}

// twists are by the result of a twist; the twist's name follows.
var twists = map[string]string{
	flow.TwistAccepted:  "Finding: the server accepted the twist ",
	flow.TwistRejected:  "Twist rejected: ",
	flow.TwistNotPlayed: "Twist not played: ",
}

// TwistHead names a twist and its result.
func TwistHead(t *flow.TwistResult) string {
	if t.Unknown() {
		return "Twist without a result: " + string(t.Cause)
	}
	return twists[t.Result] + string(t.Cause)
}

// Twist is TwistHead with what the result means; empty without a twist.
func Twist(t *flow.TwistResult) string {
	if t == nil {
		return ""
	}
	return TwistHead(t) + ". " + t.Means
}
