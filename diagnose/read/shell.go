package read

import (
	"errors"
	"io"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"example.com/grantwalk/diagnose/exchange"
	"example.com/grantwalk/diagnose/internal/lazy"
)

// programs read the words of a call of theirs, the first of which is their name.
var programs = map[string]func(words []string, stdin *string) []exchange.Exchange{
	"curl": curl, "wget": wget, "http": httpie, "https": httpie, "xh": httpie, "xhs": httpie,
}

// A call is a command with its words and what it reads.
type call struct {
	words []string
	stdin *string // nil: not recorded
	loose bool    // an & was not quoted: the shell may have cut the command there
	cut   bool    // the text ends within the call
}

// shell reads a command line of a Unix shell, or of cmd.exe.
func (s *script) shell(begin, _ int) (sent []exchange.Exchange, end int) {
	line := s.text[begin:min(len(s.text), begin+maxCommand)]
	if cmdLine().MatchString(line) {
		words, length, whole := cmdWords(line)
		return call{words: words, cut: !whole}.sends(), begin + length
	}
	calls, end, whole := s.calls(begin)
	for i, c := range calls {
		c.cut = !whole && i == len(calls)-1
		sent = append(sent, c.sends()...)
	}
	return sent, end
}

// sends are the requests that a call sends; none if nothing is known of its program.
func (c call) sends() []exchange.Exchange {
	if len(c.words) == 0 {
		return nil
	}
	read := programs[strings.TrimSuffix(c.words[0], ".exe")]
	if read == nil {
		return nil
	}
	if last := len(c.words) - 1; c.cut && last > 0 { // a pasted text may end anywhere
		c.words[last] += unrecorded
	}
	sent := read(c.words, c.stdin)
	for i := range sent {
		if c.cut || c.loose {
			sent[i].Request.Body = exchange.Partly
		}
	}
	return sent
}

// calls are those of the statement that begins at begin. If echo or printf is piped into
// the command, the statement begins there.
func (s *script) calls(begin int) (calls []call, end int, whole bool) {
	start := begin
	lineStart := strings.LastIndexByte(s.text[max(0, begin-maxCommand):begin], '\n') + 1 + max(0, begin-maxCommand)
	if at := piped().FindStringSubmatchIndex(s.text[lineStart:begin]); at != nil {
		start = lineStart + at[2]
	}
	line := s.text[start:min(len(s.text), start+maxCommand)]
	if at := responseBelow().FindStringIndex(line); at != nil { // a command that was pasted partly ends there
		line = line[:at[0]]
	}
	within := byte(0)
	if start > 0 {
		within = s.text[start-1]
	}
	stmt, length, whole := statement(s.window(line), within)
	if stmt == nil {
		return nil, start + len(line), true
	}
	r := shellReader{&expand.Config{
		Env: expand.FuncEnviron(func(name string) string { return s.shellVariable(name, start) }),
		CmdSubst: func(w io.Writer, _ *syntax.CmdSubst) error {
			_, err := io.WriteString(w, "$("+unrecorded+")")
			return err
		},
		ProcSubst: func(*syntax.ProcSubst) (string, error) { return unrecorded, nil },
	}}
	return r.calls(stmt, nil), start + length, whole
}

var (
	piped         = lazy.Regexp(`(?:^|[\s;$])((?:echo|printf)\s[^\n|]*\|[ \t]*)$`)
	responseBelow = lazy.Regexp(`\n[ \t]*\n\s*(?:\{|HTTP/)|\n\x60\x60\x60`)
)

// shellVariable is the value that the text gives to a variable, or what says that it was
// not recorded.
func (s *script) shellVariable(name string, at int) string {
	if strings.Contains(name, " ") { // the home of a user
		return ""
	}
	if begin := s.value(name, at); begin >= 0 {
		line, _, _ := strings.Cut(s.text[begin:min(len(s.text), begin+maxCommand)], "\n")
		if words, _, whole := shellWords(line); whole && len(words) == 1 && !strings.ContainsAny(words[0], "$`") {
			return words[0]
		}
	}
	return "${" + name + "}"
}

// shellWords are the words of the first statement of a text. end is where it ends, and
// whole: it does not end in the middle.
func shellWords(text string) (words []string, end int, whole bool) {
	calls, end, whole := (&script{text: "_ " + text}).calls(0)
	if len(calls) == 0 {
		return nil, max(0, end-2), whole
	}
	return calls[0].words[1:], end - 2, whole
}

// window is as much of a text as its first statement needs. The time is linear because
// the window doubles until the statement is complete.
func (s *script) window(text string) string {
	for n := lineEnd(text, 1); ; n = lineEnd(text, 2*n) {
		s.spent += n
		if n == len(text) {
			return text
		}
		if strings.Contains(text[:n], "<<") { // the parser does not miss the end of a here-document
			s.spent += len(text)
			return text
		}
		if _, err := firstStatement(shielded(text[:n])); !syntax.IsIncomplete(err) {
			return text[:n]
		}
		if strings.Count(text[:n], "$(") > maxNested { // of no person's
			return text[:n]
		}
	}
}

// lineEnd is where the line ends that is at a place, together with those that continue it.
func lineEnd(text string, from int) int {
	for i := from; i < len(text); i++ {
		if text[i] == '\n' && text[i-1] != '\\' && text[i-1] != '`' {
			return i
		}
	}
	return len(text)
}

