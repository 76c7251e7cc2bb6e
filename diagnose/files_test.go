package diagnose_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/read"
)

// files are captures as tools write them, each with the cause that is named first. No
// cause: what the file has cannot tell one, and nothing is certain. mitmdump 8.1.1 wrote
// mitmproxy.flow; most others were made in the form that the tool's maker documents.
var files = map[string]diagnose.ID{
	"copy-as-curl-cmd.txt":            diagnose.RedirectURIMismatch,
	"copy-as-fetch.txt":               diagnose.RedirectURIMismatch,
	"copy-as-powershell.txt":          diagnose.RedirectURIMismatch,
	"httpie.txt":                      diagnose.RedirectURIMismatch,
	"wget.txt":                        diagnose.RedirectURIMismatch,
	"curl-trace-ascii.txt":            diagnose.RedirectURIMismatch,
	"curl-trace.txt":                  diagnose.RedirectURIMismatch,
	"curl-v.txt":                      diagnose.RedirectURIMismatch,
	"fiddler.txt":                     diagnose.RedirectURIMismatch,
	"follow-stream.txt":               diagnose.RedirectURIMismatch,
	"insomnia-timeline.txt":           diagnose.RedirectURIMismatch,
	"mitmdump.txt":                    diagnose.RedirectURIMismatch,
	"network-tab-text.txt":            diagnose.RedirectURIMismatch,
	"postman-console.txt":             diagnose.RedirectURIMismatch,
	"burp.xml":                        diagnose.RedirectURIMismatch,
	"fiddler.saz":                     diagnose.RedirectURIMismatch,
	"mitmproxy.flow":                  diagnose.RedirectURIMismatch,
	"charles.chlsj":                   diagnose.RedirectURIMismatch,
	"wireshark.pcapng":                diagnose.RedirectURIMismatch,
	"tshark.json":                     diagnose.RedirectURIMismatch,
	"tshark-ek.json":                  diagnose.RedirectURIMismatch,
	"tshark.pdml":                     diagnose.RedirectURIMismatch,
	"tshark-V.txt":                    diagnose.RedirectURIMismatch,
	"postman-collection.json":         diagnose.RedirectURIMismatch,
	"chrome-sanitized.har":            diagnose.RedirectURIMismatch,
	"pingaccess_engine_audit_har.log": diagnose.RedirectURIMismatch,
	"har-sanitizer-pkce.har":          "",
	"insomnia.har":                    "",
}

func TestFilesOfToolsHaveTheirCause(t *testing.T) {
	for name, want := range files {
		body, err := os.ReadFile(filepath.Join("testdata/files", name))
		if err != nil {
			t.Fatal(err)
		}
		res, err := read.Read([]read.Input{{Name: name, Reader: bytes.NewReader(body)}}, read.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		causes := diagnose.Diagnose(res.Evidence).Causes
		if len(causes) == 0 {
			t.Errorf("%s: no cause", name)
			continue
		}
		for _, c := range causes {
			if c.Strength == diagnose.Certain && c.ID != want {
				t.Errorf("%s: %s is certain: %q", name, c.ID, c.Says)
			}
		}
		if want != "" && causes[0].ID != want {
			t.Errorf("%s: %s, want %s", name, causes[0].ID, want)
		}
	}
}
