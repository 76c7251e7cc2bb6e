package practice_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"grantwalk/flow/practice"
)

func TestOpenidClientFromNPMTakesOurTokens(t *testing.T) {
	ctx, dir := npm(t, "openid-client")
	b := start(t, func(o *practice.Options) { o.SigningAlg = "" }) // RS256
	for id, secret := range map[string]string{practice.ConfidentialClient: practice.ClientSecret, practice.PublicClient: ""} {
		var got map[string]any
		out := run(ctx, t, dir, "node", "client.mjs", b.server.Issuer(), id, secret)
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		want := map[string]any{
			"sub": "alice", "email": "alice@example.com", "rotated": true, "refreshed_sub": "alice",
			"reused": "invalid_grant", "replayed": "invalid_grant", "revoked": "invalid_grant", "active": false,
		}
		if secret == "" {
			want["active"] = nil // introspection is not for public clients
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

func TestOpenidClientFromNPMReportsTheErrorOfAFault(t *testing.T) {
	ctx, dir := npm(t, "openid-client")
	b := start(t, func(o *practice.Options) { o.SigningAlg = "" })
	type fault struct {
		Fault string `json:"fault"`
		Speak string `json:"speak"`
		Step  string `json:"step"`
	}
	var faults []fault
	var want, got []string
	for _, f := range foreignFaults {
		faults = append(faults, fault{f.fault, f.speak, f.step})
		want = append(want, f.openidClient)
	}
	asked, err := json.Marshal(faults)
	if err != nil {
		t.Fatal(err)
	}
	out := run(ctx, t, dir, "node", "client.mjs", b.server.Issuer(), practice.ConfidentialClient, practice.ClientSecret, string(asked))
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// npm installs what a folder of testdata names into a folder of the test's own.
func npm(t *testing.T, folder string) (context.Context, string) {
	t.Helper()
	if os.Getenv("GRANTWALK_NPM") != "1" {
		t.Skipf("%s was not tried: set GRANTWALK_NPM=1 to install it from npm and run it", folder)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/"+folder)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	run(ctx, t, dir, "npm", "ci", "--no-audit", "--no-fund")
	return ctx, dir
}

func run(ctx context.Context, t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", cmd, err, out)
	}
	return out
}
