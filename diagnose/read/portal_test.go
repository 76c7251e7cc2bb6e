package read

import (
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/evidence"
)

// Logs of providers that say less than an error response does.
func TestAProvidersLogTellsTheErrorByANumberAlone(t *testing.T) {
	for name, log := range map[string]string{
		"JSON":            `{"resourceId":"/tenants/2222/providers/Microsoft.aadiam","resultType":"700082","properties":{"status":{"errorCode":700082}}}`,
		"table":           "Date (UTC),Request ID,Status,Sign-in error code,Failure reason\n2026-11-29T21:09:18Z,2222,Failure,700082,\n",
		"table of events": "Date (UTC),Request ID,Status,Sign-in error code,Failure reason\n2026-11-29T21:09:18Z,2222,Failure,700082,\"a, b\"\n2026-11-29T21:09:19Z,2223,Failure,700082,\n",
	} {
		e := read(t, log).Evidence
		if said := e.ErrorResponse.Error.Raw() + e.ErrorResponse.Description.Raw(); !strings.HasPrefix(said, "AADSTS700082") {
			t.Errorf("%s: %q", name, said)
		}
	}
	for name, log := range map[string]string{
		"success":            `{"resourceId":"/tenants/2222/providers/Microsoft.aadiam","resultType":"0"}`,
		"someone else's log": `{"service":"printer","resultType":"700082"}`,
	} {
		if e := read(t, log).Evidence; e.ErrorResponse.Description != "" || e.ErrorResponse.Error != "" {
			t.Errorf("%s: %q", name, e.ErrorResponse.Description.Raw())
		}
	}
}

func TestAnEventOfAProvidersLogTellsTheGrant(t *testing.T) {
	const log = `{"type":"fertft","description":"Token could not be decoded or is missing in DB","hostname":"dev.eu.auth0.com"}`
	if e := read(t, log).Evidence; e.Grant != evidence.GrantRefresh {
		t.Errorf("the grant is %q", e.Grant)
	}
}

func TestALineOfAnAccessLogIsARequestAndAnAddressThatIsRepeatedIsNone(t *testing.T) {
	const line = `192.0.2.2 - - [29/Nov/2026:21:09:18 +0000] "GET /callback?code=pc_abc123def456&state=af0 HTTP/1.1" 302 0 "-" "Mozilla/5.0"` + "\n"
	const address = "I was sent to https://app.example/callback?code=pc_abc123def456&state=af0\n"
	for text, want := range map[string]int{line + line: 2, line: 1, address + address: 1} {
		e := read(t, text+"invalid_grant\n").Evidence
		if len(e.Authorizations) != 1 || e.Authorizations[0].Response.Count != want {
			t.Errorf("%s: want %d callbacks, got %+v", text, want, e.Authorizations)
		}
	}
}

func TestAMessageThatAToolCutOffSaysSo(t *testing.T) {
	const text = "resulted in a `400 Bad Request` response:\n" + `{"error":"invalid_grant","error_description":"The code is inva (truncated...)` + "\n"
	got := read(t, text)
	if d := got.Evidence.ErrorResponse.Description.Raw(); d != "The code is inva" {
		t.Errorf("the description is %q", d)
	}
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "getBody()") {
		t.Errorf("warnings: %q", got.Warnings)
	}
}
