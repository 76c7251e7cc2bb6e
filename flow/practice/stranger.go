package practice

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Forge calls a client's redirect URI as a stranger's page would make a browser
// do (RFC 6749 §10.12): with a code and a state that nobody ever sent.
func Forge(ctx context.Context, redirectURI string) error {
	query := url.Values{"code": {"a-strangers-code"}, "state": {"a-guess"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, redirectURI+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second} // asks no proxy
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
