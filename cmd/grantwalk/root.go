package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/tui"
)

func newRoot(variables map[string]string) *cobra.Command {
	cobra.MousetrapHelpText = "" // started by a double click, the home screen is right too
	root := &cobra.Command{
		Use:   "grantwalk",
		Short: "Walk through OAuth 2.0's authorization-code flow, one message at a time",
		Long: `grantwalk walks you through OAuth 2.0's authorization-code flow, on real sockets:
against its own practice server, or against your provider. Every message that
passes is shown, with what it is for and what it cost.

Without a command it opens the home screen.`,
		Args:          noCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !drawable() {
				return cmd.Help()
			}
			return end(tui.Run(cmd.Context(), tui.Options{}))
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newWalk(variables), newChecklist(), newExplain(), newLearn(), newPractice(), newProviders(), newVersion(), newMan())
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" { // cobra's own takes any word for a request for help
			cmd.Args, cmd.RunE = noCommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
	return root
}

// drawable reports whether screens can be shown.
func drawable() bool { return movable(os.Stdout) }

// movable reports whether file is a terminal that can move its cursor.
func movable(file *os.File) bool {
	return term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb"
}

// noCommand refuses what is no command, with the one that was meant if it is near.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	remedy := cmd.CommandPath() + " --help lists the commands"
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		remedy = "did you mean " + strings.Join(near, " or ") + "? " + remedy
	}
	return problem{fmt.Sprintf("unknown command %q", safe.Typed(args[0])), remedy}
}

// noArguments refuses arguments of a command that takes flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return problem{fmt.Sprintf("%s: unexpected argument %q", cmd.CommandPath(), safe.Typed(args[0])),
		"everything is set by flags; " + cmd.CommandPath() + " --help lists them"}
}

// flagError says what is wrong with a flag in this program's form: the flag, the
// value, what to do.
func flagError(cmd *cobra.Command, err error) error {
	help := cmd.CommandPath() + " --help lists the flags"
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := dashes(unknown.GetSpecifiedName())
		if near := nearest(unknown.GetSpecifiedName(), flagNames(cmd.Flags())); near != "" {
			help = "did you mean --" + near + "? " + help
		}
		return problem{"unknown flag " + name, help}
	case errors.As(err, &missing):
		return problem{dashes(missing.GetSpecifiedName()) + ": it needs a value", help}
	case errors.As(err, &invalid):
		return badValue(invalid)
	}
	return problem{safe.Quote(err.Error(), len(err.Error())), help}
}

func badValue(e *pflag.InvalidValueError) error {
	f := e.GetFlag()
	p := problem{fmt.Sprintf("--%s %q: %v", f.Name, safe.Typed(e.GetValue()), errors.Unwrap(e)), ""}
	switch f.Value.Type() {
	case "duration":
		p = problem{fmt.Sprintf("--%s %q: not a duration", f.Name, safe.Typed(e.GetValue())), "write a number with its unit, such as 30s or 2m"}
	case "bool":
		p = problem{fmt.Sprintf("--%s %q: neither true nor false", f.Name, safe.Typed(e.GetValue())), "write --" + f.Name + " alone to switch it on"}
	}
	return p
}

// notEmpty refuses a flag that was given without a value, as --issuer "$ISSUER" is where
// the variable is not set: the walk would go to another server than was meant.
func notEmpty(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" && err == nil {
			err = problem{fmt.Sprintf("--%s \"\": it is empty", f.Name), "give a value, or leave the flag out; is the shell variable set that it comes from?"}
		}
	})
	return err
}

func dashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	const longest = 24
	if len(name) > longest || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" { // it may be a value that was pasted
		name = safe.Quote(name, len(name))
	}
	return "--" + name
}

func flagNames(flags *pflag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// nearest is the name that was probably meant: one that is a letter or two away,
// or else the first that begins with the word. Empty: none is near.
func nearest(word string, names []string) string {
	best, near := 3, ""
	for _, name := range names {
		d := levenshtein.Distance(name, word, nil)
		if len(word) > 2 && strings.HasPrefix(name, word) {
			d = min(d, 2)
		}
		if d < best {
			best, near = d, name
		}
	}
	return near
}
