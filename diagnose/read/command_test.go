package read

import (
	"cmp"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
)

// sent are the requests that the text's commands send.
func sentBy(text string) (all []exchange.Exchange) {
	for _, c := range commands(plain(text)) {
		all = append(all, c.sent...)
	}
	return all
}

// shown is a request in a line: method, URL, form, what else is known.
func shown(x exchange.Exchange) string {
	parts := []string{x.Request.Method, x.Request.URL.String()}
	for _, p := range x.Request.Form {
		parts = append(parts, p.Name+"="+p.Value)
	}
	var r evidence.TokenRequest
	r.SetAuthorization(x.Request.Authorization)
	if r.ClientAuth != "" && r.ClientAuth != "none" && r.ClientAuth != "post" {
		parts = append(parts, r.ClientAuth, cmp.Or(r.Basic.Reveal(), "unknown"))
	}
	if m := x.Request.Media; m != "" && m != "application/x-www-form-urlencoded" {
		parts = append(parts, m)
	}
	if x.Request.Body == exchange.Partly {
		parts = append(parts, "(partly)")
	}
	return strings.Join(parts, " ")
}

func TestARequestIsReadInEveryNotation(t *testing.T) {
	const form, url = "POST https://as.example/token grant_type=authorization_code code=a b+c redirect_uri=https://app.example/cb", "https://as.example/token"
	const body = "grant_type=authorization_code&code=a%20b%2Bc&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
	for name, text := range map[string]string{
		"cURL":                           "curl '" + url + "' \\\n  -H 'accept: */*' \\\n  --data-raw '" + body + "' \\\n  --compressed",
		"cURL, dollar quotes":            `curl 'https://as.example/token' --data-raw $'grant_type=authorization_code&code=a\u0020b%2Bc&redirect_uri=https://app.example/cb'`,
		"cURL, encoded by curl":          "curl " + url + " -d grant_type=authorization_code --data-urlencode 'code=a b+c' --data-urlencode redirect_uri=https://app.example/cb",
		"cURL, combined options":         "curl -sSXPOST " + url + " -kd '" + body + "'",
		"cURL, URL in front of its data": "curl --url " + url + " --data '" + body + "' -o out.json 2>&1 | jq .",
		"cURL in a subshell":             "TOKEN=$(curl -s " + url + " -d '" + body + "')\necho $TOKEN",
		"cURL with a here-document":      "curl " + url + " -d @- <<EOF\n" + body + "\nEOF\n",
		"cURL behind a pipe":             "echo '" + body + "' | curl " + url + " -d @-",
		"cURL with a variable":           "CODE='a b+c'\ncurl " + url + ` -d grant_type=authorization_code --data-urlencode "code=$CODE" -d redirect_uri=https://app.example/cb`,
		"cURL of PowerShell":             "curl.exe -X POST " + url + " `\n  -d \"" + body + "\"",
		"cURL (cmd)":                     "curl ^\"" + url + "^\" ^\n  -H ^\"accept: */*^\" ^\n  --data-raw ^\"" + strings.NewReplacer("&", "^&", "%2", "^%^2", "%3", "^%^3").Replace(body) + "^\"",
		"fetch":                          `fetch("` + url + `", {"headers": {"accept": "*/*"}, "body": "` + body + `", "method": "POST"});`,
		"fetch by hand":                  "const res = await fetch(`" + url + "`, {\n  method: 'post', // always\n  body: new URLSearchParams({ grant_type: 'authorization_code', code: 'a b+c', redirect_uri: \"https://app.example/cb\", }),\n})",
		"fetch with variables":           "const url = '" + url + "';\nconst body = new URLSearchParams({grant_type: 'authorization_code', code: 'a b+c', redirect_uri: 'https://app.example/cb'});\nawait fetch(url, {method: 'POST', body})",
		"fetch, joined":                  `fetch("https://as.example" + "/token", {method: "POST", body: "grant_type=authorization_code&code=" + encodeURIComponent("a b+c") + "&redirect_uri=https://app.example/cb"})`,
		"PowerShell":                     "Invoke-WebRequest -UseBasicParsing -Uri \"" + url + "\" `\n-Method \"POST\" `\n-Headers @{\n\"accept\"=\"*/*\"\n  } `\n-ContentType \"application/x-www-form-urlencoded\" `\n-Body \"" + body + "\"",
		"PowerShell with a table":        "$body = @{\n  grant_type = 'authorization_code'\n  code = \"a b+c\" # of today\n  redirect_uri = 'https://app.example/cb'\n}\n$r = Invoke-RestMethod -Method Post -Uri " + url + " -Body $body\n",
		"PowerShell with parameters":     "$params = @{ Uri = '" + url + "'; Method = 'Post'; Body = @{grant_type='authorization_code'; code='a b+c'; redirect_uri='https://app.example/cb'} }\nInvoke-RestMethod @params",
		"HTTPie":                         "http -f POST " + url + " grant_type=authorization_code code='a b+c' redirect_uri=https://app.example/cb Accept:*/*",
		"HTTPie without a method":        "https --form as.example/token grant_type=authorization_code 'code=a b+c' redirect_uri=https://app.example/cb",
		"wget":                           "wget -qO- --post-data='" + body + "' --header 'Accept: */*' " + url,
		"requests":                       "r = requests.post('" + url + "', data={'grant_type': 'authorization_code', \"code\": 'a b+c', 'redirect_uri': 'https://app.example/cb'})",
		"requests with variables":        "data = {\n  'grant_type': 'authorization_code',\n  'code': 'a b+c',  # of today\n  'redirect_uri': 'https://app.example/cb',\n}\nr = requests.request('POST', '" + url + "', data=data, timeout=10)",
	} {
		found := sentBy(text)
		if len(found) != 1 {
			t.Errorf("%s: %d requests in %s", name, len(found), text)
			continue
		}
		if got := shown(found[0]); got != form {
			t.Errorf("%s: %s\n%s", name, got, text)
		}
	}
}

