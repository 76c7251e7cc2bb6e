package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/term"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

// secretVariable holds the client secret of a provider of the user's own.
const secretVariable = "GRANTWALK_CLIENT_SECRET"

// maxSecret is more than any client secret has.
const maxSecret = 4 << 10 // bytes

// secret finds the client secret: file, variable, prompt. The practice server
// knows its client's, so that a variable for another server does not matter there.
func (f *walkFlags) secret(ctx context.Context, onPractice bool) (safe.Secret, error) {
	switch {
	case f.secretFile != "":
		return readSecret(ctx, "client-secret-file", f.secretFile)
	case onPractice:
		return "", nil
	}
	if s := f.variables[secretVariable]; s != "" {
		if strings.ContainsAny(s, "\r\n") {
			return "", problem{secretVariable + ": there is a line break in it", "set it to the secret alone"}
		}
		return safe.Secret(s), nil
	}
	needed := f.clientAuth == string(flow.AuthBasic) || f.clientAuth == string(flow.AuthPost)
	if in := int(os.Stdin.Fd()); needed && term.IsTerminal(in) && term.IsTerminal(int(os.Stderr.Fd())) {
		return askSecret(ctx, in, f.clientID)
	}
	return "", nil // Config.Check says where it may come from
}

// readSecret reads the secret of a flag's file, and warns if other users have access to
// the file.
func readSecret(ctx context.Context, flag, path string) (safe.Secret, error) {
	var exposed *exposedFile
	secret, err := interruptible(ctx, 0, func() (s safe.Secret, err error) {
		s, exposed, err = secretFile(flag, path)
		return s, err
	})
	if err == nil && exposed != nil {
		fmt.Fprintf(os.Stderr, "grantwalk: warning: %s\nhint: %s\n", exposed, exposed.Hint())
	}
	return secret, err
}

// secretFile reads the secret; exposed is not nil if other users have access to
// the file.
func secretFile(flag, path string) (secret safe.Secret, exposed *exposedFile, err error) {
	bad := func(what, remedy string) (safe.Secret, *exposedFile, error) {
		return "", nil, &usage.Error{Setting: flag, Value: fileName(path), Problem: what, Remedy: remedy}
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return bad("there is no such file", "give the path of a file that holds the secret, not the secret itself")
	}
	if err != nil {
		return bad("cannot be opened: "+cause(err), "check the path and its permissions")
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	if err != nil {
		return bad("cannot be read: "+cause(err), "name a file, not a directory, that this user may read")
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))                             // as Windows editors begin a file
	content = bytes.TrimSuffix(bytes.TrimSuffix(content, []byte("\n")), []byte("\r")) // as editors and echo leave it
	switch {
	case len(content) == 0:
		return bad("it is empty", "write the secret into it, and nothing else")
	case len(content) > maxSecret:
		return bad(fmt.Sprintf("it is larger than %d bytes, so it is no client secret", maxSecret), "write the secret into it, and nothing else")
	case bytes.ContainsAny(content, "\r\n"):
		return bad("it has more than one line", "write the secret into it, and nothing else")
	case !safe.Clean(string(content)):
		return bad("there are characters in it that cannot be seen, or that are no UTF-8", "save it as plain UTF-8 text, with the secret and nothing else")
	case len(bytes.TrimSpace(content)) != len(content):
		return bad("it begins or ends with a blank", "write the secret into it, and nothing else")
	}
	return safe.Secret(content), exposure(path, file), nil
}

// An exposedFile is a secret's file to which other users have access.
type exposedFile struct {
	path string
	mode fs.FileMode
}

// exposure looks at the mode of the file that was opened. A directory that others
// can write to lets them replace the file but not read it, so its mode is not
// looked at. A descriptor of the shell's, a pipe and a named pipe have no mode
// that protects anything.
func exposure(path string, file *os.File) *exposedFile {
	clean := filepath.Clean(path)
	if runtime.GOOS == "windows" || strings.HasPrefix(clean, "/dev/") || strings.HasPrefix(clean, "/proc/") {
		return nil // on Windows, access is not in the mode
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Mode()&0o066 == 0 {
		return nil
	}
	return &exposedFile{path, info.Mode().Perm()}
}

func (e exposedFile) String() string {
	who, bits := "other users of this machine", e.mode|e.mode>>3
	if e.mode&0o006 == 0 {
		who, bits = "the users in the file's group", e.mode>>3
	}
	access := map[fs.FileMode]string{0o2: "change", 0o4: "read", 0o6: "read and change"}[bits&0o6]
	return fmt.Sprintf("--client-secret-file %q has mode %#o, so %s can %s the client secret", safe.Text(e.path, 200), e.mode, who, access)
}

// Hint is the command that leaves the file to its owner.
func (e exposedFile) Hint() string {
	name := e.path
	if strings.HasPrefix(name, "-") { // which chmod would take for an option
		name = "./" + name
	}
	word, err := ui.ShellQuote(name)
	if err != nil {
		return "rename the file, because its name " + err.Error() + ", and change its mode to 600"
	}
	return "chmod 600 " + word
}

// cause is err without the operation and the path, which stand before it already.
func cause(err error) string {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return err.Error()
}

// askSecret reads the secret without showing it. An interruption gives the
// terminal its echo back.
func askSecret(ctx context.Context, in int, clientID string) (safe.Secret, error) {
	before, err := term.GetState(in)
	if err != nil {
		return "", fmt.Errorf("read the client secret: %w", err)
	}
	fmt.Fprintf(os.Stderr, "Client secret of %s (not shown): ", safe.Identifier(clientID))
	defer fmt.Fprintln(os.Stderr)
	defer unsuspended()()
	secret, err := interruptible(ctx, 0, func() (safe.Secret, error) {
		secret, err := term.ReadPassword(in)
		if err != nil && !errors.Is(err, io.EOF) { // the end of input is an empty answer
			return "", fmt.Errorf("read the client secret: %w", err)
		}
		return safe.Secret(secret), nil
	})
	if ctx.Err() != nil {
		_ = term.Restore(in, before)
	}
	return secret, err
}

// fileName is a path as an error may show it: whole, if there is such a file, or if it has
// the extension of one. Otherwise it may be a secret that was given in place of a path.
func fileName(path string) string {
	if _, err := os.Lstat(path); err == nil || slices.Contains(extensions, filepath.Ext(path)) {
		return path
	}
	return safe.Quote(path, 200)
}

// extensions are of files that people have errors, captures and secrets in.
var extensions = []string{".conf", ".csv", ".env", ".err", ".gz", ".har", ".htm", ".html", ".ini", ".json", ".jsonl", ".log", ".md", ".out", ".saz", ".txt", ".xml", ".yaml", ".yml", ".zip"}