// statement parses the first statement of a text. A text that is no shell's from some
// place on is parsed up to there.
func statement(text string, before byte) (stmt *syntax.Stmt, length int, whole bool) {
	masked := shielded(text)
	stmt, err := firstStatement(masked)
	var fault syntax.ParseError
	switch {
	case err == nil:
		return stmt, lengthOf(stmt, masked), stmt == nil || !strings.HasSuffix(strings.TrimSpace(masked), `\`)
	case syntax.IsIncomplete(err):
		for _, closing := range []string{"'", `"`, "`", ")", `)"`, "}", `}"`} {
			if stmt, err = firstStatement(masked + closing); err == nil {
				return stmt, len(text), false
			}
		}
	case errors.As(err, &fault):
		at := min(int(fault.Pos.Offset()), len(masked))
		if stmt, err = firstStatement(masked[:at]); err == nil {
			closed := at < len(masked) && (masked[at] == ')' && before == '(' || masked[at] == '`' && before == '`')
			return stmt, at, closed
		}
	}
	first, _, _ := strings.Cut(masked, "\n")
	if stmt, err = firstStatement(first); err == nil {
		return stmt, len(first), false
	}
	return nil, 0, false
}

// firstStatement calls the iterator itself: after an error it goes on although it was told
// to stop (v3.14.1), at which range panics.
func firstStatement(text string) (first *syntax.Stmt, err error) {
	done := false
	syntax.NewParser(syntax.Variant(syntax.LangBash)).StmtsSeq(strings.NewReader(text))(func(stmt *syntax.Stmt, fault error) bool {
		if !done {
			first, err, done = stmt, fault, true
		}
		return false
	})
	return first, err
}

// lengthOf is where a statement ends. A here-document's own end is a line below it.
func lengthOf(stmt *syntax.Stmt, text string) int {
	if stmt == nil {
		return 0
	}
	end := min(int(stmt.End().Offset()), len(text))
	for _, r := range stmt.Redirs {
		if r.Hdoc == nil {
			continue
		}
		if line, _, _ := strings.Cut(text[end:], "\n"); strings.TrimSpace(line) == strings.Trim(r.Word.Lit(), `'"\`) {
			end += len(line)
		}
	}
	return end
}

// People write <code> for a value, and leave an & without quotes. For a shell these are
// no part of a word. They are replaced by signs of the same length, and back.
var (
	standInWord = lazy.Regexp(`([^<&\d]|^)<(\w[\w.-]*(?: \w[\w.-]*){0,4})>`)
	continued   = lazy.Regexp(`^(?:"[^"\n]*"|'[^'\n]*'|[^'"\n])* \x60\n`) // PowerShell's way to go on in the next line
	looseAnd    = lazy.Regexp(`([^&\s])&([\w.%\[\]-]+=)`)
	unshield    = strings.NewReplacer("\x01", "<", "\x02", ">", "\x03", " ", "\x04", "&")
)

func shielded(text string) string {
	if continued().MatchString(text) {
		text = strings.ReplaceAll(text, " `\n", " \\\n")
	}
	if strings.Contains(text, "<") {
		text = standInWord().ReplaceAllStringFunc(text, func(m string) string {
			before, name, _ := strings.Cut(m, "<")
			return before + "\x01" + strings.ReplaceAll(strings.TrimSuffix(name, ">"), " ", "\x03") + "\x02"
		})
	}
	return looseAnd().ReplaceAllString(text, "${1}\x04$2")
}

// A shellReader expands the words of statements. It sees no files and no environment.
type shellReader struct{ config *expand.Config }

func (r shellReader) calls(stmt *syntax.Stmt, stdin *string) []call {
	for _, redirect := range stmt.Redirs {
		switch redirect.Op {
		case syntax.Hdoc, syntax.DashHdoc:
			stdin = r.document(redirect.Hdoc)
		case syntax.WordHdoc:
			word := r.word(redirect.Word)
			stdin = &word
		}
	}
	switch cmd := stmt.Cmd.(type) {
	case *syntax.CallExpr:
		c := call{stdin: stdin}
		for _, word := range cmd.Args {
			c.words = append(c.words, r.word(word))
			c.loose = c.loose || hasLooseAnd(word)
		}
		if len(c.words) > 0 {
			return []call{c}
		}
	case *syntax.BinaryCmd:
		left := r.calls(cmd.X, stdin)
		var out *string
		if n := len(left); cmd.Op == syntax.Pipe && n > 0 {
			out = echoed(left[n-1].words)
		}
		return append(left, r.calls(cmd.Y, out)...)
	}
	return nil
}

// echoed is what echo or printf prints; nil for other commands.
func echoed(words []string) *string {
	if len(words) < 2 || words[0] != "echo" && words[0] != "printf" {
		return nil
	}
	words = words[1:]
	if strings.HasPrefix(words[0], "-") || words[0] == "%s" {
		words = words[1:]
	}
	out := strings.Join(words, " ")
	return &out
}

var escapedSign = lazy.Regexp(`(?s)\\(.)`)

func hasLooseAnd(word *syntax.Word) bool {
	for _, part := range word.Parts {
		if lit, ok := part.(*syntax.Lit); ok && strings.Contains(lit.Value, "\x04") {
			return true
		}
	}
	return false
}

// word expands a word to one string: without braces, which may stand for any number of
// words.
func (r shellReader) word(word *syntax.Word) string {
	for _, part := range word.Parts {
		if lit, ok := part.(*syntax.Lit); ok && strings.Contains(lit.Value, `\`) {
			lit.Value = escapedSign().ReplaceAllString(lit.Value, "$1") // Literal leaves them
		}
	}
	return r.expanded(expand.Literal(r.config, word))
}

func (r shellReader) document(word *syntax.Word) *string {
	text := r.expanded(expand.Document(r.config, word))
	return &text
}

func (r shellReader) expanded(text string, err error) string {
	if err != nil {
		return unrecorded
	}
	return unshield.Replace(text)
}
