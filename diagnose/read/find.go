package read

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/evidence"
	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/diagnose/wire"
)

// A finding is the error that a text speaks of. Its strings are not cleaned yet.
type finding struct {
	code        string
	description string
	uri         string
	status      int
	shaped      bool // it has the members of RFC 6749 §5.2, whatever their values
}

func (f finding) refusal() evidence.ErrorResponse {
	return evidence.ErrorResponse{Error: safe.Foreign(f.code), Description: safe.Foreign(f.description), URI: safe.Endpoint(f.uri), Status: f.status}.Bounded()
}

// members finds the members of an answer, in every way in which languages and
// logs print them: JSON, JSON in a string, Python, Ruby, Go, a query, YAML.
var members = lazy.Regexp(`(?i)(?:^|[^a-z0-9_])(error_?description|error_?message|error_?msg|error_?uri|error_?codes?|error_?reason|reason|error|err|suberror|server_message|message|msg|detail|description|type|code)(?:\\*["'])?\s*(?::|=>?)\s*`)

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
	if !exchange.HasErrorCode(f.code) {
		switch bare := exchange.ErrorCode(text); {
		case strings.Contains(text, "invalid_grant"):
			f.code = "invalid_grant"
		case f.code == "":
			f.code = bare
		}
	}
	f.shaped = slices.ContainsFunc(byName["error"], told) && slices.ContainsFunc(byName["errordescription"], told)
	f.uri = first(byName["erroruri"])
	f.description = first(byName["errordescription"])
	if f.description == "" {
		f.description = behindCode(text, f.code)
	}
	if ad := numberedError().FindString(text); ad != "" && !strings.Contains(f.description, ad[:min(len(ad), 10)]) {
		f.description = ad
	}
	for _, name := range []string{"errormessage", "errormsg", "description", "detail", "message", "msg", "errorreason", "reason"} {
		for _, value := range byName[name] {
			if f.description == "" && says(value, f.code) {
				f.description = value
			}
		}
	}
	if f.description == "" && f.code != "" {
		f.description = thrown(text, f.code)
	}
	most := 599
	if strings.HasPrefix(f.code, "invalid_") && !failedItself(text).MatchString(text) {
		most = 499
	}
	f.status = statusIn(text, most)
	if strings.EqualFold(f.description, f.code) {
		f.description = ""
	}
	return f
}

// told: the member has a value.
func told(value string) bool { return !placeholder(value) }

