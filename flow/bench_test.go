package flow_test

// What the walk costs. To compare it with a bare client:
//
//	for i in $(seq 20); do go test -run '^$' -bench WholeWalk -benchtime 100x ./flow; sleep 5; done >walk.txt
//	benchstat walk.txt
//
// The aim for flow/bare is 1.10. Nobody looks at the transcript meanwhile; to read
// all of it afterwards takes another three or four per cent. With pauses, because
// each walk leaves some four ports in TIME_WAIT for a minute, and after a few
// thousand the kernel looks long for a free one. The way from the callback to the
// token request must stay below a millisecond:
//
//	go test -run '^$' -bench CallbackToTokenRequest -count 10 ./flow

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/practice"
)

// From the moment in which the callback reaches the listener to the one in which
// the token request reaches the server, over loopback.
func BenchmarkCallbackToTokenRequest(b *testing.B) {
	for name, change := range map[string]func(*authServer, *flow.Config){
		"connection=kept": func(*authServer, *flow.Config) {}, // since discovery
		"connection=new":  (*authServer).explicit,
	} {
		b.Run(name, func(b *testing.B) {
			as := newAuthServer(b)
			var arrived time.Time
			as.on("/token", func(w http.ResponseWriter, _ *http.Request) {
				arrived = time.Now()
				reply(w, 200, map[string]string{"access_token": theAccess})
			})
			var took []time.Duration
			for b.Loop() {
				w := as.walk(func(c *flow.Config) { change(as, c) })
				if out := play(b, w, flow.StepExchange); out.Kind != flow.GoOn {
					b.Fatalf("%+v", out)
				}
				took = append(took, arrived.Sub(w.Callback.At))
				w.Close()
			}
			slices.Sort(took)
			var total time.Duration
			for _, d := range took {
				total += d
			}
			b.ReportMetric(float64(total.Nanoseconds())/float64(len(took)), "ns/op")
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
		})
	}
}

// The unattended walk, a bare net/http client that sends the same requests in the
// same order as the same user, and that client when it also verifies the ID token
// with the keys that it fetched. They walk in turn, and each goes first as often
// as the others: a machine that others use too is faster and slower by the second.
func BenchmarkWholeWalk(b *testing.B) {
	server, err := practice.Start(practice.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	if _, err := visit(b.Context(), server.Issuer()+"/jwks"); err != nil { // waits for the key
		b.Fatal(err)
	}
	walks := []func(testing.TB, *practice.Server){wholeWalk, bareWalk, verifyingWalk}
	took := make([]time.Duration, len(walks)) // in all
	for n := 0; b.Loop(); n++ {
		for i := range walks {
			i = (i + n) % len(walks)
			start := time.Now()
			walks[i](b, server)
			took[i] += time.Since(start)
		}
	}
	flow, bare, verifying := float64(took[0]), float64(took[1]), float64(took[2])
	b.ReportMetric(flow/bare, "flow/bare")
	b.ReportMetric(flow/verifying, "flow/verifying")
	b.ReportMetric(flow/float64(b.N), "flow-ns/op")
	b.ReportMetric(bare/float64(b.N), "bare-ns/op")
	b.ReportMetric(0, "ns/op") // of the three together: of no use
}

func practiceConfig(server *practice.Server) flow.Config {
	return flow.Config{
		Issuer: server.Issuer(), ClientID: practice.ConfidentialClient, ClientSecret: practice.ClientSecret,
		Scopes: []string{"openid", "profile", "email", "offline_access"},
	}
}

func wholeWalk(t testing.TB, server *practice.Server) {
	w, err := flow.New(practiceConfig(server))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	w.Browser = practice.User{Approve: true}
	if out := play(t, w, flow.StepRefresh); out.Kind != flow.GotTokens || !w.IDToken.Verified {
		t.Fatalf("%+v %+v", out, w.IDToken)
	}
}

func bareWalk(t testing.TB, server *practice.Server) { bareClient(t, server, func(string, any) {}) }

// verifyingWalk does what a client fetches the key set for.
func verifyingWalk(t testing.TB, server *practice.Server) {
	bareClient(t, server, func(idToken string, jwks any) {
		var keys jose.JSONWebKeySet
		raw, err := json.Marshal(jwks)
		if err == nil {
			err = json.Unmarshal(raw, &keys)
		}
		if err != nil {
			t.Fatal(err)
		}
		set := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{keys.Keys[0].Key}}
		id, err := oidc.NewVerifier(server.Issuer(), set, &oidc.Config{ClientID: practice.ConfidentialClient}).Verify(t.Context(), idToken)
		if err != nil || id.Nonce != "nonce" {
			t.Fatal(err, id)
		}
	})
}

func bareClient(t testing.TB, server *practice.Server, verify func(idToken string, jwks any)) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	b := bare{t, &http.Client{Transport: transport}}
	c := practiceConfig(server)

	metadata := b.get(c.Issuer+"/.well-known/openid-configuration", "")
	code, redirect := b.authorize(metadata["authorization_endpoint"].(string), c)
	token := metadata["token_endpoint"].(string)
	grant := b.post(token, c, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {bareVerifier}})
	verify(grant["id_token"].(string), b.get(metadata["jwks_uri"].(string), ""))
	b.get(metadata["userinfo_endpoint"].(string), grant["access_token"].(string))
	grant = b.post(token, c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {grant["refresh_token"].(string)}})
	if grant["refresh_token"] == nil {
		t.Fatalf("got %v", grant)
	}
}

const bareVerifier = "the-verifier-of-the-bare-client-0123456789-0123"

// bare is what it takes to send the requests, and no more.
type bare struct {
	testing.TB
	client *http.Client
}

// authorize listens, lets the user approve, and returns the code that came.
func (b bare) authorize(endpoint string, c flow.Config) (code, redirect string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	codes := make(chan string, 1)
	callback := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "Go back to the terminal.")
		codes <- r.URL.Query().Get("code")
	})}
	go func() { _ = callback.Serve(l) }()
	defer callback.Close()
	redirect = "http://" + l.Addr().String() + "/callback"
	sum := sha256.Sum256([]byte(bareVerifier))
	query := url.Values{"response_type": {"code"}, "client_id": {c.ClientID}, "redirect_uri": {redirect}, "scope": {strings.Join(c.Scopes, " ")},
		"state": {"state"}, "nonce": {"nonce"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}
	if err := (practice.User{Approve: true}).Open(context.Background(), endpoint+"?"+query.Encode()); err != nil {
		b.Fatal(err)
	}
	return <-codes, redirect
}

func (b bare) get(address, bearer string) map[string]any {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	return b.do(req)
}

func (b bare) post(address string, c flow.Config, form url.Values) map[string]any {
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(c.ClientID, c.ClientSecret.Reveal())
	return b.do(req)
}

func (b bare) do(req *http.Request) (answer map[string]any) {
	resp, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s %v", req.URL, resp.Status, err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return answer
}
