package flow

import (
	"net/http"
	"sync"

	"example.com/grantwalk/flow/loopback"
)

// The pages that the browser shows at the redirect URI. No page repeats the code.

// received is made when the listener is, and not when the response comes: the code is
// being exchanged then.
var received = sync.OnceValue(func() loopback.Page {
	return loopback.Page{Status: http.StatusOK, Tone: "good", Title: "Code received",
		Text: "grantwalk has the code of the authorization server. Go back to the terminal. You can close this page."}.Ahead()
})

func errorPage(code, description string) loopback.Page {
	p := loopback.Page{Status: http.StatusOK, Tone: "bad", Title: "The server responded with an error", Error: code, Detail: description,
		Text: "The server issued no code. Go back to the terminal, which shows what this means. You can close this page."}
	if code == "access_denied" {
		p.Title = "Access was denied"
	}
	return p
}

func wrongState(what string) loopback.Page {
	return loopback.Page{Status: http.StatusBadRequest, Tone: "bad", Title: "This response was not accepted", Unexpected: what,
		Text: "Its state is not the one that grantwalk sent, so it belongs to another login or was forged. Go back to the terminal: grantwalk still waits for the right response."}
}

func unverified(what, code, description string) loopback.Page {
	return loopback.Page{Status: http.StatusBadRequest, Tone: "bad", Title: "An error that grantwalk cannot verify", Error: code, Detail: description, Unexpected: what,
		Text: "This error response does not carry the state that grantwalk sent, so anybody could have sent it. If you came here from the authorization server, this is probably its error. Go back to the terminal: grantwalk still waits."}
}

// again is the page for a response that came after the one that was accepted.
func again(cb, taken Callback) loopback.Page {
	p := loopback.Page{Status: http.StatusOK, Tone: "plain", Title: "Already received", Unexpected: "the same response once more: a reload, a second tab or a prefetch",
		Text: "grantwalk already has this response, and the code works only once. Go back to the terminal. You can close this page."}
	if cb.Code != taken.Code {
		p.Unexpected = "a second response with the right state but another code: the user logged in twice, or an attacker injected a code (RFC 9700 §4.5). It was ignored"
		p.Text = "grantwalk already has another response for this login, and ignores this one. Go back to the terminal. You can close this page."
	}
	return p
}

func refuse(status int, what string) loopback.Page {
	return loopback.Page{Status: status, Tone: "plain", Title: "Nothing to see here", Unexpected: what,
		Text: "grantwalk waits here for an authorization response, and this request is not one. Go back to the terminal."}
}
