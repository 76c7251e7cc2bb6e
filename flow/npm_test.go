package flow_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/internal/foreign"
	"example.com/grantwalk/flow/record"
)

// providerSecret is of printable ASCII, as oidc-provider demands (RFC 6749 appendix A.2).
const providerSecret = "s3cret:with/+%&=and more"

// Somebody else's server: what the walk understands of the protocol must not
// come from our own practice server alone.
func TestTheWalkPassesThroughOidcProviderFromNPM(t *testing.T) {
	ctx, dir := foreign.NPM(t, "oidc-provider")
	for _, auth := range []flow.ClientAuth{flow.AuthBasic, flow.AuthPost} {
		t.Run(string(auth), func(t *testing.T) {
			method := map[flow.ClientAuth]string{flow.AuthBasic: "client_secret_basic", flow.AuthPost: "client_secret_post"}[auth]
			w, err := flow.New(flow.Config{
				Issuer: oidcProvider(ctx, t, dir, method), ClientID: clientID, ClientSecret: providerSecret, ClientAuth: auth, Timeout: 30 * time.Second,
				Scopes: []string{"openid", "offline_access"}, Params: []flow.Pair{{Name: "prompt", Value: "consent"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(w.Close)
			w.Browser = opener(fillForms)
			out := play(t, w, flow.StepRefresh)
			t.Logf("what else happened: %q", oddities(w))
			ended(t, out, flow.GotTokens, flow.StepRefresh)
			if w.IDToken == nil || !w.IDToken.Verified || w.IDToken.Subject != "alice" {
				t.Errorf("ID token: %+v", w.IDToken)
			}
			if p := param(t, w, "userinfo response", "sub"); p.Mark != record.Good {
				t.Errorf("userinfo: %+v", p)
			}
			if m := message(t, w, "refresh response"); !strings.Contains(m.Note, "rotation") {
				t.Errorf("refresh: %s", m.Note)
			}
			ended(t, w.Revoke(t.Context()), flow.GoOn, flow.StepRefresh)

			out = resume(t, w, flow.StepExchange, flow.StepExchange) // the same code again
			ended(t, out, flow.Refused, flow.StepExchange)
			if out.Error.Error != "invalid_grant" || out.Error.Status != http.StatusBadRequest {
				t.Errorf("the replay: %+v", out.Error)
			}
		})
	}
}

// oidcProvider starts the server that is installed in dir, and returns its issuer.
func oidcProvider(ctx context.Context, t *testing.T, dir, method string) string {
	t.Helper()
	server := exec.CommandContext(ctx, "node", "server.mjs", clientID, providerSecret, method)
	server.Dir, server.Stderr = dir, t.Output()
	in, errIn := server.StdinPipe()
	out, errOut := server.StdoutPipe()
	if err := errors.Join(errIn, errOut, server.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // ends it
		_ = server.Wait()
	})
	issuer, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	return strings.TrimSpace(issuer)
}

var (
	formAction  = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
)

// fillForms is a user who logs in as alice and agrees to everything.
func fillForms(ctx context.Context, address string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	browser := http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	method, body := http.MethodGet, ""
	for range 4 { // the login, the consent, and the page at their end
		req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := browser.Do(req)
		if err != nil {
			return err
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return err
		}
		action := formAction.FindSubmatch(page)
		if action == nil {
			if resp.StatusCode != http.StatusOK {
				return fmt.Errorf("%s: %.2000s", resp.Status, page)
			}
			return nil
		}
		form := url.Values{"login": {"alice"}, "password": {"any"}}
		for _, field := range hiddenInput.FindAllSubmatch(page, -1) {
			form.Set(string(field[1]), html.UnescapeString(string(field[2])))
		}
		to, err := resp.Request.URL.Parse(html.UnescapeString(string(action[1])))
		if err != nil {
			return err
		}
		method, address, body = http.MethodPost, to.String(), form.Encode()
	}
	return fmt.Errorf("there is no end to the forms of %s", address)
}
