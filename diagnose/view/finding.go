package view

import "fmt"

// Findings are sentences on what the evidence shows and no cause of a rejection is made
// of. Each has its source.
func Findings(v *View) []string {
	if v.Preflight != 0 && (v.Token == nil || !v.Token.Response.Seen()) {
		return []string{fmt.Sprintf("the browser asked the token endpoint whether this page may send it a request, and it said no with HTTP %d, so no token request was sent: have the server allow the page's origin (CORS), or exchange the code on the app's own server", v.Preflight)}
	}
	if !StateDiffers(v) {
		return nil
	}
	says := "the state of the authorization response is not the one that was sent, so the response belongs to another log-in or was forged: the client must reject it (RFC 6749 §10.12)"
	if v.Token != nil && v.Token.Code != "" && v.Token.Code == v.Auth.Response.Code {
		says += ", and this client sent its code to the token endpoint"
	}
	return []string{says}
}

// StateDiffers reports whether the authorization response has another state than its
// request. Of several requests the response may belong to one that was not recorded.
func StateDiffers(v *View) bool {
	if v.Auth == nil || len(v.Authorizations) > 1 {
		return false
	}
	sent, arrived := v.Auth.State, v.Auth.Response.State
	return sent != "" && arrived != "" && sent != arrived
}
