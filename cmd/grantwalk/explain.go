package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/read"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/flow"
	"example.com/grantwalk/tui/plain"
	"example.com/grantwalk/tui/report"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/usage"
)

// explainFlags are the flags of explain as they were given.
type explainFlags struct {
	provider, grant, note string
	json, why             bool
}

func newExplain() *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain [FILE ...]",
		Short: "Name the cause of a pasted error, a log or a capture",
		Long: `explain reads standard input, or the files named, together as one case: the
response of a token endpoint, a log line, an exception of a library, a redirect
URL with error= in it, the output of curl -v, requests copied from the network
tab, a HAR file, the captures of other tools, or a saved walk. Packed files are
opened. It finds the error, ranks its causes, and says why and what to do.

Nothing is sent anywhere, and secrets in the input are not printed.

Exit codes: 0 explained, 2 wrong usage, 5 nothing was recognised.`,
		Example: `  grantwalk explain < error.log
  grantwalk explain flow.har backend.log
  pbpaste | grantwalk explain --provider google --note "works on my machine"`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.provider, "provider", "", "the provider, by a `name` of grantwalk providers or as people call it")
	flags.Bool("plain", false, "print in lines, as it does anyway")
	flags.StringVar(&f.grant, "grant", "", "what was traded in: "+strings.Join(diagnose.Grants, ", "))
	flags.StringVar(&f.note, "note", "", "what there is to say around it: when it fails, where, since when")
	flags.BoolVar(&f.json, "json", false, "print the result as JSON")
	flags.BoolVar(&f.why, "why", false, "show how each cause came by its rank")
	return cmd
}

// checkGrant wants one of the grants, or nothing.
func checkGrant(grant string) error {
	if grant == "" || slices.Contains(diagnose.Grants, grant) {
		return nil
	}
	return &usage.Error{Setting: "grant", Value: safe.Typed(grant), Problem: "there is no such grant", Remedy: "use one of " + strings.Join(diagnose.Grants, ", ")}
}

func (f *explainFlags) run(cmd *cobra.Command, files []string) error {
	if err := checkGrant(f.grant); err != nil {
		return err
	}
	switch p, ok := catalogue.Find(f.provider); {
	case f.provider == "":
	case ok:
		f.provider = p.Name
	default:
		fmt.Fprintf(os.Stderr, "grantwalk: --provider %q: not in the catalogue; the text may still say who answered (grantwalk providers lists the names)\n", safe.Typed(f.provider))
		f.provider = ""
	}
	// An input may have no end, or nobody who writes it.
	result, err := interruptible(cmd.Context(), 0, func() (read.Result, error) { return f.read(cmd.InOrStdin(), files) })
	var unreadable *read.Unreadable
	switch {
	case errors.As(err, &unreadable):
		return unrecognised{problem{unreadable.Error(), unreadable.Instead}}
	case err != nil:
		return err
	}
	for _, w := range result.Warnings {
		fmt.Fprintln(os.Stderr, "grantwalk:", printable(w))
	}
	return f.print(result)
}

// read reads the inputs, together one case.
func (f *explainFlags) read(stdin io.Reader, files []string) (read.Result, error) {
	inputs, closeAll, err := f.open(stdin, files)
	if err != nil {
		return read.Result{}, err
	}
	defer closeAll()
	result, err := read.Read(inputs, read.Options{Provider: f.provider, Grant: f.grant, Note: f.note})
	if err != nil && !errors.As(err, new(*read.Unreadable)) {
		err = problem{err.Error(), "name a file that can be read, or pass the text on standard input"}
	}
	return result, err
}

