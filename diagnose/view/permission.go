package view

import (
	"slices"
	"strings"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/safe"
)

// What was asked for is well formed and proven, and still not allowed.
var permissionChecks = []check{
	{"scopes_compared", compareScopes, []string{"wider", "wider/other_named"}},
	{"client_allowed", lookAtPermission, []string{"too_many", "not_this_grant"}},
}

// compareScopes: "The requested scope MUST NOT include any scope not originally
// granted by the resource owner" (RFC 6749 §6).
func compareScopes(v *View) *Fact {
	wider := widerScope(v)
	if len(wider) == 0 {
		return nil
	}
	granted, _ := grantedScope(v)
	// A server may call a scope by another name than it was asked by, and grant some, such
	// as offline_access, without naming them.
	named := v.ErrorResponse.Error != "invalid_scope" && (v.Said().SaysOtherThan(causes.Policy) || v.Known != nil)
	return differs("wider", "the refresh asks for a scope that was not granted: "+strings.Join(wider, " "),
		Value{Label: "granted", Text: safe.Scope(strings.Join(granted, " ")).String()},
		Value{Label: "asked for now", Text: v.Token.Scope.String()}).doubted(named, "other_named")
}

func widerScope(v *View) []string {
	if v.Token == nil || v.Grant != GrantRefresh || v.Token.Scope == "" {
		return nil
	}
	granted, asked := grantedScope(v)
	if granted == nil {
		return nil
	}
	if v.Granted() { // a server may call a scope by another name than it was asked by
		granted = slices.Concat(granted, asked)
	}
	return slices.DeleteFunc(scopes(v.Token.Scope.Raw()), func(s string) bool { return slices.Contains(granted, s) })
}

// lookAtPermission: "The authenticated client is not authorized to use this
// authorization grant type" (RFC 6749 §5.2), or not so often.
func lookAtPermission(v *View) *Fact {
	switch {
	case v.Token == nil:
		return nil
	case v.Token.Response.Status == 429:
		return sign("too_many", "the server answered 429: too many requests in too short a time")
	case v.Token.Response.Error == "unauthorized_client" && v.Token.Response.Status != 401:
		return sign("not_this_grant", "the server said unauthorized_client: it knows the client, which may not use this grant type")
	}
	return nil
}
