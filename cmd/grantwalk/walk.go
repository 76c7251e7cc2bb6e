package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui"
	"example.com/grantwalk/tui/plain"
	"example.com/grantwalk/tui/session"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

// walkFlags are the flags of walk as they were given.
type walkFlags struct {
	provider                  string
	issuer, authURL, tokenURL string
	clientID, secretFile      string
	clientAuth                string
	redirectURI               string
	scopes, params            []string
	pkce                      string
	timeout                   time.Duration
	insecure                  bool
	variables                 map[string]string // of the environment: takeVariables
	browser                   string
	twist                     string
	otherClientID             string
	otherSecretFile           string
	codeLifetime              time.Duration
	faults                    []string
	speak                     string
	plain, json, reveal       bool
	save                      string
}

func newWalk(variables map[string]string) *cobra.Command {
	f := walkFlags{variables: variables}
	cmd := &cobra.Command{
		Use:   "walk",
		Short: "Walk through the flow step by step",
		Long: `walk takes the authorization-code flow step by step and shows every message.
Without a provider it walks on a practice server of its own, which needs nothing
to be set up.

The client secret is read from --client-secret-file, from the variable
GRANTWALK_CLIENT_SECRET (not for the practice server, which has its own), or
asked for. It is never an argument: those can be read by every user of a machine.

Exit codes: 0 tokens received, 1 the server rejected the request, 2 wrong usage or
configuration, 3 no response, 4 denied by the user, 130 interrupted.`,
		Example: `  grantwalk walk
  grantwalk walk --plain --browser approve
  grantwalk walk --issuer https://as.example --client-id my-app --redirect-uri http://127.0.0.1:8080/callback`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.twist == "list" {
				_, err := io.WriteString(cmd.OutOrStdout(), twistList())
				return err
			}
			return f.run(cmd)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.provider, "provider", "", "a `name` of grantwalk providers, or practice")
	flags.StringVar(&f.issuer, "issuer", "", "issuer `URL`, whose metadata names the endpoints")
	flags.StringVar(&f.authURL, "auth-url", "", "authorization endpoint `URL`, together with --token-url")
	flags.StringVar(&f.tokenURL, "token-url", "", "token endpoint `URL`")
	flags.StringVar(&f.clientID, "client-id", "", "the client's `id`")
	flags.StringVar(&f.secretFile, "client-secret-file", "", "`file` that holds the client secret")
	flags.StringVar(&f.clientAuth, "client-auth", "", "`method`: basic, post or none (default: from the metadata; never probed)")
	flags.StringVar(&f.redirectURI, "redirect-uri", "", "redirect `URI`; port 0 is any free one (default "+flow.DefaultRedirectURI+")")
	flags.StringArrayVar(&f.scopes, "scope", nil, "`scopes`, separated by spaces or by repeating the flag")
	flags.StringArrayVar(&f.params, "param", nil, "further authorization parameter `name=value`, may be repeated")
	flags.StringVar(&f.pkce, "pkce", "", "`method`: S256, plain or none (default S256)")
	flags.DurationVar(&f.timeout, "timeout", 0, fmt.Sprintf("how long to wait each time (default %s for the user, %s for a server)", flow.DefaultUserTimeout, flow.DefaultServerTimeout))
	flags.BoolVar(&f.insecure, "insecure", false, "allow http:// endpoints off this machine, but not under an https issuer")
	flags.StringVar(&f.browser, "browser", "system", "`who` logs in: system, none (the URL is shown), or on the practice server approve or deny")
	flags.StringVar(&f.otherClientID, "other-client-id", "", "a second client's `id` at the same provider, for --twist client_mismatch")
	flags.StringVar(&f.otherSecretFile, "other-client-secret-file", "", "`file` that holds the second client's secret")
	flags.StringVar(&f.twist, "twist", "", "break the walk on purpose so that it fails with this `cause`; list tells which there are")
	flags.DurationVar(&f.codeLifetime, "code-lifetime", 0, "how long the provider's codes can be exchanged, such as 60s (default: the preset's)")
	flags.StringArrayVar(&f.faults, "fault", nil, "what the practice server gets wrong, `name[=value]`, may be repeated (grantwalk practice --fault list)")
	flags.StringVar(&f.speak, "speak", "", "the `provider` in whose words the practice server rejects requests")
	flags.BoolVar(&f.plain, "plain", false, "print line by line (by itself when standard output is no terminal)")
	flags.BoolVar(&f.json, "json", false, "print the result as JSON, and the lines to standard error")
	flags.BoolVar(&f.reveal, "reveal", false, "put the secrets into the lines, and into what --json and --save write")
	flags.StringVar(&f.save, "save", "", "`file` that keeps the transcript of the last walk that ended, secrets left out")
	return cmd
}

// twistList is a line for each twist: its name, and what it does.
func twistList() string {
	var b strings.Builder
	for _, t := range flow.Twists() {
		fmt.Fprintf(&b, "%-22s  %s: %s\n", t.Cause, t.Step.Title(), t.Does)
	}
	return b.String()
}

