package read

import (
	"bytes"
	"strings"
	"testing"
)

// A server may repeat what it was sent, and cookies are secrets too.
func TestNoSecretOfRawMessagesIsShown(t *testing.T) {
	request := strings.NewReplacer("abc", marked, "88", "110", "Host:", "Cookie: a="+marked+"\r\nAuthorization: Basic "+marked+"\r\nHost:").Replace(sentRequest)
	response := "HTTP/1.1 400 Bad Request\r\nSet-Cookie: s=" + marked + "\r\nContent-Type: application/json\r\n\r\n{\"error\":\"invalid_grant\",\"error_description\":\"code " + marked + " is not valid\"}"
	form, said := strings.Replace(sentForm, "abc", marked, 1), response[strings.Index(response, "{"):]
	for name, body := range map[string][]byte{
		"messages":                 []byte(request + response),
		"messages, and words":      []byte(request + response + "\n\nwhy?\n"),
		"a length that is too big": []byte(strings.Replace(request, "110", "111", 1) + response),
		"Fiddler":                  archiveOf("raw/1_c.txt", request, "raw/1_s.txt", response),
		"mitmproxy":                []byte(flowOf(form, said)),
		"mitmproxy, cut":           []byte(flowOf(form, said) + flowOf(form, said)[:300]),
		"Burp":                     []byte(burpOf(burpItemOf("", request, response))),
		"Burp, cut":                []byte(burpOf(burpItemOf("", request, response), "<item><"+marked)),
	} {
		res, err := Read([]Input{{Name: name, Reader: bytes.NewReader(body)}}, Options{})
		if err != nil || len(res.Evidence.TokenRequests) == 0 {
			t.Errorf("%s: %v, %+v", name, err, res)
		}
		if strings.Contains(printed(t, res), marked) {
			t.Errorf("%s shows the secret: %s", name, printed(t, res))
		}
	}
}
