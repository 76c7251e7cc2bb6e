package read

import (
	"strconv"
	"strings"

	"grantwalk/diagnose"
	"grantwalk/diagnose/catalogue"
	"grantwalk/diagnose/safe"
	"grantwalk/diagnose/wire"
)

// A finding is the error that a text speaks of. Its strings are not cleaned yet.
type finding struct {
	code        string
	description string
	uri         string
	status      int
}

func (f finding) refusal() diagnose.Refusal {
	return refusal(wire.Refusal{Code: f.code, Description: f.description, URI: f.uri}, f.status)
}

// members finds the members of an answer, in every way in which languages and
// logs print them: JSON, JSON in a string, Python, Ruby, Go, a query, YAML.
var members = lazy(`(?i)(?:^|[^a-z0-9_])(error_?description|error_?message|error_?msg|error_?uri|error_?codes?|error_?reason|error|err|suberror|server_message|message|msg|detail|description|type|code)(?:\\*["'])?\s*(?::|=>?)\s*`)

// find looks for an error in the text.
func find(text string) finding {
	f := finding{}
	byName := map[string][]string{}
	for _, m := range members().FindAllStringSubmatchIndex(text, 400) {
		name := strings.ReplaceAll(strings.ToLower(text[m[2]:m[3]]), "_", "")
		if value := memberValue(text, m[1]); value != "" {
			byName[name] = append(byName[name], value)
		}
	}
	for _, name := range []string{"error", "servermessage", "errorcode", "code", "err", "message", "msg", "type"} {
		for _, value := range byName[name] {
			if f.code == "" && isCode(value) {
				f.code = value
			}
		}
	}
	if !errorCodes().MatchString(f.code) {
		switch bare := codeIn(text); {
		case strings.Contains(text, "invalid_grant"):
			f.code = "invalid_grant"
		case f.code == "":
			f.code = bare
		}
	}
	f.uri = first(byName["erroruri"])
	f.description = first(byName["errordescription"])
	if f.description == "" {
		f.description = behindCode(text, f.code)
	}
	if ad := directoryError().FindString(text); ad != "" && !strings.Contains(f.description, ad[:min(len(ad), 10)]) {
		f.description = ad
	}
	for _, name := range []string{"errormessage", "errormsg", "description", "detail", "message", "msg", "errorreason"} {
		for _, value := range byName[name] {
			if f.description == "" && says(value, f.code) {
				f.description = value
			}
		}
	}
	if f.description == "" && f.code != "" {
		f.description = thrown(text, f.code)
	}
	f.status = statusIn(text)
	if strings.EqualFold(f.description, f.code) {
		f.description = ""
	}
	return f
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// memberValue is what stands at i: a string, its escapes undone, or a word. A
// value that goes on behind the end of the line without a quote is a sentence.
func memberValue(text string, i int) string {
	start, end := valueAt(text, i)
	quoted := start > i
	if !quoted && start < len(text) && (text[start] == '{' || text[start] == '[') {
		return ""
	}
	value := text[start:end]
	switch {
	case quoted:
		return unquote(value)
	case end < len(text) && text[end] == ' ' && !strings.Contains(text[max(0, i-1):i], "="):
		// key: some words, up to the end of the line
		line, _, _ := strings.Cut(text[start:], "\n")
		return strings.TrimRight(strings.TrimSpace(line), `,"'})]`)
	case strings.ContainsAny(value, "+%"):
		return wire.Form("v=" + value)[0].Value
	}
	return value
}

var escapedSigns = strings.NewReplacer(`\\r\\n`, " ", `\r\n`, " ", `\\n`, " ", `\n`, " ", `\r`, " ", `\t`, " ", `\\\"`, `"`, `\"`, `"`, `\'`, `'`, `\/`, `/`, `\u0027`, `'`, `\u0022`, `"`, `\u003d`, "=", `\u0026`, "&")

func unquote(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return escapedSigns.Replace(s)
}

// isCode: an error code, by its form: words with underscores or hyphens in
// between, or a name that ends in what errors are called.
func isCode(s string) bool {
	return errorCodes().FindString(s) == s && s != "" || codeForm().MatchString(s)
}

var codeForm = lazy(`^(?:[a-z]+(?:[_-][a-z0-9]+)+|[A-Z]+(?:_[A-Z0-9]+)+|\w+(?:Exception|Error)|AADSTS\d+|invalid\w+)$`)

// says: the value tells more than that there was an error.
func says(value, code string) bool {
	switch {
	case len(value) < 4 || value == code || strings.HasPrefix(value, "Request failed with status code"):
		return false
	}
	return strings.ContainsAny(value, " ") || isCode(value)
}

// directoryError is a message of Entra's, with its number.
var directoryError = lazy(`AAD(?:STS|B2C)\d+[^\n"\\]*`)

// behind is what libraries print between a code and its description:
//
//	invalid_grant: Bad Request · "invalid_grant" "Bad Request" · (invalid_grant) Bad Request ·
//	invalid_grant — Bad Request · invalid_grant, Bad Request · invalid_grant. Description: Bad Request
var behind = lazy(`^\\?["'\x60]?[)\]]?(?:\s*(?:[:,;|–—]|-+)\s+|\s*[:,]\s*|\s*\\?["'(]|[).]\s*(?i:description|error_description|reason|message)\s*[:=]\s*|[)\]]\s+|\s*\n\s*)\\?["']?`)

func behindCode(text, code string) string {
	if code == "" {
		return ""
	}
	for at, rest := 0, text; ; {
		n := strings.Index(rest, code)
		if n < 0 {
			return ""
		}
		at += n + len(code)
		rest = text[at:]
		if m := behind().FindString(rest); m != "" {
			said := rest[len(m):]
			if strings.HasSuffix(m, "(") {
				said, _, _ = strings.Cut(said, ")")
			}
			if d := sentence(said, strings.Contains(m, "\n")); d != "" {
				return d
			}
		}
	}
}

// sentence is the text up to the end of its line or of its quotes, if it reads
// like one: it begins with a letter, has several words, and is neither another
// member nor a stack frame.
func sentence(text string, nextLine bool) string {
	line, _, _ := strings.Cut(text, "\n")
	for _, end := range []string{`\n`, `\r`, `"`, `', `, `'}`, `(line `, " at "} {
		line, _, _ = strings.Cut(line, end)
	}
	line = strings.TrimRight(strings.TrimSpace(line), `\"'}]`)
	if strings.Count(line, ")") > strings.Count(line, "(") {
		line = strings.TrimSuffix(line, ")")
	}
	if nextLine && !strings.HasPrefix(line, "AADSTS") || len(line) < 4 || !strings.Contains(line, " ") || notSentence().MatchString(line) {
		return ""
	}
	return line
}

var notSentence = lazy(`^(?:[^\pL]|at |from |File |line \d|https?:|\w+["']?\s*[:=]\s*["'{\[]|(?i:error_?description|status|grant_type|code|description|error_uri)\b\s*["']?\s*[:=])`)

var statuses = []pattern{
	lazy(`\bHTTP/[\d.]+"? ([1-5]\d\d)\b`),
	lazy(`(?i)\b(?:status|response|http)[ _-]?(?:code)?\\?["']?(?:[^\n\d"'{}]{0,50})[:= ]\s*\\?["']?(?:HttpStatusCode\.)?([3-5]\d\d)\b`),
	lazy(`\b([3-5]\d\d)[ :)]+\(?(?:Bad Request|Unauthorized|Forbidden|Not Found|Bad Gateway|Internal Server Error|Too Many Requests|Service Unavailable|invalid_|unauthorized|\{)`),
	lazy(`(?i)\((?:HTTP )?([45]\d\d)\)`),
	lazy(`\b(?:GET|POST) \S+ ([45]\d\d)\b`),
	lazy(`(?:->|=>|→)\s*([1-5]\d\d)\b`),
	lazy(`(?i)\bfailed(?: with)?(?: status)?(?: code)?[: ]+\(?([45]\d\d)\b`),
	lazy(`^\s*([45]\d\d)\b`),
}

// statusIn is the HTTP status that the text names. Of a log with several the
// last error counts.
func statusIn(text string) int {
	for _, p := range statuses {
		found := p().FindAllStringSubmatch(text, 20)
		for i := len(found) - 1; i >= 0; i-- {
			if n, _ := strconv.Atoi(found[i][1]); n >= 400 || i == 0 && len(found) == 1 {
				return n
			}
		}
	}
	return 0
}

// grantNames are what texts call the grants, the clearest names first.
var grantNames = []struct {
	grant string
	words pattern
}{
	{"", lazy(`(?i)\bgrant_?type\\?["']?\s*(?::|=>?|%3D)\s*\\?["']?([\w:%.-]+)`)},
	{diagnose.GrantCode, lazy(`type="?CODE_TO_TOKEN`)},
	{diagnose.GrantRefresh, lazy(`type="?REFRESH_TOKEN`)},
	{diagnose.GrantPassword, lazy(`(?i)UsernamePassword|AcquireTokenByUsernamePassword|resource owner password|\bROPC\b|password grant|PasswordCredentials|invalid username or password|AADSTS50126`)},
	{diagnose.GrantJWT, lazy(`(?i)jwt-bearer|\binvalid jwt|service.?account|\bJWT signature|\bassertion\b|ServiceAccountCredentials|on.behalf.of|RequestJWTUserToken|iat and exp|jwt_authorization`)},
	{diagnose.GrantRefresh, lazy(`(?i)refresh[ _-]?token|token[ _-]?refresh|refresh(?:ing)? (?:the )?(?:access )?(?:token|oauth|failed)|refreshAccessToken|refresh_oauth|refreshed`)},
	{diagnose.GrantCode, lazy(`(?i)auth(?:orization)?[ _-]?code|code[_ ]verifier|verification[ _]code|the code|token exchange|exchanging|exchange failed|callback|redirect[ _]?ur[il]|PKCE|OAuth2Strategy|handling the remote login`)},
	{diagnose.GrantRefresh, lazy(`(?i)\brefresh`)},
}

// grantIn is the grant that a text speaks of: the first in order that it names,
// in the description, or else around it.
func grantIn(text, description string) string {
	if g := grantNamed(description); g != "" {
		return g
	}
	if description != "" {
		text = strings.ReplaceAll(text, description, " ")
	}
	return grantNamed(text)
}

// ofAll is RFC 6749's own sentence (§5.2), which names every grant.
const ofAll = "does not match the redirection URI"

func grantNamed(text string) string {
	if strings.Contains(text, ofAll) {
		return ""
	}
	for _, g := range grantNames {
		m := g.words().FindStringSubmatch(text)
		switch {
		case m == nil:
		case g.grant != "":
			return g.grant
		case shortGrant(m[1]) != "":
			return shortGrant(m[1])
		}
	}
	return ""
}

func shortGrant(name string) string {
	name = strings.NewReplacer("%3A", ":", "%3a", ":").Replace(name)
	name = strings.ReplaceAll(name[strings.LastIndexByte(name, ':')+1:], "-", "_")
	for _, g := range diagnose.Grants {
		if g == name || g == strings.ReplaceAll(name, "saml2", "jwt") {
			return g
		}
	}
	return ""
}

// A complaint is a line of a failure that has to do with grants, where no error
// code stands: both patterns must be in it.
var (
	failing = lazy(`(?i)\b(?:fail(?:ed|s|ure)?|errors?|exceptions?|\w+(?:Error|Exception)|\w*invalid\w*|denied|refused|could not|couldn.t|cannot|unable|expired|revoked|mismatch|incorrect|not (?:a )?valid|unrecogni[sz]ed|missing|unexpected|rejected|not been whitelisted|required|too (?:far|old|early|late))\b`)
	grantly = lazy(`(?i)\boauth|\bOIDC\b|openid|omniauth|access[ _-]?token|refresh(?:ing)?[ _-]?(?:the )?(?:token|oauth)|token[ _-]?(?:refresh|request|endpoint|exchange|error)|\bTokenError\b|authori[sz]ation (?:code|error|server|grant)|auth(?:entication)? (?:token|code)|redirect[ _]?ur[il]|code[ _]?verifier|\bcode (?:passed|verifier)|client[_ ](?:id|secret|credentials|assertion)|\bgrant\b|id_?token|\bjwt\b|/token\b|AuthApiError|AuthSdkError|NotAuthorizedException|remote login|(?:refresh|authenticat)\w* tokens?\b|tokens? was|resource owner|\bclaim\b|\baudience\b|could not authenticate`)
	refused = lazy(`\b(?:400|401|403)\b`)
)

// complains returns the line that complains of a grant, and whether any says so
// by more than a status.
func complains(text string) (line string, any bool) {
	for l := range strings.SplitSeq(text, "\n") {
		if len(l) > 4<<10 || !grantly().MatchString(l) || quiet().MatchString(l) {
			continue
		}
		if failing().MatchString(l) {
			return strings.TrimSpace(l), true
		}
		any = any || refused().MatchString(l)
	}
	return "", any
}

// quiet lines speak of no failure of theirs.
var quiet = lazy(`\b(?:INFO|DEBUG|TRACE)\b`)

// exceptionName stands before the message of an exception.
var exceptionName = lazy(`^.*\(\w+Exception\) when calling the \w+ operation: |^(?:.*[\s:])?[\w.\\$]*(?:Error|Exception|Grant|Request)\b(?:\s*\[[^\]]*\])?\s*:\s*`)

var (
	stampAndLevel = lazy(`^(?:HTTP )?4\d\d\s*[-:]\s+|^[\[(]?[\d-]{0,10}[T ]?\d\d:\d\d:\d\d\S*\s+(?:[\[(]?(?:WARN(?:ING)?|ERROR|CRITICAL|FATAL|E|W)[\])]?:?\s+)?`)
	sourceLine    = lazy(`(?: in \S+:\d+| at \S+\(.*\))$`)
)

// messageOf is the complaint without time, level and the name of the exception.
func messageOf(line string) string {
	line = strings.TrimPrefix(line, stampAndLevel().FindString(line))
	if at := exceptionName().FindString(line); at != "" && len(at) < len(line) {
		line = line[len(at):]
	}
	return strings.Trim(sourceLine().ReplaceAllString(line, ""), `"' `)
}

// thrown is what an exception says that stands beside the code.
func thrown(text, code string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > 4<<10 || !exceptionName().MatchString(line) || strings.Contains(line, code) {
			continue
		}
		if said := messageOf(line); strings.Contains(said, " ") && !notSentence().MatchString(said) && !statusOnly().MatchString(said) {
			return said
		}
	}
	return ""
}

var statusOnly = lazy(`^\W*(?:[1-5]\d\d|Bad Request|Request failed|Unauthorized)\b`)

// worded reports whether the catalogue knows a server that says this.
func worded(f finding, text string) bool {
	hits := catalogue.Match(catalogue.Query{Error: f.code, Description: f.description, Words: text})
	return len(hits) > 0 && hits[0].Wording != nil && !catalogue.Vague(text)
}

// wordsAround is what is left of the text besides the description: cleaned,
// without secrets, cut to what fits a screen or two.
func wordsAround(text, description string) string {
	if len(description) > 20 {
		text = strings.ReplaceAll(text, description, " ")
	}
	return lines(Redact(text))
}

// maxWords bounds Evidence.Words, in bytes.
const maxWords = 8 << 10

// lines cleans text and keeps its line ends.
func lines(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		line = safe.Text(strings.TrimRight(line, " \t"), 2000)
		if line == "" {
			continue
		}
		if b.Len()+len(line) > maxWords {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return b.String()
}
