package record

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/safe"
)

// Whatever is around a secret, and however long it is: a transcript never prints a secret
// that it tracks, in any of the forms in which it was sent.
func FuzzATranscriptNeverPrintsWhatWasMarkedSecret(f *testing.F) {
	for _, seed := range []string{``, `{"error":"invalid_grant","error_description":"Code not found"}`, `{"access_token":"abc","expires_in":"3600"}`, "<html><body>502", "\xff\xfe"} {
		f.Add("a secret/with+every%char=in&it", seed, seed, 100)
		f.Add("aaaaaaaa", "aaa", "aaa", 5)
		f.Add("日本語の秘密の言葉", seed, "\xe6", 17)
	}
	f.Fuzz(func(t *testing.T, secret, before, after string, limit int) {
		const mark = "… (0123456789 characters)"
		if len(secret) < 8 || limit < 0 || strings.Contains(mark, secret) || strings.Trim(secret, "… (0123456789chartes)") == "" {
			return // too short to be hidden, or the mark that replaces it
		}
		tr := NewTranscript()
		tr.TrackSecret(safe.Secret(secret))
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			got := tr.WithoutSecrets(before+form+after, limit)
			if strings.Contains(got.String(), secret) || strings.Contains(got.String(), form) {
				t.Fatalf("%q shows %q", got, form)
			}
			m := Message{Params: []Param{newParam("json", before, before+form+after), {Name: "x", Secret: safe.Secret(secret)}}, Note: form, Body: after + form}
			tr.Event(m, nil)
			if shown := fmt.Sprintf("%+v", tr.Messages()); strings.Contains(shown, secret) {
				t.Fatalf("%q shows %q", shown, secret)
			}
		}
	})
}
