package diagnose

import (
	"math"
	"slices"
	"testing"

	"example.com/grantwalk/diagnose/causes"
	"example.com/grantwalk/diagnose/evidence"
)

func TestEveryCauseSaysWhatItIsAndWhereItIsWritten(t *testing.T) {
	for _, r := range causes.All() {
		if r.Title == "" || r.Title[len(r.Title)-1] == '.' || r.Cites == "" {
			t.Errorf("%s: title %q, cites %q", r.ID, r.Title, r.Cites)
		}
	}
}

func TestThePriorsAreSharesForEveryGrant(t *testing.T) {
	for _, g := range Grants {
		sum := 0.0
		for _, c := range causes.All() {
			sum += c.Prior[g]
			for grant := range c.Prior {
				if !slices.Contains(Grants, grant) {
					t.Errorf("%s has a prior for the unknown grant %q", c.ID, grant)
				}
			}
		}
		if math.Abs(sum-1) > 0.03 {
			t.Errorf("grant %q: the shares add up to %.3f", g, sum)
		}
	}
}

func TestABareInvalidGrantGetsARankedListAndNothingCertain(t *testing.T) {
	r := Diagnose(Evidence{ErrorResponse: ErrorResponse{Error: "invalid_grant"}})
	if len(r.Causes) < 3 {
		t.Fatalf("%d causes", len(r.Causes))
	}
	for _, c := range r.Causes {
		if c.Strength != Possible {
			t.Errorf("%s is %s", c.ID, c.Strength)
		}
	}
}

func TestAGrantTypeIsKnownHoweverItIsWritten(t *testing.T) {
	for written, want := range map[string]string{
		"authorization_code": GrantCode, "refresh_token": GrantRefresh,
		"urn:ietf:params:oauth:grant-type:jwt-bearer":           GrantJWT,
		"urn:ietf:params:oauth:grant-type:saml2-bearer":         GrantJWT,
		"urn%3Aietf%3aparams%3Aoauth%3Agrant-type%3Ajwt-bearer": GrantJWT,
		"urn:ietf:params:oauth:grant-type:device_code":          GrantDevice, "code": "", "": "",
	} {
		if got, ok := evidence.ParseGrant(written); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s, %v", written, got, ok)
		}
	}
}
