package diagnose

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/grantwalk/diagnose/view"
)

func TestAResponseWithAnotherStateIsTold(t *testing.T) {
	forged := func() *recorded {
		r := record().login()
		r.exchanges[0].Response.Location = "https://shop.acme.com/cb?code=" + r.code + "&state=attacker"
		return r
	}
	r := forged()
	if got := r.report(); len(got.Causes) > 0 || len(got.Findings) != 1 || DocumentOf(got).Outcome != StateMismatch {
		t.Errorf("%s, %+v, %q", DocumentOf(got).Outcome, got.Causes, got.Findings)
	}
	r = forged()
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", granting, 200)
	if got := r.report(); !got.Granted || len(got.Findings) != 1 || !strings.Contains(got.Findings[0], "sent its code") {
		t.Errorf("with tokens: %q", got.Findings)
	}
	r = record().login()
	if got := r.report(); len(got.Findings) > 0 {
		t.Errorf("the same state: %q", got.Findings)
	}
	r = record().login()
	r.exchanges[0].Response.Location = "https://shop.acme.com/cb?code=" + r.code + "&state=[redacted]"
	if got := r.report(); len(got.Findings) > 0 {
		t.Errorf("a masked state: %q", got.Findings)
	}
}

const granting = `{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer"}`

// What the server let pass is told, and that it let it pass.
func TestWhatAServerLetPassIsToldWithItsTokens(t *testing.T) {
	r := record().login()
	f := r.form()
	f.Set("client_id", "other-app")
	r.add("POST", "https://as.acme.com/token", f.Encode(), "", granting, 200)
	got := r.report()
	if len(got.Causes) == 0 || len(got.Findings) != 1 || DocumentOf(got).Reason == "" {
		t.Errorf("%+v, %q", got.Causes, got.Findings)
	}
}

func TestARejectedPreflightIsTold(t *testing.T) {
	r := record().login()
	r.add("OPTIONS", "https://as.acme.com/token", "", "", "Forbidden", 403)
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", "", 0)
	if got := r.report(); len(got.Causes) > 0 || len(got.Findings) != 1 || !strings.Contains(got.Findings[0], "403") {
		t.Errorf("%+v, %q", got.Causes, got.Findings)
	}
	r = record().login()
	r.add("OPTIONS", "https://as.acme.com/token", "", "", "", 204)
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", granting, 200)
	if got := r.report(); len(got.Findings) > 0 {
		t.Errorf("one that was accepted: %q", got.Findings)
	}
}

func TestAPostToATokenEndpointWithoutItsBodyIsATokenRequest(t *testing.T) {
	r := record().login()
	r.add("POST", "https://as.acme.com/token", "", "", rejected, 400).Request.NoBody()
	if got := r.report(); got.Step != "exchange" || len(certainOf(got)) > 0 {
		t.Errorf("%s, %+v", got.Step, got.Causes)
	}
}

func TestADeviceCodeThatRanOutIsSaidToHaveRunOut(t *testing.T) {
	r := record()
	r.add("POST", "https://as.acme.com/token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=GmRhmhcxhwAzkoEqiMEg&client_id=shop", "", `{"error":"expired_token"}`, 400)
	if got := r.report(); got.Grant != GrantDevice || got.Causes[0].ID != CodeExpired {
		t.Errorf("%s: %+v", got.Grant, got.Causes)
	}
}

func TestTheStateIsARowOfTheTable(t *testing.T) {
	v := view.Of(Evidence{Authorizations: []Authorization{{ClientID: "shop", State: "a8Kx", Response: AuthorizationResponse{Code: "c", State: "b9Lw"}}}})
	if rows := v.Table(); rows[0].Name != "state" || rows[0].Fits != view.Wrong {
		t.Errorf("%+v", rows)
	}
}

