package flow

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/grantwalk/flow/record"
)

// post posts form with the client's authentication.
func post(ctx context.Context, r *record.Recorder, address string, form url.Values, c Config) (*record.Response, error) {
	id, secret := c.ClientID, c.ClientSecret.Reveal()
	if c.ClientAuth != AuthBasic { // a pushed request has its client_id all the same: it is one of the request's own
		form.Set("client_id", id)
	}
	if c.ClientAuth == AuthPost {
		form.Set("client_secret", secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("build the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if c.ClientAuth == AuthBasic {
		// RFC 6749 §2.3.1: both are form-encoded before they are joined.
		req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	}
	return r.Send(req)
}
