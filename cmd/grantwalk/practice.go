package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/flow/loopback"
	"example.com/grantwalk/flow/practice"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

func newPractice() *cobra.Command {
	var f practiceFlags
	cmd := &cobra.Command{
		Use:   "practice",
		Short: "Run the practice server alone, to point your own app at",
		Long: `practice runs the authorization server on which walk practises, and prints what
to configure in your app, then a line for each request with what was decided.
It has no passwords and listens on this machine only. Ctrl+C ends it; the exit
code is then 130.

With --fault it gets something wrong, and with --speak it refuses in the words of
another server, so that you see what your app makes of it. Both can be changed
while it runs, at /practice/faults.`,
		Example: `  grantwalk practice --listen 127.0.0.1:9096
  grantwalk practice --fault list
  grantwalk practice --fault code_lifetime=1s --speak keycloak`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if slices.Contains(f.faults, "list") {
				_, err := io.WriteString(cmd.OutOrStdout(), faultList())
				return err
			}
			if err := notEmpty(cmd.Flags()); err != nil {
				return err
			}
			return f.serve(cmd.Context(), cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:0", "loopback `address` with port; 0 is any free one")
	flags.StringArrayVar(&f.faults, "fault", nil, "what to get wrong, `name[=value]`, may be repeated; list tells which there are")
	flags.StringVar(&f.speak, "speak", "", "the `provider` in whose words to refuse: keycloak, google, entra, okta, auth0, github …")
	return cmd
}

// practiceFlags are the flags of practice as they were given.
type practiceFlags struct {
	listen string
	faults []string
	speak  string
}

// serve runs the server until ctx ends.
func (f *practiceFlags) serve(ctx context.Context, out io.Writer) error {
	port, err := checkListen(f.listen)
	if err != nil {
		return err
	}
	faults, err := practice.ParseFaults(f.faults)
	if err != nil {
		return session.FaultProblem(err)
	}
	requests := newRequestLog()
	server, err := practice.Start(practice.Options{Listen: f.listen, Faults: faults, Speak: f.speak, Log: func(e practice.Event) {
		requests.add(eventLine(e) + "\n")
	}})
	if e := new(practice.FaultError); errors.As(err, &e) {
		return session.FaultProblem(err)
	} else if err != nil {
		what, remedy := loopback.PortProblem(port, err)
		return &usage.Error{Setting: "listen", Value: f.listen, Problem: what, Remedy: remedy}
	}
	defer server.Close()
	if _, err := io.WriteString(out, announcement(server.Issuer())); err != nil {
		return fmt.Errorf("print what to configure: %w", err)
	}
	go requests.print(out)
	select {
	case <-ctx.Done():
		_ = server.Close() // there are no more requests
		return cmp.Or(requests.end(), error(ended{flow.Interrupted}))
	case err := <-requests.printed:
		return err
	}
}

// A requestLog prints beside the server, so that a reader who reads no further
// holds up neither its answers nor its end. Lines without room are left out.
type requestLog struct {
	lines   chan string
	leftOut int        // since the last line that had room
	printed chan error // that all are, or why not
}

// maxWaiting is how many lines may wait to be read.
const maxWaiting = 1000

func newRequestLog() *requestLog {
	return &requestLog{lines: make(chan string, maxWaiting), printed: make(chan error, 1)}
}

// add is called by one goroutine at a time.
func (l *requestLog) add(line string) {
	if l.leftOut > 0 {
		line = fmt.Sprintf("requests left out here, because nobody read their lines: %d\n%s", l.leftOut, line)
	}
	select {
	case l.lines <- line:
		l.leftOut = 0
	default:
		l.leftOut++
	}
}

func (l *requestLog) print(out io.Writer) {
	for line := range l.lines {
		if _, err := io.WriteString(out, line); err != nil {
			l.printed <- fmt.Errorf("print the requests: %w", err)
			return
		}
	}
	l.printed <- nil
}

// end waits for the last lines, but no longer than a reader needs who reads: a
// write that nobody takes cannot be interrupted.
func (l *requestLog) end() error {
	if l.leftOut > 0 {
		l.add("")
	}
	close(l.lines)
	select {
	case err := <-l.printed:
		return err
	case <-time.After(250 * time.Millisecond):
		return nil
	}
}

// checkListen wants a loopback address with a port.
func checkListen(listen string) (port int, err error) {
	shown := listen
	if strings.Trim(listen, "0123456789.:[]") != "" || len(listen) > len("65535") && !strings.ContainsAny(listen, ".:") { // no address in numbers, nor a part of one
		shown = safe.Typed(listen)
	}
	bad := func(what string) (int, error) {
		return 0, &usage.Error{Setting: "listen", Value: shown, Problem: what, Remedy: "write 127.0.0.1:PORT; port 0 is any free one"}
	}
	host, number, err := net.SplitHostPort(listen)
	if err != nil || number == "" {
		return bad("no address with a port")
	}
	port, err = strconv.Atoi(number)
	if err != nil || port < 0 || port > 65535 {
		return bad("port " + safe.Typed(number) + " does not exist")
	}
	if ip := net.ParseIP(host); host != "localhost" && !ip.IsLoopback() {
		return bad("not a loopback address, and the practice server lets everybody in")
	}
	return port, nil
}

// announcement is what to configure in an app, and how to try it.
func announcement(issuer string) string {
	quoted, _ := ui.ShellQuote(issuer) // zsh takes the brackets of an IPv6 address for a pattern
	return fmt.Sprintf(`The practice server runs at %[1]s until Ctrl+C.

  issuer                  %[1]s
  metadata                %[1]s/.well-known/openid-configuration
  authorization endpoint  %[1]s/authorize
  token endpoint          %[1]s/token
  confidential client     %[2]s, with the secret %[3]s
  public client           %[4]s, with PKCE
  users                   alice and bob, without a password
  redirect URIs           http://127.0.0.1, http://[::1] and http://localhost, any port, any path
  scopes                  openid profile email offline_access
  faults                  %[1]s/practice/faults

Try it from another terminal:

  grantwalk walk --issuer %[5]s --client-id %[4]s

Requests:
`, issuer, practice.ConfidentialClient, practice.ClientSecret, practice.PublicClient, quoted)
}

// eventLine is a request and what was decided, its reason at the end.
func eventLine(e practice.Event) string {
	client := cmp.Or(e.ClientID.String(), "-")
	line := fmt.Sprintf("%s  %d  %-4s %-36s  %-11s  %s, %s", e.Time.Format("15:04:05.000"), e.Status, e.Method, e.Path, client, e.Decision, diagnose.Duration(e.Took))
	if e.Detail != "" {
		line += ": " + e.Detail.String()
	}
	if e.Said != "" {
		line += " (" + e.Said.String() + ")"
	}
	return line
}

// faultList is a line for each fault: what to write, and what it does.
func faultList() string {
	var b strings.Builder
	for _, k := range practice.FaultKinds() {
		name := k.Name
		if k.Takes != "" {
			name += "=" + k.Usual
		}
		fmt.Fprintf(&b, "%-27s %s\n", name, k.Does)
		if k.Cause != "" {
			fmt.Fprintf(&b, "%-27s   causes %s\n", "", k.Cause)
		}
	}
	return b.String()
}
