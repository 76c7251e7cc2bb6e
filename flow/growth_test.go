package flow

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/growth"
	"example.com/grantwalk/flow/loopback"
	"example.com/grantwalk/flow/record"
)

// queries are shapes of a callback's query.
var queries = append([]growth.Shape{
	growth.NumberedBetween("parameters in front of the state", "", "a%=b&", "state=STATE&code=CODE"),
	growth.Between("a long code", "state=STATE&code=", "a", ""),
	growth.Between("a long error", "state=STATE&error=", "a+", ""),
	growth.Repeated("states", "state=STATE&"),
}, growth.Texts...)

func TestAPastedTextIsReadInLinearTime(t *testing.T) {
	for _, shape := range queries {
		growth.Linear(t, shape, 4<<10, 1<<20, func(text string) {
			w := fuzzedWalk(t)
			if w.Paste(placed(text, url.QueryEscape)) == nil {
				w.Last = settle(t.Context(), StepCallback, w.take(<-w.pasted))
			}
			_ = w.Save(io.Discard, false)
		})
	}
}

func TestACallbackIsReadInLinearTime(t *testing.T) {
	for _, shape := range queries {
		growth.Linear(t, shape, 4<<10, loopback.MaxRequest, func(text string) {
			w := fuzzedWalk(t)
			l := &listener{redirect: Redirect{Path: "/callback"}, state: fuzzState, transcript: w.Transcript, now: time.Now, port: 4000,
				arrived: make(chan Callback, 1), mismatched: make(chan struct{})}
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:4000/callback", strings.NewReader(placed(text, url.QueryEscape)))
			served(l).ServeHTTP(httptest.NewRecorder(), r)
			_ = w.Save(io.Discard, false)
		})
	}
}

// Every response of a server goes through the same reader, and is printed.
func TestAResponseIsReadInLinearTime(t *testing.T) {
	for _, shape := range growth.Texts {
		growth.Linear(t, shape, 4<<10, record.MaxResponse, func(body string) {
			w := fuzzedWalk(t)
			w.Transport = answering(func() *http.Response {
				h := http.Header{"Content-Type": {"application/json"}, "WWW-Authenticate": {body}}
				return &http.Response{StatusCode: 400, Header: h, Body: io.NopCloser(strings.NewReader(body))}
			})
			w.Last, _ = w.Do(context.Background(), StepExchange)
			_ = w.Save(io.Discard, false)
		})
	}
}
