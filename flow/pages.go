package flow

import (
	"net/http"
	"sync"

	"example.com/grantwalk/flow/loopback"
)

// What the browser gets to see at the redirect URI. No page repeats the code.

// received is made when the listener is, and not when the response comes: the code is
// being exchanged then.
var received = sync.OnceValue(func() loopback.Page {
	return loopback.Page{Status: http.StatusOK, Tone: "good", Title: "Code received",
		Text: "The authorization server sent its code, and grantwalk has it. Go back to the terminal: you can close this page."}.Ahead()
})

func said(code, description string) loopback.Page {
	p := loopback.Page{Status: http.StatusOK, Tone: "bad", Title: "The server answered with an error", Error: code, Detail: description,
		Text: "No code was issued. Go back to the terminal: it shows what this means. You can close this page."}
	if code == "access_denied" {
		p.Title = "Access was denied"
	}
	return p
}

func wrongState(odd string) loopback.Page {
	return loopback.Page{Status: http.StatusBadRequest, Tone: "bad", Title: "This answer was not taken", Odd: odd,
		Text: "Its state is not the one that grantwalk sent, so it belongs to another log-in, or somebody made it up. Go back to the terminal: it is still waiting for the right one."}
}

func unverified(odd, code, description string) loopback.Page {
	return loopback.Page{Status: http.StatusBadRequest, Tone: "bad", Title: "An error that grantwalk cannot verify", Error: code, Detail: description, Odd: odd,
		Text: "This error response does not carry the state that grantwalk sent, so anybody could have sent it. If you came here from the authorization server, this is probably its error. Go back to the terminal: it is still waiting."}
}

// again is the page for a response that came after the one that was taken.
func again(cb, taken Callback) loopback.Page {
	p := loopback.Page{Status: http.StatusOK, Tone: "plain", Title: "Already received", Odd: "the same answer once more: a reload, a second tab or a prefetch",
		Text: "This answer was taken before, and the code works only once. Go back to the terminal: you can close this page."}
	if cb.Code != taken.Code {
		p.Odd = "a second answer with our state, but not with the same code: the user logged in twice, or somebody sent a code of theirs (RFC 9700 §4.5). It was not taken"
		p.Text = "grantwalk took another answer of this login before, and does not take this one. Go back to the terminal: you can close this page."
	}
	return p
}

func refuse(status int, odd string) loopback.Page {
	return loopback.Page{Status: status, Tone: "plain", Title: "Nothing to see here", Odd: odd,
		Text: "grantwalk waits here for the answer of an authorization server, and this is not it. Go back to the terminal."}
}
