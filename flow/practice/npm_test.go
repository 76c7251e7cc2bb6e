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
	if os.Getenv("GRANTWALK_NPM") != "1" {
		t.Skip("openid-client was not tried: set GRANTWALK_NPM=1 to install it from npm and run it")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/openid-client")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	run(ctx, t, dir, "npm", "ci", "--no-audit", "--no-fund")

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
