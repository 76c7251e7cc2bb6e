package plain

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/session"
)

func TestWhatIsOddIsPrintedOnceHoweverOftenItComes(t *testing.T) {
	r := begin(t, Options{Session: session.Options{Practice: true, Browser: session.None}})
	address := r.out.find(t, addressLine)
	login, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	back, err := url.Parse(login.Query().Get("redirect_uri"))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		resp, err := http.Get("http://" + back.Host + "/favicon.ico")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		r.out.find(t, `unexpected: a request for /favicon.ico`)
	}
	if err := (practice.User{Approve: true}).Open(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	if outcome, err := r.wait(t); err != nil || outcome.Kind != flow.GotTokens {
		t.Fatalf("%+v, %v", outcome, err)
	}
	if n := strings.Count(r.out.String(), "unexpected: a request for /favicon.ico"); n != 1 {
		t.Errorf("it is printed %d times:\n%s", n, r.out)
	}
}
