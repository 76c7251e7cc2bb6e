package live

import (
	"fmt"
	"strconv"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/ui"
)

// Value is what {{name}} stands for in a lesson's text. Secrets are redacted.
// What the walk does not have yet stands as its name, "<code>".
func (s Snapshot) Value(name string, now time.Time) string {
	if v := s.value(name, now); v != "" {
		return v
	}
	return lessons.Unknown(name)
}

func (s Snapshot) value(name string, now time.Time) string {
	switch name {
	case "issuer":
		return s.Metadata.Issuer
	case "authorization_endpoint":
		return s.Metadata.AuthorizationEndpoint
	case "token_endpoint":
		return s.Metadata.TokenEndpoint
	case "client_id":
		return s.Config.ClientID
	case "code_lifetime":
		return ui.Seconds(s.Config.CodeLifetime)
	case "code":
		callback, _ := s.Message("callback")
		code, _ := callback.Param("code")
		return Whole(code.Secret)
	case "code_age":
		return s.codeAge(now)
	}
	if v, ok := s.ofRequest(name); ok {
		return v
	}
	if v, ok := s.ofAnswer(name); ok {
		return v
	}
	return s.ofTokens(name)
}

func (s Snapshot) codeAge(now time.Time) string {
	age, sent, ok := s.CodeAge(now)
	switch {
	case !ok:
		return ""
	case sent:
		return diagnose.Duration(age)
	}
	return ui.Seconds(age)
}

func (s Snapshot) ofRequest(name string) (value string, ok bool) {
	if s.Request == nil {
		return "", false
	}
	switch name {
	case "redirect_uri":
		return s.Request.RedirectURI, true
	case "state":
		return Whole(s.Request.State), true
	case "nonce":
		return s.Request.Nonce, true
	case "code_verifier":
		return Whole(s.Request.Verifier), true
	case "code_challenge":
		return s.Request.Challenge, true
	}
	return "", false
}

func (s Snapshot) ofAnswer(name string) (value string, ok bool) {
	switch e := s.Outcome.Error; {
	case name == "exchange_time" && s.Exchange != nil:
		return diagnose.Duration(s.Exchange.Total), true
	case e == nil:
		return "", false
	case name == "error":
		return e.Error.String(), true
	case name == "error_description":
		return e.Description.String(), true
	case name == "status" && e.Status != 0:
		return strconv.Itoa(e.Status), true
	}
	return "", false
}

func (s Snapshot) ofTokens(name string) string {
	if s.Tokens == nil {
		return ""
	}
	switch name {
	case "access_token":
		return Whole(s.Tokens.Access)
	case "refresh_token":
		return Whole(s.Tokens.Refresh)
	case "id_token":
		return Whole(s.Tokens.ID)
	case "expires_in":
		return ui.Seconds(s.Tokens.ExpiresIn)
	case "scope":
		return s.Tokens.Scope.String()
	case "subject":
		if s.IDToken != nil {
			return s.IDToken.Subject
		}
	}
	return ""
}

// Whole is a value of the practice server, which is worth nothing to anybody but the
// learner: all of it, unless it is too long to be compared by eye.
func Whole(value safe.Secret) string {
	const most, begin = 100, 48 // characters
	text := []rune(safe.Text(value.Reveal(), 4<<10))
	if len(text) <= most {
		return string(text)
	}
	return string(text[:begin]) + fmt.Sprintf("… (%d characters)", len(text))
}
