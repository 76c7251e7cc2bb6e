package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/tui"
	"example.com/grantwalk/tui/learn"
	"example.com/grantwalk/tui/learn/lessons"
	"example.com/grantwalk/tui/ui"
)

func newLearn() *cobra.Command {
	var list, plain, big bool
	cmd := &cobra.Command{
		Use:   "learn [LESSON]",
		Short: "Lessons on OAuth 2.0, each played on the practice server",
		Long: `learn opens the lessons, or the one that is named. Each takes some ten minutes:
it asks what you expect, does it on the practice server with values of your own,
and shows what came. Where you leave it, it goes on the next time.

On a pipe, or with --plain, it prints the lesson for reading; without a name,
--plain prints all of them, and a pipe gets the list.`,
		Example: `  grantwalk learn
  grantwalk learn pkce
  grantwalk learn state --big
  grantwalk learn redirect-uri --plain | less`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return problem{fmt.Sprintf("%s: unexpected argument %q", cmd.CommandPath(), safe.Typed(args[1])), "name one lesson; " + cmd.CommandPath() + " --list has them"}
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return lessons.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p := learn.Plain{Out: os.Stdout, Glyphs: ui.ChooseGlyphs(os.Getenv), Styles: styles(), Width: min(columns(), 80)}
			chosen, err := namedLesson(args)
			switch {
			case err != nil:
				return err
			case list, len(chosen) == 0 && !plain && !drawable():
				return p.List(lessons.All())
			case plain && len(chosen) == 0:
				return p.Lessons(lessons.All())
			case plain, !drawable():
				return p.Lessons(chosen)
			}
			in := learn.Input{Big: big}
			if len(chosen) > 0 {
				in.Lesson = chosen[0].Name
			}
			return end(tui.Run(cmd.Context(), tui.Options{Learn: &in}))
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&list, "list", false, "print the names of the lessons")
	cmd.Flags().BoolVar(&plain, "plain", false, "print for paper or a screen reader (by itself when standard output is no terminal)")
	cmd.Flags().BoolVar(&big, "big", false, "lay it out for a projector: one idea per screen")
	return cmd
}

// namedLesson is the lesson of that name, if one was named. A wrong name is told
// with the nearest right one.
func namedLesson(args []string) ([]lessons.Lesson, error) {
	if len(args) == 0 {
		return nil, nil
	}
	if l, ok := lessons.Find(args[0]); ok {
		return []lessons.Lesson{l}, nil
	}
	remedy := "grantwalk learn --list names them"
	if near := nearest(args[0], lessons.Names()); near != "" {
		remedy = "did you mean " + near + "? " + remedy
	}
	return nil, problem{fmt.Sprintf("no lesson is called %q", safe.Typed(args[0])), remedy}
}