// A proxy that rewrites a request does so behind the client.
func TestWhatTheServerNamesIsNotExcludedByWhatTheClientSees(t *testing.T) {
	for description, want := range map[string]ID{
		"the redirect_uri is not that of the authorization request": RedirectURIMismatch,
		"the code_verifier does not give the code_challenge":        PKCEMismatch,
		"the grant was issued to another client":                    ClientMismatch,
		"No matching redirect_uri":                                  RedirectURIMismatch,
		"the redirect_uri 'http://127.0.0.1:80/cb' is not that of the authorization request, 'https://127.0.0.1:80/cb'": RedirectURIMismatch,
		"Code is ok but redirect_uri is wrong":                   RedirectURIMismatch,
		"PKCE check did not pass":                                PKCEMismatch,
		"PKCE unsuccessful":                                      PKCEMismatch,
		"redirect_uri is fine, code_verifier is not":             PKCEMismatch,
		"the code is malformed, truncated or changed on the way": CodeMalformed,
		"Code is not expired, PKCE check failed.":                PKCEMismatch,
		"The code was issued for another client_id":              ClientMismatch,
		"The OAuth 2.0 Client ID from this request does not match the one from the authorize request.":               ClientMismatch,
		"The client_id parameter differs from the one used in the authorization request.":                            ClientMismatch,
		"code is not expired; redirect_uri does not match":                                                           RedirectURIMismatch,
		"The client is ok. redirect_uri does not match.":                                                             RedirectURIMismatch,
		"Code is valid; redirect_uri does not match":                                                                 RedirectURIMismatch,
		"The request was rejected not because of the redirect_uri but because the code was issued to another client": ClientMismatch,
		"Neither the redirect_uri nor the code_verifier is at fault; the code was issued to a different client_id":   ClientMismatch,
		"Invalid client_id for this code":                                                                            ClientMismatch,
		"the code has been truncated":                                                                                CodeMalformed,
		"authorization code is corrupted":                                                                            CodeMalformed,
		"Could not decode the authorization code":                                                                    CodeMalformed,
	} {
		r := record().login()
		r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", `{"error":"invalid_grant","error_description":"`+description+`"}`, 400)
		got := r.report()
		if first := got.Causes[0]; first.ID != want || first.Strength != Likely || !strings.Contains(strings.Join(first.Says, "\n"), "as the client sees it") {
			t.Errorf("%s: %s is %s: %q", description, first.ID, first.Strength, first.Says)
		}
	}
	r := record().login()
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", `{"error":"invalid_grant","error_description":"Malformed auth code."}`, 400)
	if got := r.report(); excluded(got, CodeMalformed) {
		t.Errorf("a wording that mostly means one fault, and names it: %+v", got.RuledOut)
	}
	r = record().login()
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", `{"ok":false,"error":"bad_redirect_uri"}`, 200)
	if got := r.report(); got.Causes[0].ID != RedirectURIMismatch || got.Causes[0].Strength != Likely {
		t.Errorf("a code that means one fault: %+v", got.Causes[0])
	}
	r = record().login()
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", `{"error":"invalid_grant","error_description":"the redirect_uri, the code_verifier or the client is not the one of the authorization request"}`, 400)
	if got := r.report(); !excluded(got, RedirectURIMismatch) || !excluded(got, PKCEMismatch) {
		t.Errorf("the server names several: %+v", got.RuledOut)
	}
}

// Words that call something right, or only name it, accuse nothing.
func TestWhatTheServerCallsRightStaysExcluded(t *testing.T) {
	for description, id := range map[string]ID{
		"The redirect_uri is fine, but the code is unknown":                                                        RedirectURIMismatch,
		"Not a redirect_uri problem. See logs.":                                                                    RedirectURIMismatch,
		"The code has expired; redirect_uri does not match is not the reason":                                      RedirectURIMismatch,
		"Neither the redirect_uri nor the code_verifier is at fault; the code was issued to a different client_id": PKCEMismatch,
		"The code is not truncated; it has expired":                                                                CodeMalformed,
		"This is not a PKCE failure":                                                                               PKCEMismatch,
		"PKCE: passed":                                                                                             PKCEMismatch,
		"code_verifier":                                                                                            PKCEMismatch,
		"redirect_uri: https://shop.acme.com/cb":                                                                   RedirectURIMismatch,
		"client ok, redirect_uri ok: code not found":                                                               RedirectURIMismatch,
		"Parameter redirect_uri was ignored":                                                                       RedirectURIMismatch,
	} {
		r := record().login()
		r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", `{"error":"invalid_grant","error_description":"`+description+`"}`, 400)
		if got := r.report(); !excluded(got, id) {
			t.Errorf("%s: %s is %s", description, got.Causes[0].ID, got.Causes[0].Strength)
		}
	}
}

// A number of the provider's own has one meaning, whatever stands around it.
func TestAnErrorsNumberThatNamesTheCauseIsBelieved(t *testing.T) {
	r := record().login()
	r.add("POST", "https://login.microsoftonline.com/common/oauth2/v2.0/token", r.form().Encode(), "", `{"error":"invalid_grant","error_description":"AADSTS501481: The Code_Verifier does not match the code_challenge supplied in the authorization request. Trace ID: 1b4f-1"}`, 400)
	if got := r.report(); got.Causes[0].ID != PKCEMismatch || got.Causes[0].Strength != Likely {
		t.Errorf("%+v", got.Causes[0])
	}
}