func first(values []string) string {
	if len(values) == 0 || strings.HasSuffix(values[0], " is null") { // .NET's way to say that there was none
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

// valueAt is where the value that begins at i stands: between quotes, however
// often they are escaped, or up to white space or a delimiter.
func valueAt(text string, i int) (start, end int) {
	start = i
	for start < len(text) && text[start] == '\\' {
		start++
	}
	if start < len(text) && strings.IndexByte("\"'`", text[start]) >= 0 {
		if end := closing(text, start+1, text[start], start-i); end >= 0 {
			return start + 1, end
		}
		line, _, _ := strings.Cut(text[start+1:min(len(text), start+1+maxValue)], "\n")
		return start + 1, start + 1 + len(withoutMark(line)) // it was cut off
	}
	start = i
	end = start
	for end < len(text) && !strings.ContainsRune(" \t\r\n&\"'<>,;)}]`", rune(text[end])) {
		end++
	}
	return start, end
}

// withoutMark is a line that was cut off, without the mark that says so.
func withoutMark(line string) string {
	for _, s := range shorteners {
		line, _, _ = strings.Cut(line, s.mark)
	}
	return strings.TrimRight(line, " ")
}

// withoutMarks is a text without marks of tools that say that something was cut off.
func withoutMarks(text string) string {
	for _, s := range shorteners {
		text = strings.ReplaceAll(text, s.mark, "")
	}
	return text
}

// shorteners are the tools that print a part of a response, by the mark that they leave.
var shorteners = []struct{ mark, warning string }{
	// guzzle/psr7 src/Message.php, bodySummary
	{"(truncated...)", "Guzzle printed only the first 120 bytes of the response. To see all of it, log (string) $e->getResponse()->getBody()"},
}

// closing is where a string ends whose quote stands behind so many backslashes;
// -1: it does not. Quotes behind more of them are within the string.
func closing(text string, from int, quote byte, backslashes int) int {
	slashes := 0
	for i := from; i < len(text) && i < from+maxValue; i++ {
		switch {
		case text[i] == '\\':
			slashes++
			continue
		case text[i] == '\n':
			return -1
		case text[i] == quote && slashes <= backslashes:
			return i - slashes
		}
		slashes = 0
	}
	return -1
}

// maxValue bounds a quoted value.
const maxValue = 64 << 10

func placeholder(s string) bool {
	switch strings.ToLower(s) {
	case "", "null", "nil", "none", "true", "false", "undefined", "required", "invalid", "missing":
		return true
	}
	return false
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
	if s == "" || len(s) > maxCode {
		return false
	}
	return exchange.ErrorCode(s) == s || codeForm().MatchString(s)
}

// maxCode is longer than every error code that is known, in bytes. A member's value may
// be all the rest of the text.
const maxCode = 200

var codeForm = lazy.Regexp(`^(?:[a-z]+(?:[_-][a-z0-9]+)+|[A-Z]+(?:_[A-Z0-9]+)+|\w+(?:Exception|Error)|[A-Z][A-Z0-9]{3,}\d{3,}|invalid\w+)$`)

// says: the value tells more than that there was an error.
func says(value, code string) bool {
	switch {
	case len(value) < 4 || value == code || strings.HasPrefix(value, "Request failed with status code"):
		return false
	}
	return strings.ContainsAny(value, " ") || isCode(value)
}

// numberedError is a message of a server whose errors have numbers, such as AADSTS70008.
var numberedError = lazy.Pattern(sync.OnceValue(func() *regexp.Regexp {
	var names []string
	for _, name := range catalogue.ErrorNames() {
		names = append(names, regexp.QuoteMeta(name))
	}
	return regexp.MustCompile(`(?:` + strings.Join(names, "|") + `)\d+[^\n"\\]*`)
}))

// behind is what libraries print between a code and its description:
//
//	invalid_grant: Bad Request · "invalid_grant" "Bad Request" · (invalid_grant) Bad Request ·
//	invalid_grant — Bad Request · invalid_grant, Bad Request · invalid_grant. Description: Bad Request
var behind = lazy.Regexp(`^\\?["'\x60]?[)\]]?(?:\s*(?:[:,;|–—]|-+)\s+|\s*[:,]\s*|\s*\\?["'(]|[).]\s*(?i:description|error_description|reason|message)\s*[:=]\s*|[)\]]\s+|\s*\n\s*)\\?["']?`)

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
	line, _, _ := strings.Cut(text[:min(len(text), maxWords)], "\n")
	for _, end := range []string{`\n`, `\r`, `"`, `', `, `'}`, `(line `, " at "} {
		line, _, _ = strings.Cut(line, end)
	}
	line = strings.TrimRight(strings.TrimSpace(line), `\"'}]`)
	if strings.Count(line, ")") > strings.Count(line, "(") {
		line = strings.TrimSuffix(line, ")")
	}
	if nextLine && !catalogue.BeginsWithErrorName(line) || len(line) < 4 || !strings.Contains(line, " ") || notSentence().MatchString(line) {
		return ""
	}
	return line
}

var statuses = []lazy.Pattern{
	lazy.Regexp(`\bHTTP/[\d.]+"? ([1-5]\d\d)\b`),
	lazy.Regexp(`(?i)\b(?:status|response|http)[ _-]?(?:code)?\\?["']?(?:[^\n\d"'{}]{0,50})[:= ]\s*\\?["']?(?:HttpStatusCode\.)?([3-5]\d\d)\b`),
	lazy.Regexp(`\b([3-5]\d\d)[ :)]+\(?(?:Bad Request|Unauthorized|Forbidden|Not Found|Bad Gateway|Internal Server Error|Too Many Requests|Service Unavailable|invalid_|unauthorized|\{)`),
	lazy.Regexp(`(?i)(?:^|[\s:])\((?:HTTP )?([45]\d\d)\)`), // and not file.php(537),
	lazy.Regexp(`\b(?:GET|POST) \S+ ([45]\d\d)\b`),
	lazy.Regexp(`(?:->|=>|→)\s*([1-5]\d\d)\b`),
	lazy.Regexp(`(?i)\bfailed(?: with)?(?: status)?(?: code)?[: ]+\(?([45]\d\d)\b`),
	lazy.Regexp(`^\s*([45]\d\d)\b`),
	lazy.Regexp(`"code"\s*:\s*([45]\d\d)\b`),
}

// failedItself: the token endpoint's own answer has such a status. Another 5xx beside
// an error that RFC 6749 §5.2 gives 400 or 401 is what the app then told its user.
var failedItself = lazy.Where(`(?m)^(?:< )?HTTP/[\d.]+ 5\d\d|cannot fetch token: 5\d\d`, "http/", "cannot fetch token")

// statusIn is the HTTP status that the text names, up to most. Of a log with several
// the last error counts.
func statusIn(text string, most int) int {
	if !strings.ContainsAny(text, "12345") {
		return 0
	}
	for _, p := range statuses {
		found := p().FindAllStringSubmatch(text, 20)
		for i := len(found) - 1; i >= 0; i-- {
			if n, _ := strconv.Atoi(found[i][1]); n <= most && (n >= 400 || i == 0 && len(found) == 1) {
				return n
			}
		}
	}
	return 0
}
