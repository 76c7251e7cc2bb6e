package read

import (
	"net/url"
	"strings"

	"example.com/grantwalk/diagnose/wire"
)

// A value is an expression of a programming language, as far as its value is in the text.
type value struct {
	kind  kind
	text  string
	items []member // of an object, a list or a call's arguments
	media string   // what the expression makes of an object: a form or JSON
	cut   bool     // members are not in the text
}

type kind int

const (
	nothing kind = iota // null, None, undefined
	scalar              // a string, a number or what is not known
	object
	list
)

// A member is one of an object, or an argument. Without a name it is an item of a list.
type member struct {
	name  string
	value value
}

func (v value) get(name string) value {
	for _, m := range v.items {
		if strings.EqualFold(m.name, name) {
			return m.value
		}
	}
	return value{}
}

// at is the argument or item at a place, counted without those that have names.
func (v value) at(i int) value {
	for _, m := range v.items {
		if m.name != "" {
			continue
		}
		if i == 0 {
			return m.value
		}
		i--
	}
	return value{}
}

// params are the members of an object, or pairs of a list, as parameters.
func (v value) params() []wire.Param {
	var all []wire.Param
	for _, m := range v.items {
		switch {
		case v.kind == list && len(m.value.items) == 2:
			all = append(all, wire.Param{Name: m.value.at(0).text, Value: m.value.at(1).text})
		case v.kind == object && m.value.kind != nothing:
			all = append(all, wire.Param{Name: m.name, Value: m.value.text})
		}
	}
	return all
}

// encoded is an object as a form.
func (v value) encoded() string {
	var pairs []string
	for _, p := range v.params() {
		pairs = append(pairs, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
	}
	return strings.Join(pairs, "&")
}
