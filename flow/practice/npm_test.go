package practice_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/grantwalk/flow/internal/foreign"
	"example.com/grantwalk/flow/practice"
)

func TestOpenidClientFromNPMTakesOurTokens(t *testing.T) {
	ctx, dir := foreign.NPM(t, "openid-client")
	b := start(t, func(o *practice.Options) { o.SigningAlg = "" }) // RS256
	for id, secret := range map[string]string{practice.ConfidentialClient: practice.ClientSecret, practice.PublicClient: ""} {
		var got map[string]any
		out := foreign.Run(ctx, t, dir, "node", "client.mjs", b.server.Issuer(), id, secret)
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
	ctx, dir := foreign.NPM(t, "openid-client")
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
	out := foreign.Run(ctx, t, dir, "node", "client.mjs", b.server.Issuer(), practice.ConfidentialClient, practice.ClientSecret, string(asked))
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
