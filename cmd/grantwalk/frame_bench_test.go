//go:build !windows

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"bytes"

	"github.com/creack/pty"
)

// BenchmarkFirstFrame is the time from starting a program to its first frame in
// a terminal that answers at once: of the home screen, and of the smallest Bubble
// Tea program beside it.
func BenchmarkFirstFrame(b *testing.B) {
	for _, p := range []struct{ name, pkg, frame string }{
		{"empty", "./testdata/empty", "grantwalk"},
		{"home", ".", "Walk with your provider"},
	} {
		path := program(b, p.pkg)
		b.Run(p.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				ours, tty, err := pty.Open()
				if err != nil {
					b.Skipf("no pseudo-terminal can be opened here: %v", err)
				}
				if err := pty.Setsize(ours, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
					b.Fatal(err)
				}
				cmd := exec.Command(path)
				cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = tty, tty, tty, environment()
				cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
				b.StartTimer()
				if err := cmd.Start(); err != nil {
					b.Fatal(err)
				}
				if err := firstFrame(ours, p.frame); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
				tty.Close()
				ours.Close()
				b.StartTimer()
			}
		})
	}
}

// firstFrame reads until frame stands there, and answers what the program asks
// the terminal: its background, and where the cursor is.
func firstFrame(terminal *os.File, frame string) error {
	var seen []byte
	buffer, answered := make([]byte, 32<<10), false
	for !bytes.Contains(seen, []byte(frame)) {
		n, err := terminal.Read(buffer)
		if err != nil {
			return err
		}
		seen = append(seen, buffer[:n]...)
		if !answered && bytes.Contains(seen, []byte("\x1b[6n")) {
			answered = true
			if _, err := io.WriteString(terminal, "\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[1;1R"); err != nil {
				return err
			}
		}
	}
	return nil
}

// BenchmarkExplainOneLine is the whole process, from an error in a file to its
// report: it should be over before anybody notices, in 20 ms.
func BenchmarkExplainOneLine(b *testing.B) {
	for name, text := range map[string]string{
		"json":    `{"error":"invalid_grant","error_description":"Code not valid"}`,
		"library": `oauth2: "invalid_grant" "Token has been expired or revoked."`,
	} {
		file := filepath.Join(b.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		path := program(b, ".")
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := exec.Command(path, "explain", file).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
