package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// BenchmarkCallbackToTokenRequest is the time from the moment in which the browser sends
// the callback to the one in which the token request reaches the server, of whole
// processes. It measures kubelogin and step beside grantwalk where they are in the PATH:
//
//	go install github.com/int128/kubelogin@latest github.com/smallstep/cli/cmd/step@latest
//	go test -run '^$' -bench CallbackToTokenRequest -benchtime 200x ./cmd/grantwalk
//
// The programs take turns, and each goes first as often as the others. The browser keeps
// its connections, as browsers do: kubelogin first opens a page that it serves, so its
// callback comes on a connection that is open already.
func BenchmarkCallbackToTokenRequest(b *testing.B) {
	s := newCallbackServer(b)
	public := []string{"walk", "--plain", "--client-id", "bench", "--client-auth", "none", "--scope", "openid"}
	bench := []string{"--client-id", "bench", "--client-secret", "unused", "--listen", "127.0.0.1:0", "--bare", "--oidc"}
	endpoints := []string{s.URL + "/authorize", s.URL + "/token"}
	type walker struct {
		name, path string
		args       []string
	}
	programs := []walker{
		{"grantwalk", program(b, "."), append(public[:8:8], "--issuer", s.URL)},
		{"kubelogin", "kubelogin", []string{"get-token", "--oidc-issuer-url", s.URL, "--oidc-client-id", "bench", "--token-cache-storage", "none", "--force-refresh", "--listen-address", "127.0.0.1:0", "--browser-command", "xdg-open"}},
		{"step", "step", append([]string{"oauth", "--provider", s.URL}, bench...)},
		// Without discovery, the connection to the token endpoint is new.
		{"grantwalk-undiscovered", program(b, "."), append(public[:8:8], "--auth-url", endpoints[0], "--token-url", endpoints[1])},
		{"step-undiscovered", "step", append([]string{"oauth", "--authorization-endpoint", endpoints[0], "--token-endpoint", endpoints[1]}, bench...)},
	}
	programs = slices.DeleteFunc(programs, func(p walker) bool {
		_, err := exec.LookPath(p.path)
		return err != nil
	})
	took := make([][]time.Duration, len(programs))
	for n := 0; b.Loop(); n++ {
		for i := range programs {
			i = (i + n) % len(programs)
			took[i] = append(took[i], s.login(b, programs[i].path, programs[i].args))
		}
	}
	b.ReportMetric(0, "ns/op") // of the programs together: of no use
	for i, p := range programs {
		slices.Sort(took[i])
		b.ReportMetric(float64(took[i][len(took[i])/2].Microseconds()), p.name+"-µs")
	}
}

// A callbackServer is an OpenID provider whose user is logged in, and a browser.
type callbackServer struct {
	*httptest.Server
	browser string   // a folder with an xdg-open that writes the URL to the pipe
	pipe    *os.File // the URLs that are opened
	key     *rsa.PrivateKey

	mu       sync.Mutex
	nonce    string
	received time.Time // the token request
}

func newCallbackServer(b *testing.B) *callbackServer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	s := &callbackServer{key: key, browser: b.TempDir()}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		s.reply(w, map[string]any{"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token", "jwks_uri": s.URL + "/jwks",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"}})
	})
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		s.reply(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: s.key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.nonce = r.FormValue("nonce")
		http.Redirect(w, r, r.FormValue("redirect_uri")+"?"+url.Values{"code": {"the-code"}, "state": {r.FormValue("state")}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", s.token)
	s.Server = httptest.NewTLSServer(mux)
	b.Cleanup(s.Close)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(s.browser, "certificate"), certificate, 0o600); err != nil {
		b.Fatal(err)
	}
	pipe := filepath.Join(s.browser, "urls")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		b.Skip("there are no named pipes here")
	}
	if err := os.WriteFile(filepath.Join(s.browser, "xdg-open"), []byte("#!/bin/sh\nprintf '%s\\n' \"$1\" >"+pipe+"\n"), 0o700); err != nil {
		b.Fatal(err)
	}
	if s.pipe, err = os.OpenFile(pipe, os.O_RDWR, 0); err != nil { // it stays open for all programs
		b.Fatal(err)
	}
	b.Cleanup(func() { s.pipe.Close() })
	return s
}

func (s *callbackServer) reply(w http.ResponseWriter, doc any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(doc)
}

func (s *callbackServer) token(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = now
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: s.key}, (&jose.SignerOptions{}).WithHeader("kid", "k"))
	if err != nil {
		panic(err)
	}
	id, err := jwt.Signed(signer).Claims(map[string]any{"iss": s.URL, "aud": "bench", "sub": "alice", "nonce": s.nonce, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}).Serialize()
	if err != nil {
		panic(err)
	}
	s.reply(w, map[string]any{"access_token": "the-access-token", "token_type": "Bearer", "expires_in": 3600, "id_token": id})
}

// login runs a program and is its user. It returns the time from the callback to the
// token request.
func (s *callbackServer) login(b *testing.B, program string, args []string) time.Duration {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "PATH="+s.browser+string(os.PathListSeparator)+os.Getenv("PATH"), "DISPLAY=:0", "HOME="+b.TempDir(), "SSL_CERT_FILE="+filepath.Join(s.browser, "certificate"))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	buffer := make([]byte, 8<<10)
	n, err := s.pipe.Read(buffer)
	if err != nil {
		b.Fatal(err)
	}
	var sent time.Time
	agent := *s.Client()
	agent.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if r.FormValue("code") != "" {
			time.Sleep(100 * time.Millisecond) // a person takes longer: no program is still busy with opening the browser
			sent = time.Now()
		}
		return nil
	}
	resp, err := agent.Get(strings.TrimSpace(string(buffer[:n])))
	if err != nil {
		b.Fatal(err)
	}
	resp.Body.Close()
	if err := cmd.Wait(); err != nil {
		b.Fatalf("%s: %v\n%s", program, err, said.String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received.Sub(sent)
}
