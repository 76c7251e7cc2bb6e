package diagnose

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
)

func TestAnRFCsOwnSentenceIsEvidenceOfNothing(t *testing.T) {
	bare := Diagnose(Evidence{Grant: GrantCode, ErrorResponse: ErrorResponse{Error: "invalid_grant"}})
	wordy := Diagnose(Evidence{Grant: GrantCode, ErrorResponse: ErrorResponse{Error: "invalid_grant", Description: "The provided authorization grant " +
		"(e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection " +
		"URI used in the authorization request, or was issued to another client."}})
	if len(bare.Causes) != len(wordy.Causes) {
		t.Fatalf("bare %v, with the sentence %v", bare.Causes, wordy.Causes)
	}
	for i := range bare.Causes {
		if b, w := bare.Causes[i], wordy.Causes[i]; b.ID != w.ID || b.Score != w.Score {
			t.Errorf("cause %d: bare %s %.2f, with the sentence %s %.2f", i, b.ID, b.Score, w.ID, w.Score)
		}
	}
}

// lines are statements of which nobody knows who made them, a line each.
func lines(text string) []Statement {
	var all []Statement
	for line := range strings.SplitSeq(text, "\n") {
		all = append(all, Statement{Text: safe.Foreign(line)})
	}
	return all
}

func TestAStackTraceAndAFormsMediaTypeAreEvidenceOfNothing(t *testing.T) {
	bare := Evidence{Grant: GrantCode, Statements: lines("Error: invalid_grant"), ErrorResponse: ErrorResponse{Error: "invalid_grant"}}
	traced := bare
	traced.Statements = lines("Error: invalid_grant" + "\n    headers: { 'Content-Type': 'application/x-www-form-urlencoded' }" + "\n    at retryMiddleware (/srv/node_modules/passport/lib/middleware/authenticate.js:320:12)" +
		"\n    at Layer.handle [as handle_request] (/srv/node_modules/express/lib/router/cluster.js:95:5)")
	b, w := Diagnose(bare), Diagnose(traced)
	if len(b.Causes) != len(w.Causes) {
		t.Fatalf("bare %v, with the trace %v", b.Causes, w.Causes)
	}
	for i := range b.Causes {
		if b.Causes[i].ID != w.Causes[i].ID || b.Causes[i].Score != w.Causes[i].Score {
			t.Errorf("cause %d: %s %.2f, with the trace %s %.2f", i, b.Causes[i].ID, b.Causes[i].Score, w.Causes[i].ID, w.Causes[i].Score)
		}
	}
}

func TestTheMarkOfASecretThatWasTakenOutIsEvidenceOfNothing(t *testing.T) {
	told := Evidence{Grant: GrantCode, Statements: lines("id=x, client_auth_method=client-secret"), ErrorResponse: ErrorResponse{Error: "invalid_grant"}}
	marked := told
	marked.Statements = lines("id=… (36 characters), client_auth_method=client-secret")
	if a, b := Diagnose(told).Causes[0], Diagnose(marked).Causes[0]; a.ID != b.ID || a.Score != b.Score {
		t.Errorf("%s %.2f, with the mark %s %.2f", a.ID, a.Score, b.ID, b.Score)
	}
}

func TestARefusedAssertionIsNoWrongSecret(t *testing.T) {
	for _, said := range []string{
		"AADSTS700024: Client assertion is not within its valid time range.", "AADSTS700027: Client assertion failed signature validation.",
		"AADSTS50012: Authentication failed.", "Invalid client assertion: signature validation failed", "The client assertion signature is wrong",
	} {
		r := Diagnose(Evidence{ErrorResponse: ErrorResponse{Error: "invalid_client", Description: safe.Foreign(said)}})
		if r.Causes[0].ID != AssertionInvalid && r.Causes[0].ID != ClockSkew {
			t.Errorf("%s: %s", said, r.Causes[0].ID)
		}
	}
	for _, said := range []string{"", "Client authentication failed", "client_assertion missing"} {
		r := Diagnose(Evidence{ErrorResponse: ErrorResponse{Error: "invalid_client", Description: safe.Foreign(said)}, Statements: lines("client_assertion=abc")})
		if r.Causes[0].ID != ClientCredentials {
			t.Errorf("%s: %s", said, r.Causes[0].ID)
		}
	}
}
