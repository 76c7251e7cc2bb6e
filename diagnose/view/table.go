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

	if v.Auth != nil {
		add("redirect URI, authorization", v.Auth.RedirectURI.String(), Untold)
	}
	if v.Token == nil {
		return rows
	}
	if v.Auth != nil {
		add("redirect URI, token", v.Token.RedirectURI.String(), v.fit("redirect_uris_compared"))
		add("client id", v.Token.ClientID.String(), v.fit("clients_compared"))
	}
	add("client authentication", v.Token.ClientAuth, Untold)
	if age, ok := v.codeAge(); ok {
		add(v.ageRow(age))
	}
	if v.Token.Code != "" {
		add(v.sendsRow())
		if v.Auth != nil && v.Auth.Response.Code != "" {
			add(v.codeRow())
		}
	}
	if v.Auth != nil {
		add(v.pkceRow())
	}
	if off, ok := clockOff(v.Token); ok {
		add(clockRow(off))
	}
	return rows
}

// fit is the verdict of a fact that compares two values. Values that differ differ, even
// if they may be of two logins.
func (v *View) fit(name string) Fit {
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

func (v *View) ageRow(age time.Duration) (name, value string, fits Fit) {
	name, value = "code's age when sent", short(age)
	switch life := v.codeLifetime(); {
	case life == 0:
		return name, value, Untold
	case age > life:
		return name, value + " of " + short(life), Wrong
	default:
		return name, value + " of " + short(life), Right
	}
}

func (v *View) sendsRow() (name, value string, fits Fit) {
	n := 0
	for _, r := range v.TokenRequests {
		if r.Code == v.Token.Code {
			n++
		}
	}
	if n == 1 {
		return "code sent", "once", Right
	}
	return "code sent", fmt.Sprintf("%d times", n), Wrong
}

func (v *View) codeRow() (name, value string, fits Fit) {
	if v.fit("codes_compared") == Right {
		return "code as it arrived", "sent unchanged", Right
	}
	return "code as it arrived", "not what was sent", Wrong
}

func (v *View) pkceRow() (name, value string, fits Fit) {
	name = "PKCE"
	switch f, ok := v.Fact("verifier_hashed"); {
	case !ok && (v.Auth.Challenge != "" || v.Auth.Hides("code_challenge")):
		return name, "not compared", Untold
	case !ok:
		return name, "not used", Untold
	case f.Verdict == Fits:
		return name, f.Says, Right
	default:
		return name, f.Says, Wrong
	}
}

func clockRow(off time.Duration) (name, value string, fits Fit) {
	switch {
	case off.Abs() <= clockSlack:
		return "the server's clock", "agrees with ours", Right
	case off > 0:
		return "the server's clock", off.Round(time.Second).String() + " ahead of ours", Wrong
	default:
		return "the server's clock", (-off).Round(time.Second).String() + " behind ours", Wrong
	}
}
