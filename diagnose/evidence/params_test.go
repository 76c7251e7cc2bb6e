package evidence

import (
	"encoding/base64"
	"testing"
)

// A key may be sent as the id: alone, or as the user of curl -u KEY:.
func TestWhatStandsAloneInABasicHeaderIsAnIDOnlyIfItIsKnownToBeHarmless(t *testing.T) {
	for user, id := range map[string]string{
		"Zq7xW2kLp9vT":        "",
		"Zq7xW2kLp9vT:":       "",
		"my-app":              "my-app",
		"my-app:":             "my-app",
		"Zq7xW2kLp9vT:x3Kd9q": "Zq7xW2kLp9vT",
	} {
		var r TokenRequest
		r.SetAuthorization("Basic " + base64.StdEncoding.EncodeToString([]byte(user)))
		if r.ClientID.Raw() != id || r.Hides("client_id") != (id == "") {
			t.Errorf("%s: the id is %q, hidden: %t", user, r.ClientID.Raw(), r.Hides("client_id"))
		}
	}
}