func TestWhatACommandSaysBesidesTheFormIsRead(t *testing.T) {
	for text, want := range map[string]string{
		`curl -u id:s3 https://as.example/t -d a=b`:                                                                        "POST https://as.example/t a=b basic id:s3",
		`curl -u id https://as.example/t -d a=b`:                                                                           "POST https://as.example/t a=b basic id:…",
		`curl -G https://as.example/t -d a=b --data-urlencode 'c=d e'`:                                                     "GET https://as.example/t?a=b&c=d+e",
		`curl -I https://as.example/t`:                                                                                     "HEAD https://as.example/t",
		`curl --json '{"a":"b"}' https://as.example/t`:                                                                     "POST https://as.example/t a=b application/json",
		`curl -F a=b -F c=@d https://as.example/t`:                                                                         "POST https://as.example/t a=b c=… multipart/form-data",
		`curl -d @body.txt https://as.example/t`:                                                                           "POST https://as.example/t (partly)",
		`curl -x http://proxy:1 -e https://app.example https://as.example/t -d a=b`:                                        "POST https://as.example/t a=b",
		`curl $HOST/token -d "code=$CODE"`:                                                                                 "POST $HOST/token code=${CODE}",
		`curl https://as.example/t -d code=<your code>`:                                                                    "POST https://as.example/t code=<your code>",
		`curl https://as.example/t -d a=b&c=d`:                                                                             "POST https://as.example/t a=b c=d (partly)",
		`curl https://as.example/t -d 'a=b`:                                                                                "POST https://as.example/t a=b… (partly)",
		"curl https://as.example/t -d a=b \\\n":                                                                            "POST https://as.example/t a=b… (partly)",
		`curl https://as.example/t -d "code=$(pbpaste)"`:                                                                   "POST https://as.example/t code=$(…)",
		"fetch('https://as.example/t', {method: 'POST', body: `code=${code}`})":                                            "POST https://as.example/t code=${code}",
		"fetch('https://as.example/t', {method: 'POST', body: new URLSearchParams({code, ...more})})":                      "POST https://as.example/t code=${code} (partly)",
		"fetch('https://as.example/t', options)":                                                                           "GET https://as.example/t (partly)",
		"fetch(`https://${domain}/t`, {method: 'POST', headers: {Authorization: `Basic ${btoa('id:s3')}`}})":               "POST https://$domain/t basic unknown",
		"fetch('https://as.example/t', {method: 'POST', headers: {Authorization: 'Basic ' + btoa('id:s3')}, body: 'a=b'})": "POST https://as.example/t a=b basic id:s3",
		"fetch('https://as.example/t', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({a: 'b'})})": "POST https://as.example/t a=b application/json",
		"Invoke-RestMethod https://as.example/t -Method Post -Body \"a=`$b&code=$code\"":                                                 "POST https://as.example/t a=$b code=${code}",
		"Invoke-RestMethod -Uri https://as.example/t -Method Post -Body (@{a='b'} | ConvertTo-Json)":                                     "POST https://as.example/t a=b application/json",
		"irm https://as.example/t -Method Post -Credential $c -Body @{a='b'}":                                                            "POST https://as.example/t a=b (partly)",
		"http -a id:s3 as.example/t a=b c==d":                                                                                            "POST http://as.example/t?c=d a=b basic id:s3 application/json",
		"http :8080/t":                                                                                                                   "GET http://localhost:8080/t",
		"requests.post('https://as.example/t', {'a': 'b'}, auth=('id', 's3'))":                                                           "POST https://as.example/t a=b basic id:s3",
		"requests.post('https://as.example/t', data={'a': f'{b}'}, auth=auth)":                                                           "POST https://as.example/t a=${b} (partly)",
		"requests.post('https://as.example/t', json={'a': os.environ['B']})":                                                             "POST https://as.example/t a=… application/json",
	} {
		found := sentBy(text)
		if len(found) != 1 {
			t.Errorf("%d requests in %s", len(found), text)
			continue
		}
		if got := shown(found[0]); got != want {
			t.Errorf("%s\nreads %s\nwant  %s", text, got, want)
		}
	}
}

