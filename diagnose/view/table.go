package view

import (
	"fmt"
	"strings"
	"time"
)

// A Row is one thing that the evidence shows, for a table beside the flow.
type Row struct {
	Name  string
	Value string
	Fits  Fit
}

// A Fit tells whether a row is as the flow demands.
type Fit int

// The fits. Where nothing can be compared, neither is claimed.
const (
	Untold Fit = iota
	Right
	Wrong
)

// Table compares what belongs together in the evidence: values of the two
// requests, the verifier and its challenge, the clocks.
func (v *View) Table() []Row {
	var rows []Row
	add := func(name, value string, fits Fit) { rows = append(rows, Row{name, value, fits}) }

	if v.Auth != nil && v.Auth.State != "" && v.Auth.Response.State != "" {
		value, fits := stateRow(v)
		add("state", value, fits)
	}
	if v.Auth != nil {
		add("redirect URI, authorization", v.Auth.RedirectURI.String(), Untold)
	}
	if v.Token == nil {
		return rows
	}
	if v.Auth != nil {
		add("redirect URI, token", v.Token.RedirectURI.String(), fit(v, "redirect_uris_compared"))
		add("client id", v.Token.ClientID.String(), fit(v, "clients_compared"))
	}
	add("client authentication", v.Token.ClientAuth, Untold)
	if age, ok := v.codeAge(); ok {
		value, fits := ageRow(v, age)
		add("code's age when sent", value, fits)
	}
	if v.Token.Code != "" {
		value, fits := sendsRow(v)
		add("code sent", value, fits)
		if v.Auth != nil && v.Auth.Response.Code != "" {
			value, fits := codeRow(v)
			add("code as it arrived", value, fits)
		}
	}
	if v.Auth != nil {
		value, fits := pkceRow(v)
		add("PKCE", value, fits)
	}
	if off, ok := clockOff(v.Token); ok {
		value, fits := clockRow(off)
		add("the server's clock", value, fits)
	}
	return rows
}

// fit is the verdict of a fact that compares two values. Values that differ differ, even
// if they may be of two logins.
func fit(v *View, name string) Fit {
	switch f, ok := v.Fact(name); {
	case !ok:
		return Untold
	case f.Verdict == Fits:
		return Right
	case strings.HasPrefix(f.State, "differ"):
		return Wrong
	}
	return Untold
}

func ageRow(v *View, age time.Duration) (value string, fits Fit) {
	value = Duration(age)
	switch life := v.codeLifetime(); {
	case life == 0:
		return value, Untold
	case age > life:
		return value + " of " + Duration(life), Wrong
	default:
		return value + " of " + Duration(life), Right
	}
}

func sendsRow(v *View) (value string, fits Fit) {
	n := 0
	for _, r := range v.TokenRequests {
		if r.Code == v.Token.Code {
			n++
		}
	}
	if n == 1 {
		return "once", Right
	}
	return fmt.Sprintf("%d times", n), Wrong
}

func codeRow(v *View) (value string, fits Fit) {
	if fit(v, "codes_compared") == Right {
		return "sent unchanged", Right
	}
	return "not what was sent", Wrong
}

func stateRow(v *View) (value string, fits Fit) {
	if !statesDiffer(v.Auth) {
		return "came back as it was sent", Right
	}
	return "not the one that was sent", Wrong
}

func pkceRow(v *View) (value string, fits Fit) {
	switch f, ok := v.Fact("verifier_hashed"); {
	case !ok && (v.Auth.Challenge != "" || v.Auth.Hides("code_challenge")):
		return "not compared", Untold
	case !ok:
		return "not used", Untold
	case f.Verdict == Fits:
		return f.Says, Right
	default:
		return f.Says, Wrong
	}
}

func clockRow(off time.Duration) (value string, fits Fit) {
	switch {
	case off.Abs() <= clockSlack:
		return "agrees with ours", Right
	case off > 0:
		return Duration(off.Round(time.Second)) + " ahead of ours", Wrong
	default:
		return Duration(-off.Round(time.Second)) + " behind ours", Wrong
	}
}
