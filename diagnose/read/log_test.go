package read

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A logMaker makes a log of so many bytes in which every so many lines there
// is an error. The same arguments make the same log.
type logMaker struct {
	size, every int
	line        int
	made        int
	rest        string
	rnd         *rand.Rand
}

func newLog(size, every int) *logMaker {
	return &logMaker{size: size, every: every, rnd: rand.New(rand.NewPCG(1, 2))}
}

func (l *logMaker) Read(p []byte) (int, error) {
	for l.rest == "" {
		if l.made >= l.size {
			return 0, io.EOF
		}
		l.rest = l.next()
		l.made += len(l.rest)
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func (l *logMaker) next() string {
	l.line++
	at := fmt.Sprintf("2026-03-01T%02d:%02d:%02d.%03dZ", l.line/3600000%24, l.line/60000%60, l.line/1000%60, l.line%1000)
	if l.line%l.every != 0 {
		return fmt.Sprintf("%s INFO  [http-nio-8080-exec-%d] c.e.shop.web.Requests - GET /api/orders/%d 200 in %d ms, id=%016x\n", at, l.line%32, l.rnd.IntN(1e6), l.rnd.IntN(500), l.rnd.Uint64())
	}
	switch l.line / l.every % 4 {
	case 0:
		return fmt.Sprintf("%s ERROR [worker-%d] token refresh failed: 400 {\"error\":\"invalid_grant\",\"error_description\":\"Session not active\"} trace=%016x\n", at, l.line%7, l.rnd.Uint64())
	case 1:
		return fmt.Sprintf("%s WARN  type=CODE_TO_TOKEN_ERROR, clientId=app, error=invalid_code, grant_type=authorization_code, code_id=%016x, reply invalid_grant: Code not valid\n", at, l.rnd.Uint64())
	default:
		return fmt.Sprintf("%s ERROR oauth2: cannot fetch token: 400 Bad Request\nResponse: {\n  \"error\": \"invalid_grant\",\n  \"error_description\": \"Token has been expired or revoked.\"\n}\n", at)
	}
}

func TestTheErrorsOfALogAreGroupedCountedAndDated(t *testing.T) {
	res, err := Read([]Input{{Name: "app.log", Reader: newLog(4<<20, 400)}}, Options{})
	if err != nil || res.Kind != KindLog || !res.Recognised || len(res.Groups) != 3 {
		t.Fatalf("%v, %+v", err, res)
	}
	total := 0
	for _, g := range res.Groups {
		total += g.Count
		if !strings.HasPrefix(g.First, "2026-03-01T00:0") || !strings.HasPrefix(g.Last, "2026-03-01T00:0") || g.First >= g.Last {
			t.Errorf("%d from %q to %q", g.Count, g.First, g.Last)
		}
	}
	l := newLog(4<<20, 400)
	io.Copy(io.Discard, l)
	if want := l.line / 400; total != want {
		t.Errorf("%d errors counted of %d", total, want)
	}
	if first := res.Groups[0]; first.Count < total*45/100 || first.Evidence.ErrorResponse.Description != "Token has been expired or revoked." || first.Evidence.ErrorResponse.Status != 400 {
		t.Errorf("most frequent: %d, %+v", first.Count, first.Evidence.ErrorResponse)
	}
	if res.Evidence.ErrorResponse != res.Groups[0].Evidence.ErrorResponse {
		t.Errorf("the case is not that of the most frequent error: %+v", res.Evidence.ErrorResponse)
	}
}

func TestAShortLogIsGroupedToo(t *testing.T) {
	line := `2026-03-01 10:00:0%d ERROR refresh failed: {"error":"invalid_grant","error_description":"Session not active"}` + "\n"
	res := read(t, fmt.Sprintf(line, 1)+fmt.Sprintf(line, 2)+"2026-03-01 10:00:03 INFO fine\n")
	if len(res.Groups) != 1 || res.Groups[0].Count != 2 || res.Groups[0].First != "2026-03-01 10:00:01" || res.Groups[0].Last != "2026-03-01 10:00:02" {
		t.Errorf("%+v", res.Groups)
	}
	if res.Evidence.ErrorResponse.Description != "Session not active" || res.Evidence.Grant != "refresh_token" {
		t.Errorf("%+v", res.Evidence)
	}
}

// A fingerprint of a key holds what looks like a time.
func TestSixNumbersWithColonsAreNoTime(t *testing.T) {
	for _, key := range []string{"EC:56:B3:4F:CA:34:82:03:70:1F", "11:22:33:44:55:06", "34:82:03"} {
		res := read(t, strings.Repeat("key "+key+" invalid_grant\n", 2))
		for _, g := range res.Groups {
			if g.First != "" || g.Last != "" {
				t.Errorf("%s: from %q to %q", key, g.First, g.Last)
			}
		}
	}
}

func TestErrorsOnLinesWithoutATimeAreCountedOneByOne(t *testing.T) {
	groups, _, err := scan("", strings.NewReader(strings.Repeat("{\"error\":\"invalid_grant\"}\n", 500)))
	if err != nil || len(groups) != 1 || groups[0].Count != 500 || groups[0].First != "" {
		t.Errorf("%v, %+v", err, groups)
	}
}

func TestALineOfManyMegabytesIsReadAroundItsErrorOnly(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	res := read(t, "10:00:00 "+long+` {"error":"invalid_grant","error_description":"Session not active"} `+long)
	if len(res.Groups) != 1 || res.Groups[0].Count != 1 || res.Evidence.ErrorResponse.Description != "Session not active" || len(words(res.Evidence)) > maxWords {
		t.Errorf("%+v", res.Groups)
	}
}

func TestEveryLineDifferentStaysBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "ERROR invalid_grant: the %s is wrong\n", strings.Repeat(string(rune('a'+i%26)), 1+i/26))
	}
	groups, _, err := scan("", strings.NewReader(b.String()))
	total := 0
	for _, g := range groups {
		total += g.Count
	}
	if err != nil || total != 5000 || len(groups) > maxGroups+10 {
		t.Errorf("%v, %d groups, %d errors", err, len(groups), total)
	}
}

