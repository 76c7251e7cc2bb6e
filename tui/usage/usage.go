// Package usage words what is wrong with settings: for the command line, where they are
// flags, and for the form, where they are fields.
package usage

import (
	"errors"
	"fmt"
	"strings"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
)

// Error is a setting that cannot be used, in words: which, what it says, what is wrong
// with it and what to do.
type Error struct {
	Setting string // the flag's name without dashes: "redirect-uri"
	Value   string
	Problem string
	Remedy  string
}

func (e *Error) Error() string {
	s := "--" + e.Setting
	if e.Value != "" {
		s += fmt.Sprintf(" %q", safe.Text(e.Value, 200))
	}
	return s + ": " + e.Problem
}

// Hint is what to do about it.
func (e *Error) Hint() string { return e.Remedy }

// Worded is the error with a [flow.Problem] in it as an [*Error] in the words of the
// command line; any other error is returned as it is.
func Worded(err error) error {
	if p := (*flow.Problem)(nil); errors.As(err, &p) {
		return Flags(p)
	}
	return err
}

// Flags words a problem for the command line.
func Flags(p *flow.Problem) *Error { return within(say(p, wordingOf(p), flagOf), p, Flags) }

// Form words a problem for the form.
func Form(p *flow.Problem) *Error {
	w := wordingOf(p)
	if w.inForm.problem != "" {
		w.problem = w.inForm.problem
	}
	if w.inForm.remedy != "" {
		w.remedy = w.inForm.remedy
	}
	return within(say(p, w, fieldOf), p, Form)
}

func say(p *flow.Problem, w wording, name func(*flow.Problem) string) *Error {
	return &Error{Setting: setting(p.Field), Value: p.Value, Problem: fill(p, w.problem, name), Remedy: fill(p, w.remedy, name)}
}

// within adds what is wrong with the part of a setting that has the fault.
func within(e *Error, p *flow.Problem, words func(*flow.Problem) *Error) *Error {
	if p.Within != nil {
		part := words(p.Within)
		e.Problem, e.Remedy = e.Problem+": "+part.Problem, part.Remedy
	}
	return e
}

// setting is the name of a field as a flag without dashes.
func setting(f flow.Field) string { return strings.ReplaceAll(string(f), "_", "-") }

// fill puts the arguments and the other setting's name into a text.
func fill(p *flow.Problem, text string, name func(*flow.Problem) string) string {
	pairs := []string{"{instead}", name(p)}
	for i, arg := range p.Args {
		pairs = append(pairs, fmt.Sprintf("{%d}", i), arg)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// flagOf is the flag to use instead.
func flagOf(p *flow.Problem) string {
	switch p.Instead {
	case "":
		return ""
	case flow.FieldParam:
		if len(p.Args) > 0 {
			return "--param " + p.Args[0] + "=…"
		}
		return "--param"
	case flow.FieldClientSecret:
		return "--client-secret-file"
	}
	return "--" + setting(p.Instead)
}

// fieldOf is the field of the form to use instead.
func fieldOf(p *flow.Problem) string {
	switch p.Instead {
	case flow.FieldClientID:
		return "Client id below"
	case flow.FieldClientSecret:
		return "Client secret below"
	case flow.FieldRedirectURI:
		return "Redirect URI below"
	case flow.FieldScope:
		return "Scopes below"
	case flow.FieldPKCE:
		return "PKCE below"
	case flow.FieldParam:
		return "the flag " + flagOf(p) + " of grantwalk walk"
	}
	return ""
}
