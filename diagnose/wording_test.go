package diagnose

import (
	"strings"
	"testing"
)

func TestAWordingIsQuotedAsTheInputHasIt(t *testing.T) {
	for name, tc := range map[string]struct {
		said  ErrorResponse
		words string
		want  string
	}{
		"a pattern":       {ErrorResponse{Error: "invalid_grant", Description: "Invalid authorization code: 4b1f"}, "", `"Invalid authorization code: … (4 characters)" is what Allegro says`},
		"its own letters": {ErrorResponse{Error: "invalid_grant", Description: "CODE not VALID"}, "", `"CODE not VALID" is what Keycloak says`},
		"a number":        {ErrorResponse{Error: "invalid_grant"}, "failed with AADSTS700082 today", `"AADSTS700082" is what Microsoft Entra ID says`},
		"of many servers": {ErrorResponse{Error: "invalid_grant", Description: "Invalid code"}, "", `and 2 more say`},
	} {
		r := Diagnose(Evidence{Grant: GrantCode, ErrorResponse: tc.said, Statements: lines(tc.words)})
		if !strings.Contains(strings.Join(r.Causes[0].Says, "\n"), tc.want) {
			t.Errorf("%s: %q, want %q", name, r.Causes[0].Says, tc.want)
		}
	}
}