func TestALogWithoutTheUsualCodesIsReadAtItsEnd(t *testing.T) {
	res := read(t, strings.Repeat("10:00:00 INFO fine\n", 10_000)+"10:00:09 ERROR TokenError: The code passed is incorrect or expired.\n")
	if !res.Recognised || res.Evidence.ErrorResponse.Description != "The code passed is incorrect or expired." {
		t.Errorf("%+v", res.Evidence)
	}
	if res := read(t, strings.Repeat("10:00:00 INFO fine\n", 10_000)); res.Recognised {
		t.Errorf("%+v", res.Evidence)
	}
}

func BenchmarkOneLine(b *testing.B) {
	const text = `oauth2: cannot fetch token: 400 Bad Request Response: {"error":"invalid_grant","error_description":"Token has been expired or revoked."}`
	for b.Loop() {
		if _, err := Read([]Input{{Reader: strings.NewReader(text)}}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLog reads a log of 20 MB with 1,000 errors in it, or of as many MB as
// GRANTWALK_LOG_MB says.
func BenchmarkLog(b *testing.B) {
	size := 20
	if mb, err := strconv.Atoi(os.Getenv("GRANTWALK_LOG_MB")); err == nil {
		size = mb
	}
	var text strings.Builder
	io.Copy(&text, newLog(size<<20, 180))
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		res, err := Read([]Input{{Reader: strings.NewReader(text.String())}}, Options{})
		if err != nil || len(res.Groups) != 3 {
			b.Fatal(err, len(res.Groups))
		}
	}
}

func TestWhatTheNextEntrySaysIsNotTakenForThisOnes(t *testing.T) {
	log := "2026-03-01 10:00:01 WARN invalid_grant: Incorrect redirect_uri\n" +
		`2026-03-01 10:00:02 ERROR {"error":"invalid_grant","error_description":"Code not valid"}` + "\n"
	res, err := Read([]Input{{Reader: strings.NewReader(log)}}, Options{})
	if err != nil || len(res.Groups) != 2 {
		t.Fatalf("%+v, %v", res.Groups, err)
	}
	for i, want := range []string{"Incorrect redirect_uri", "Code not valid"} {
		if got := res.Groups[i].Evidence.ErrorResponse.Description; got.Raw() != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAnExceptionWithOneTimeInItIsNoLog(t *testing.T) {
	text := "MsalUiRequiredException:\n\tErrorCode: invalid_grant\nAADSTS70008: The code has expired.\nTimestamp: 2026-03-01 09:12:01Z\n" +
		`	ResponseBody: {"error":"invalid_grant","error_description":"AADSTS70008: The code has expired."}`
	res, err := Read([]Input{{Reader: strings.NewReader(text)}}, Options{})
	if err != nil || !res.Recognised || len(res.Groups) != 0 {
		t.Errorf("%+v, %v", res.Groups, err)
	}
}

func TestAnErrorBesideALogIsAGroupOfItsOwn(t *testing.T) {
	log := strings.Repeat(`2026-03-01 10:00:02 ERROR {"error":"invalid_grant","error_description":"Code not valid"}`+"\n", 3)
	alone := `oauth2: "invalid_grant" "Token has been expired or revoked."`
	res, err := Read([]Input{{Reader: strings.NewReader(alone)}, {Reader: strings.NewReader(log)}}, Options{Grant: "refresh_token"})
	if err != nil || len(res.Groups) != 2 || res.Groups[0].Count != 3 || res.Groups[1].Count != 1 {
		t.Fatalf("%+v, %v", res.Groups, err)
	}
	for _, g := range res.Groups {
		if g.Evidence.Grant != "refresh_token" {
			t.Errorf("what the person says of the grant is not in %+v", g.Evidence)
		}
	}
}
