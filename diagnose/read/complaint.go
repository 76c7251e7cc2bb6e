package read

import (
	"strings"

	"example.com/grantwalk/diagnose/internal/lazy"
)

// A complaint is a line of a failure that has to do with grants, where no error
// code stands: both patterns must be in it.
var (
	failing = lazy.Regexp(`(?i)\b(?:fail(?:ed|s|ure)?|errors?|exceptions?|\w+(?:Error|Exception)|\w*invalid\w*|denied|refused|could not|couldn.t|cannot|unable|expired|revoked|mismatch|incorrect|not (?:a )?valid|unrecogni[sz]ed|missing|unexpected|rejected|not been whitelisted|required|cancell?ed|too (?:far|old|early|late))\b`)
	grantly = lazy.Regexp(`(?i)\boauth|\bOIDC\b|openid|omniauth|access[ _-]?token|refresh(?:ing)?[ _-]?(?:the )?(?:token|oauth)|token[ _-]?(?:refresh|request|endpoint|exchange|error)|\bTokenError\b|authori[sz]ation (?:code|error|server|grant)|auth(?:entication)? (?:token|code)|redirect[ _]?ur[il]|code[ _]?verifier|\bcode (?:passed|verifier)|client[_ ](?:id|secret|credentials|assertion)|\bgrant\b(?:\s*[^\w\s]|\s*$|\s+(?:is|are|was|has|had|does|do|did|can|could|cannot|not|no|type|request|response|error|already|expired|invalid|revoked|failed|found|provided|used|included|parameter|object|code|for the (?:user|client)|with)\b)|id_?token|(?:invalid|expired|malformed|rejected) jwt|\bjwt (?:\w+ ){0,4}(?:invalid|expired|malformed|rejected|signature|claims?|issuer|audience|bearer|assertion)|/token\b|AuthApiError|AuthSdkError|NotAuthorizedException|remote login|(?:refresh|authenticat)\w* tokens?\b|tokens? was|resource owner|\bclaim\b|\baudience\b|could not authenticate|AuthCancell?ed|authentication process`)
	refused = lazy.Regexp(`\b(?:400|401|403)\b`)
)

// complains returns the first line that complains of a grant in words; found says
// whether any line does, be it by a status alone.
func complains(text string) (line string, found bool) {
	for l := range strings.SplitSeq(text, "\n") {
		if len(l) > 4<<10 || !grantly().MatchString(l) || quiet().MatchString(l) {
			continue
		}
		if failing().MatchString(l) {
			return strings.TrimSpace(l), true
		}
		found = found || refused().MatchString(l)
	}
	return "", found
}

// quiet lines speak of no failure of theirs.
var quiet = lazy.Regexp(`\b(?:INFO|DEBUG|TRACE)\b`)

// exceptionName stands before the message of an exception.
var exceptionName = lazy.Regexp(`^.*\(\w+Exception\) when calling the \w+ operation: |^(?:.*[\s:])?[\w.\\$]*(?:Error|Exception|Grant|Request)\b(?:\s*\[[^\]]*\])?\s*:\s*`)

var (
	stampAndLevel = lazy.Regexp(`^(?:HTTP )?4\d\d\s*[-:]\s+|^[\[(]?[\d-]{0,10}[T ]?\d\d:\d\d:\d\d\S*\s+(?:[\[(]?(?:WARN(?:ING)?|ERROR|CRITICAL|FATAL|E|W)[\])]?:?\s+)?`)
	sourceLine    = lazy.Regexp(`(?: in \S+:\d+| at \S+\(.*\))$`)
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

var statusOnly = lazy.Regexp(`^\W*(?:[1-5]\d\d|Bad Request|Request failed|Unauthorized)\b`)

var notSentence = lazy.Regexp(`^(?:[^\pL]|at |from |File |line \d|https?:|\w+=|\w+["']?\s*[:=]\s*(?:["'{\[]|(?:undefined|null|true|false|\d+)\b)|(?i:error_?description|status|grant_type|code|description|error_uri)\b\s*["']?\s*[:=])`)
