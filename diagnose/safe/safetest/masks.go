package safetest

import "strings"

// Masks are what people and tools write in place of a value.
var Masks = []string{
	"***", "xxx", "XXXXXXXX", "...", "abc...", "Ab12cd… (43 characters)", "<redacted>", "<code_verifier>", "[REDACTED]", "REDACTED", "[authorization_code redacted]",
	"$VERIFIER", "${CLIENT_ID}", "{{client_id}}", "%CODE%", "MY_CLIENT_ID", "YOUR_CLIENT_SECRET", "your-client-id", "https://xxx/callback", "https://***/cb", "https://<host>/cb", "https://login.example/{tenantid}/v2.0",
	"*", "-", "?", "XX", "█████", "●●●●●●", "[PII of type 'System.String' is hidden. For more details, see https://aka.ms/IdentityModel/PII.]", "redactedredacted",
	strings.Repeat("0", 43), strings.Repeat("a", 43), "#{verifier}", "<%= verifier %>", ":verifier", "@verifier", "%s", "sha256:abcdef", "[hash:0a1b]", "len=43",
	"$(cat v.txt)", "`pwgen 43`", "web-$ENV", "$BASE/cb", "https://app-$ENV.example.com/cb", "https://your-app.com/cb", "https://app-XXXX.example.com/cb", "http://localhost:PORT/cb", "{redirect_uri}",
	"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "00000000-0000-0000-0000-000000000000",
}
