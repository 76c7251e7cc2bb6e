package view

import (
	"fmt"
	"strings"

	"example.com/grantwalk/diagnose/evidence"
)

// Findings are sentences on what the evidence shows and no cause of a rejection is made
// of. Each has its source.
func Findings(v *View) []string {
	if v.Preflight != 0 && (v.Token == nil || !v.Token.Response.Seen()) {
		return []string{fmt.Sprintf("the token endpoint rejected an OPTIONS request with HTTP %d. A browser sends one before a page's token request, and then sends no token request: let the server allow the page's origin (CORS), or exchange the code on the app's own server", v.Preflight)}
	}
	if IsPending(v) {
		return []string{"the user has not finished the login on the other device: wait for the interval, and ask again until the device code has expired; after slow_down wait five seconds longer each time (RFC 8628 §3.5)"}
	}
	if v.Token != nil && v.Token.Response.Unseen {
		return []string{fmt.Sprintf("the token response has HTTP %d, and its body was not recorded, so whether it holds tokens is not known", v.Token.Response.Status)}
	}
	if !StateDiffers(v) {
		return nil
	}
	if stateChanged(v.Auth) {
		return []string{"the state of the authorization response is a changed form of the one that was sent: a part of it, or with other encoding, capitals or text around it. A client that compares the two rejects the response (RFC 6749 §10.12)"}
	}
	says := "the state of the authorization response is not the one that was sent, so the response belongs to another login or was forged: the client must reject it (RFC 6749 §10.12)"
	if v.Token != nil && v.Token.Code != "" && v.Token.Code == v.Auth.Response.Code {
		says += ", and this client sent its code to the token endpoint"
	}
	return []string{says}
}

// StateDiffers reports whether the authorization response has another state than its
// request. Of several requests the response may belong to one that was not recorded.
func StateDiffers(v *View) bool {
	return v.Auth != nil && len(v.Authorizations) == 1 && !v.Auth.Pushed && statesDiffer(v.Auth)
}

// IsPending reports whether all that a server rejected is a device that asks whether the user
// has finished.
func IsPending(v *View) bool {
	said := evidence.TokenResponse{ErrorResponse: v.ErrorResponse}
	return v.Token == nil && (said.Pending() || v.Pending && !v.ErrorResponse.Says())
}

func statesDiffer(a *evidence.Authorization) bool {
	sent, arrived := a.State, a.Response.State
	return sent != "" && arrived != "" && sent != arrived && !readAsBlank(sent, arrived)
}

// stateChanged reports whether a state that differs is the one that was sent, changed on its
// way.
func stateChanged(a *evidence.Authorization) bool {
	if _, _, standIn := a.State.StandIn(); standIn {
		return false
	}
	sent, arrived := a.State.Reveal(), a.Response.State.Reveal()
	return alteration(a.State, a.Response.State) != "" || strings.HasPrefix(sent, arrived) || strings.HasPrefix(arrived, sent)
}