// open opens the files; none, or the name -, is standard input.
func (f *explainFlags) open(stdin io.Reader, files []string) ([]read.Input, func(), error) {
	var opened []*os.File
	closeAll := func() {
		for _, file := range opened {
			file.Close()
		}
	}
	var inputs []read.Input
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, name := range files {
		if name == "-" {
			if term.IsTerminal(int(os.Stdin.Fd())) {
				end := "Ctrl+D"
				if runtime.GOOS == "windows" {
					end = "Ctrl+Z and Enter"
				}
				fmt.Fprintf(os.Stderr, "Paste the error, a log or the redirect URL, then %s on an empty line.\n", end)
			}
			inputs = append(inputs, read.Input{Reader: stdin})
			continue
		}
		paths, err := filesIn(name)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		for _, path := range paths {
			file, err := os.Open(path)
			if err != nil {
				closeAll()
				return nil, nil, problem{"open " + fileName(path) + ": " + cause(err), "name a file that can be read, or pass the text on standard input"}
			}
			opened = append(opened, file)
			inputs = append(inputs, read.Input{Name: path, Reader: file, OfMany: path != name})
		}
	}
	return inputs, closeAll, nil
}

// maxFilesIn bounds the files of one folder: all of them are open at once.
const maxFilesIn = 200

// filesIn are the files of a folder and of the folders in it, in the order of their
// names; of anything else it is the name itself. Hidden files and links are left out.
func filesIn(name string) ([]string, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return []string{name}, nil // opening it says what is wrong
	}
	var paths []string
	err := filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
		hidden := path != name && strings.HasPrefix(entry.Name(), ".")
		switch {
		case err != nil:
			return err
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden || !entry.Type().IsRegular():
			return nil
		case len(paths) == maxFilesIn:
			return errTooManyFiles
		}
		paths = append(paths, path)
		return nil
	})
	switch {
	case errors.Is(err, errTooManyFiles):
		return nil, problem{fmt.Sprintf("%s has more than %d files", fileName(name), maxFilesIn), "name the files that belong to the failed login"}
	case err != nil:
		return nil, problem{"read the folder " + fileName(name) + ": " + cause(err), "name files that can be read"}
	case len(paths) == 0:
		return nil, problem{"the folder " + fileName(name) + " has no files", "name a file, or pass the text on standard input"}
	}
	return paths, nil
}

var errTooManyFiles = errors.New("too many files")

func (f *explainFlags) print(r read.Result) error {
	cases := report.Cases(r)
	d := cases[0].Report
	switch {
	case r.Recognised:
	case f.note != "" && d.Told(), f.grant != "" && slices.ContainsFunc(r.Evidence.Statements, func(s diagnose.Statement) bool { return s.Source != diagnose.Person }):
		r.Recognised = true // by what the person says: that it was refused, and of which grant or in which way
		fmt.Fprintln(os.Stderr, "grantwalk: no rejection was recognized in the input; the causes are ranked by what the flags say")
	default:
		d = diagnose.Report{}
	}
	if f.json {
		doc := explainedDocument{Document: diagnose.DocumentOf(d)}
		doc.add(cases[0].Walk)
		for _, g := range report.Groups(r) {
			doc.AddGroup(g.Count, g.First, g.Last, g.Report)
		}
		if !r.Recognised {
			doc.Reason = "nothing was recognised"
		}
		if err := diagnose.WriteJSON(os.Stdout, doc); err != nil {
			return fmt.Errorf("print the result: %w", err)
		}
	}
	switch {
	case !r.Recognised:
		return unrecognised{problem{"no rejection was recognized in the input", read.Instead}}
	case f.json:
		return nil
	}
	out := plain.Diagnosis{Out: os.Stdout, Why: f.why, Layout: report.Layout{
		Glyphs: ui.ChooseGlyphs(os.Getenv), Styles: styles(), Width: columns()}}
	return out.Cases(cases)
}

// explainedDocument is the document of explain. A saved walk says what it broke on purpose.
type explainedDocument struct {
	diagnose.Document
	IDToken *flow.IDToken     `json:"id_token,omitempty"`
	Twist   *flow.TwistResult `json:"twist,omitempty"`
}

// add takes over what a saved walk said itself.
func (d *explainedDocument) add(w *report.Walk) {
	if w == nil {
		return
	}
	d.Twist, d.Step = w.Twist, cmp.Or(w.Step, d.Step)
	d.Reason = strings.Join(slices.DeleteFunc([]string{w.Reason, d.Reason}, func(s string) bool { return s == "" }), "; ")
	if w.Unverified != "" {
		d.IDToken = &flow.IDToken{Why: w.Unverified}
	}
}

// unrecognised is input in which there is nothing to explain.
type unrecognised struct{ problem }
