// Package shell runs commands in the shells that people paste them into, for
// tests. A test whose shell is not installed is skipped, and says so.
package shell

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A Shell runs commands as a person's interactive shell does, without a person's
// configuration.
type Shell struct {
	Name string
	args []string
	on   string // what an interactive shell has switched on and a script does not
}

// shells are those for which copied commands are written.
var shells = []Shell{
	{"bash", []string{"--noprofile", "--norc", "-s"}, "set -o history; set -o histexpand\n"},
	{"zsh", []string{"-f", "-s"}, "setopt banghist\n"},
	{"fish", []string{"--no-config"}, ""},
}

// Each runs a test in every shell.
func Each(t *testing.T, test func(t *testing.T, sh Shell)) {
	t.Helper()
	for _, sh := range shells {
		t.Run(sh.Name, func(t *testing.T) {
			if _, err := exec.LookPath(sh.Name); err != nil {
				t.Skipf("%s is not installed: commands were not pasted into it", sh.Name)
			}
			test(t, sh)
		})
	}
}

// Paste gives the command to the shell, whose working directory and home are dir,
// with these variables set. It returns what the command printed.
func (sh Shell) Paste(t *testing.T, dir, command string, variables map[string]string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, sh.Name, sh.args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(sh.on+command+"\n")
	cmd.Env = []string{"PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C.UTF-8", "TERM=dumb"}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Errorf("%s: %v: %s\n%s", sh.Name, err, errs.String(), command)
	}
	return out.String()
}

// Canary is a file's name that hostile words try to create, and the check that
// none of them did.
const Canary = "CANARY"

// Unharmed checks that nothing has created the canary in dir.
func Unharmed(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Lstat(filepath.Join(dir, Canary)); err == nil {
		t.Errorf("a foreign word was run as a command: %s was created", Canary)
	}
}

// Hostile are words that a shell, curl or a terminal acts on unless they are quoted.
var Hostile = []string{
	"$(touch CANARY)", "`touch CANARY`", "; touch CANARY ;", "& touch CANARY &", "| touch CANARY", "(touch CANARY)", "> CANARY",
	"'; touch CANARY; '", `"; touch CANARY; "`, `\'; touch CANARY; '`, `\"; touch CANARY; "`, `a\`, `\`, `\\`, `\\'`, `'\`, `\\\'; touch CANARY; #`,
	"'", "''", `"`, `""`, `'"'"'`, "a'b", `a"b`, `a\b`, `\n\t\x41\u0041\101`,
	"$HOME", "${HOME}", "$HOME[1]", "$1", "$$", "$?", "$", "{$HOME}", "%HOME%",
	"!", "!!", "!$", "!-1", "a!b", "^a^b^", "~", "~root", "=ls", "==", "%self", "%1", "%", "%s%n", "#", "# a", "a # b", "*", "?", "[a-z]*", "[1-3]", "{a,b}", "{1..3}", "(a|b)",
	"@" + Canary, "name@" + Canary, "@/etc/passwd", "a=@/etc/passwd", "<CANARY", "<(touch CANARY)", "-", "--", "-o", "-oCANARY", "--output=CANARY", "--config", "+", "+a", ";", ":", ".", "..", "../..", "/", "//", "\\/",
	" ", "  ", " a ", "a b", "a&b=c", "a;b", "a+b", "a%20b", "%zz", "%", "a%", "é", "ü€😀", "日本語", "e\u0301", "&amp;", "<b>", "http://[::1]:0/", "a=b=c", "=a", "a=", "",
}
