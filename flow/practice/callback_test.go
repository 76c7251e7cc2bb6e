package practice_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// A listener is the client's redirect URI: it keeps what arrives there.
type listener struct {
	uri     string
	arrived chan arrival
}

type arrival struct {
	method string
	params url.Values
	cookie string
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{arrived: make(chan arrival, 16)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/callback" {
			http.NotFound(w, r) // a favicon
			return
		}
		_ = r.ParseForm()
		l.arrived <- arrival{r.Method, r.Form, r.Header.Get("Cookie")}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>client</title><h1 id=client>the client's page</h1>"))
	}))
	t.Cleanup(s.Close)
	l.uri = s.URL + "/callback"
	return l
}

// one is the only arrival there was.
func (l *listener) one(t *testing.T) arrival {
	t.Helper()
	if len(l.arrived) != 1 {
		t.Fatalf("%d arrivals at the redirect URI", len(l.arrived))
	}
	return <-l.arrived
}