func (f *walkFlags) run(cmd *cobra.Command) error {
	o, err := f.options(cmd)
	if err != nil {
		return err
	}
	if f.save == "" {
		return end(f.walk(cmd, o))
	}
	keep, err := newKeeper(f.save, f.reveal)
	if err != nil {
		return err
	}
	if f.onScreen() {
		o.Done = keep.keep
		outcome, err := f.walk(cmd, o)
		if err = errors.Join(err, keep.err); err == nil {
			fmt.Println(strings.Join(ui.Indent(ui.Wrap(keep.where(), columns()-4), 3), "\n"))
		}
		return end(outcome, err)
	}
	var walked *flow.Walk
	o.Done = func(w *flow.Walk) { walked = w }
	outcome, err := f.walk(cmd, o)
	if walked != nil && !errors.As(err, new(*flow.Problem)) { // wrong usage is no walk
		keep.keep(walked)
		if err = errors.Join(err, keep.err); keep.left != "" {
			fmt.Fprintln(os.Stderr, "grantwalk:", keep.where())
		}
	}
	return end(outcome, err)
}

func (f *walkFlags) onScreen() bool { return !f.plain && !f.json && drawable() }

func (f *walkFlags) walk(cmd *cobra.Command, o session.Options) (flow.Outcome, error) {
	if f.onScreen() {
		return tui.Run(cmd.Context(), tui.Options{Walk: &o})
	}
	return plain.Run(cmd.Context(), plain.Options{
		Session: o, JSON: f.json, Reveal: f.reveal,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Live: movable(os.Stderr), Glyphs: ui.ChooseGlyphs(os.Getenv),
	})
}

// options are the flags as a session has them.
func (f *walkFlags) options(cmd *cobra.Command) (session.Options, error) {
	if err := notEmpty(cmd.Flags()); err != nil {
		return session.Options{}, err
	}
	if cmd.Flags().Changed("timeout") && f.timeout == 0 {
		return session.Options{}, &usage.Error{Setting: "timeout", Value: "0s", Problem: "nothing can come in no time", Remedy: "write a duration such as 30s or 2m, or leave it out"}
	}
	if cmd.Flags().Changed("code-lifetime") && f.codeLifetime < time.Second {
		return session.Options{}, &usage.Error{Setting: "code-lifetime", Value: f.codeLifetime.String(), Problem: "a code lives for a second at least", Remedy: "write a duration such as 60s or 10m, or leave it out"}
	}
	if f.otherSecretFile != "" && f.otherClientID == "" {
		return session.Options{}, &usage.Error{Setting: "other-client-secret-file", Value: fileName(f.otherSecretFile), Problem: "there is no second client", Remedy: "name the second client with --other-client-id"}
	}
	o := session.Options{Browser: session.Browser(f.browser), Twist: diagnose.ID(f.twist), Faults: f.faults, Speak: f.speak}
	var err error
	if o.Practice, err = f.onPractice(); err != nil {
		return o, err
	}
	params, err := pairs(f.params)
	if err != nil {
		return o, err
	}
	o.Config = flow.Config{
		Issuer: f.issuer, AuthURL: f.authURL, TokenURL: f.tokenURL,
		ClientID: f.clientID, ClientAuth: flow.ClientAuth(f.clientAuth),
		RedirectURI: f.redirectURI, Params: params,
		OtherClientID: f.otherClientID, CodeLifetime: f.codeLifetime,
		PKCE: flow.PKCE(f.pkce), Timeout: f.timeout, Insecure: f.insecure,
	}
	if f.scopes != nil { // nil: found out, or the practice server's own
		o.Config.Scopes = strings.Fields(strings.Join(f.scopes, " "))
	}
	if f.provider != "" && !o.Practice {
		if o.Config, err = session.Preset(f.provider, o.Config); err != nil {
			return o, err
		}
	}
	if f.otherSecretFile != "" {
		if o.Config.OtherClientSecret, err = readSecret(cmd.Context(), "other-client-secret-file", f.otherSecretFile); err != nil {
			return o, err
		}
	}
	o.Config.ClientSecret, err = f.secret(cmd.Context(), o.Practice)
	return o, err
}

// onPractice reports whether no provider of the user's own was named.
func (f *walkFlags) onPractice() (bool, error) {
	own := f.issuer != "" || f.authURL != "" || f.tokenURL != ""
	if f.provider == session.PracticeProvider && own {
		return false, &usage.Error{Setting: "provider", Value: safe.Typed(f.provider), Problem: "endpoints were given too",
			Remedy: "leave out --provider, or --issuer, --auth-url and --token-url"}
	}
	return f.provider == session.PracticeProvider || f.provider == "" && !own, nil
}

func pairs(params []string) ([]flow.Pair, error) {
	var out []flow.Pair
	for _, p := range params {
		name, value, ok := strings.Cut(p, "=")
		if !ok {
			return nil, &usage.Error{Setting: "param", Value: safe.Typed(p), Problem: "it has no value", Remedy: "write name=value"}
		}
		out = append(out, flow.Pair{Name: name, Value: value})
	}
	return out, nil
}