func TestADeviceThatWaitsForItsUserIsNoFailure(t *testing.T) {
	r := record()
	r.add("POST", "https://as.acme.com/token", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=GmRhmhcxhwAzkoEqiMEg&client_id=shop", "", `{"error":"authorization_pending"}`, 400)
	if got := r.report(); len(got.Causes) > 0 || len(got.Findings) != 1 {
		t.Errorf("%+v, %q", got.Causes, got.Findings)
	}
	if got := Diagnose(Evidence{ErrorResponse: ErrorResponse{Error: "slow_down"}}); len(got.Causes) > 0 || len(got.Findings) != 1 {
		t.Errorf("%+v, %q", got.Causes, got.Findings)
	}
}

// A server that failed may have used the code up.
func TestTheSameCodeAfterAServerErrorIsASecondUse(t *testing.T) {
	r := record().login()
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", "Bad Gateway", 502)
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", rejected, 400)
	got := r.report()
	if got.ErrorResponse.Error != "invalid_grant" || !slices.ContainsFunc(got.Causes[:3], func(c Cause) bool { return c.ID == CodeReused }) {
		t.Errorf("%s, %+v", got.ErrorResponse.Error, got.Causes)
	}
}

func TestABodyThatWasNotRecordedHoldsNoTokensForSure(t *testing.T) {
	r := record().login()
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", "", 200)
	got := r.report()
	if len(got.Findings) != 1 || !strings.Contains(got.Findings[0], "not recorded") {
		t.Errorf("%q", got.Findings)
	}
	if d := DocumentOf(got); got.Granted || d.Outcome != Explained || len(d.Causes) > 0 {
		t.Errorf("%v, %q, %+v", got.Granted, d.Outcome, d.Causes)
	}
}

func TestAStateThatWasChangedOnItsWayIsNoOtherLogin(t *testing.T) {
	for _, state := range []string{"AF0IFJSLDKJ29XQ", "%22af0ifjsldkj29Xq%22"} {
		r := record().login()
		r.exchanges[0].Response.Location = "https://shop.acme.com/cb?code=" + r.code + "&state=" + state
		if got := r.report(); len(got.Findings) != 1 || strings.Contains(got.Findings[0], "forged") {
			t.Errorf("%s: %q", state, got.Findings)
		}
	}
}

// A browser and a proxy record the same login, and their clocks differ.
func TestACallbackInTwoFilesCameOnce(t *testing.T) {
	r := record().login()
	r.add("GET", "https://shop.acme.com/cb?code="+r.code+"&state="+r.state, "", "", "", 200)
	again := *r.add("GET", "https://shop.acme.com/cb?code="+r.code+"&state="+r.state, "", "", "", 200)
	r.exchanges[len(r.exchanges)-1].From.File = "proxy.har"
	r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", rejected, 400)
	if got := r.report(); got.Causes[0].ID == CodeReused {
		t.Errorf("%q", got.Causes[0].Says)
	}
	again.SentAt = again.SentAt.Add(300 * time.Millisecond)
	again.From.File = ""
	r.exchanges = append(r.exchanges[:len(r.exchanges)-1:len(r.exchanges)-1], again, r.exchanges[len(r.exchanges)-1])
	if got := r.report(); got.Causes[0].ID != CodeReused {
		t.Errorf("twice in one file: %s, %q", got.Causes[0].ID, got.Causes[0].Says)
	}
}

func TestARejectionThatWasRecordedTwiceIsOne(t *testing.T) {
	r := record().login()
	x := *r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", rejected, 400)
	r.exchanges = append(r.exchanges, x)
	if e := r.report(); slices.ContainsFunc(e.Causes, func(c Cause) bool { return c.ID == CodeReused && c.Strength != Possible }) {
		t.Errorf("%+v", e.Causes[0])
	}
}

// Two proxies whose clocks differ by hours recorded one exchange.
func TestTheSameTokensForTheSameCodeInTwoFilesAreOneExchange(t *testing.T) {
	r := record().login()
	x := *r.add("POST", "https://as.acme.com/token", r.form().Encode(), "", granting, 200)
	x.SentAt, x.ReceivedAt, x.From.File = x.SentAt.Add(2*time.Hour), x.ReceivedAt.Add(2*time.Hour), "upstream.har"
	r.exchanges = append(r.exchanges, x)
	if got := r.report(); len(got.Causes) > 0 {
		t.Errorf("%s: %q", got.Causes[0].ID, got.Causes[0].Says)
	}
}

func TestADeviceCodeThatWasExchangedBeforeWasUsedTwice(t *testing.T) {
	r := record()
	const form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=GmRhmhcxhwAzkoEqiMEg&client_id=shop"
	r.add("POST", "https://as.acme.com/token", form, "", `{"error":"authorization_pending"}`, 400)
	r.add("POST", "https://as.acme.com/token", form, "", granting, 200)
	for _, body := range []string{rejected, `{"error":"invalid_grant","error_description":"invalid device code"}`} {
		again := *r
		again.add("POST", "https://as.acme.com/token", form, "", body, 400)
		got := again.report()
		if got.Causes[0].ID != CodeReused || got.Causes[0].Strength != Certain || got.Grant != GrantDevice {
			t.Errorf("%s: %+v", body, got.Causes)
		}
		if strings.Contains(fmt.Sprint(got), "GmRhmhcxhwAzkoEqiMEg") {
			t.Errorf("%s: the device code is shown", body)
		}
	}
	if got := Diagnose(Evidence{Grant: GrantDevice, ErrorResponse: ErrorResponse{Error: "invalid_grant", Description: "invalid device code"}}); slices.ContainsFunc(got.Causes, func(c Cause) bool {
		return c.ID == ClientCredentials && strings.Contains(strings.Join(c.Says, " "), "secret")
	}) {
		t.Errorf("a secret is heard: %+v", got.Causes)
	}
}