func TestASentenceAndAPagesScriptAreNoRequests(t *testing.T) {
	for _, text := range []string{
		"curl https://as.example/token says invalid_grant after the deploy",
		"I tried curl and wget too, and http too.",
		"http 400 at https://as.example/token",
		"wget https://as.example/token gives the same",
		"<script>fetch('/login', {method: 'POST'})</script>",
		"we call fetch(url) and requests.post(url, data)",
		"Invoke-RestMethod fails, too",
	} {
		if found := sentBy(text); len(found) != 0 {
			t.Errorf("%q reads %s", text, shown(found[0]))
		}
		if words := spoken(text); words != text {
			t.Errorf("%q: the words are %q", text, words)
		}
	}
}

func TestSeveralCommandsAreSeveralExchangesWithTheResponseBelowEach(t *testing.T) {
	const again = "curl https://as.example/token -d grant_type=refresh_token -d refresh_token=abc123abc123\n"
	all, rest := messages("First:\n" + again + "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"access_token\":\"x\"}\n\nand then:\n" + again + "{\"error\":\"invalid_grant\"}\n\n" +
		"requests.post('https://as.example/token', data={'grant_type': 'refresh_token'})\n# 401 {\"error\": \"invalid_client\"}\nWhy?")
	if len(all) != 3 || all[0].Response.Status != 200 || all[1].Response.Body != `{"error":"invalid_grant"}` || all[2].Response.Status != 401 {
		t.Fatalf("%+v", all)
	}
	for _, said := range []string{"First:", "and then:", "Why?"} {
		if !strings.Contains(rest, said) {
			t.Errorf("%q is not in %q", said, rest)
		}
	}
	if strings.Contains(rest, "curl") || strings.Contains(rest, "refresh_token") || strings.Contains(rest, "HTTP/1.1") {
		t.Errorf("the rest is %q", rest)
	}
}

func TestWhatAPowerShellCommandPreparesIsNoStatement(t *testing.T) {
	const text = "It fails.\n$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n$session.UserAgent = \"Mozilla/5.0\"\nInvoke-WebRequest -Uri \"https://as.example/t\" `\n-WebSession $session `\n-Body \"a=b\"\nWhy?"
	if got := strings.Fields(spoken(text)); !slices.Equal(got, []string{"It", "fails.", "Why?"}) {
		t.Errorf("%q", got)
	}
}

// bash itself prints the words of a command. It is asked where it is installed.
func TestAShellsWordsAreThoseOfBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	for _, words := range []string{
		`-d 'a b' "c\"d" e\ f`, `$'a\'b\n\tc\\ \x41\u00e9\u0021'`, `'it'\''s' "it's"`, "a\\\n b\\\nc", `""  ''`, `a"b"'c'$'d'e`, `"\a\$x\\"`, `'\n'`, "'a\nb'",
		`--data-raw $'------x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'`, `"!"`, `a=b#c # comment`, `{"a":1}`, `https://as.example/t?a=b`,
	} {
		out, err := exec.Command(bash, "-c", `printf '%s\0' `+words).Output()
		if err != nil {
			t.Errorf("%s: %v", words, err)
			continue
		}
		want := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		if got, _, whole := shellWords(words); !slices.Equal(got, want) || !whole {
			t.Errorf("%s\nreads %q\nbash  %q", words, got, want)
		}
	}
}

// A certificate, a netrc file or a header in a file authenticates the client, and is not in the command.
func TestWhatACommandAuthenticatesWithCanBeElsewhere(t *testing.T) {
	for _, option := range []string{"--cert me.pem", "-E me.pem", "--netrc", "-n", "--netrc-file x", "-H @headers"} {
		got, err := Read([]Input{{Reader: strings.NewReader("curl " + option + " https://as.example/token -d grant_type=client_credentials\n\n{\"error\":\"invalid_client\"}")}}, Options{})
		if err != nil || len(got.Evidence.TokenRequests) != 1 || got.Evidence.TokenRequests[0].ClientAuth != "" {
			t.Errorf("%s: %+v, %v", option, got.Evidence.TokenRequests, err)
		}
	}
}
