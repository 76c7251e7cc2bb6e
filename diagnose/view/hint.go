package view

import (
	"fmt"
	"strings"
	"time"
)

// Hint is what the catalogue knows of the provider on one point, as a sentence;
// empty: nothing, or the provider is not known.
func (v *View) Hint(point string) string {
	p := v.Known
	if p == nil {
		return ""
	}
	switch point {
	case "code_lifetime":
		if p.CodeLifetime > 0 {
			return fmt.Sprintf("%s: a code lives %s", p.Title, Duration(time.Duration(p.CodeLifetime)*time.Second))
		}
	case "console":
		return about(p.Title, "clients are registered at", p.Console)
	case "docs":
		return about(p.Title, "see", p.Docs)
	case "redirect_match":
		return about(p.Title, "redirect URIs are compared:", p.RedirectMatch)
	case "redirect_at_token":
		return about(p.Title, "redirect_uri at the token endpoint:", p.RedirectAtToken)
	case "pkce":
		return about(p.Title, "PKCE:", p.PKCE)
	case "token_auth":
		return about(p.Title, "takes", strings.Join(p.TokenAuth, ", "))
	case "endpoints":
		return about(p.Title, "token endpoint", p.Endpoints.Token)
	case "refresh":
		var parts []string
		if p.Refresh.Lifetime > 0 {
			parts = append(parts, "it lives "+days(p.Refresh.Lifetime))
		}
		if p.Refresh.Idle > 0 {
			parts = append(parts, "it ends after "+days(p.Refresh.Idle)+" without use")
		}
		if p.Refresh.Rotation != "" {
			parts = append(parts, "rotation: "+p.Refresh.Rotation)
		}
		return about(p.Title, "a refresh token:", strings.Join(parts, "; "))
	}
	return ""
}

func about(who, what, value string) string {
	if value == "" {
		return ""
	}
	return who + ": " + what + " " + value
}

func days(seconds int) string {
	d := time.Duration(seconds) * time.Second
	if n := d / (24 * time.Hour); n >= 2 {
		return fmt.Sprintf("%d days", n)
	}
	return Duration(d)
}
