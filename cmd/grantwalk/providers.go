package main

import (
	"fmt"
	"os"

	"github.com/charmbracelet/lipgloss"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/tui/plain"
	"example.com/grantwalk/tui/ui"
	"example.com/grantwalk/tui/ui/background"
)

func newProviders() *cobra.Command {
	return &cobra.Command{
		Use:   "providers [NAME]",
		Short: "What is known of authorization servers: endpoints, lifetimes, rules, quirks",
		Long: `providers lists the authorization servers and services of the catalogue. With a
name it shows what is known of one: its addresses, how long its codes and refresh
tokens live, how it compares redirect URIs, where clients are registered, and
what surprises people there. walk and explain take the same names as --provider.`,
		Example: `  grantwalk providers
  grantwalk providers google`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return catalogue.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c := plain.Catalogue{Out: os.Stdout, Glyphs: ui.ChooseGlyphs(os.Getenv), Styles: styles(), Width: columns()}
			if len(args) == 0 {
				return c.List(catalogue.All())
			}
			p, ok := catalogue.Find(args[0])
			if !ok {
				return problem{fmt.Sprintf("no provider is called %q", safe.Typed(args[0])), "grantwalk providers lists them"}
			}
			return c.One(p)
		},
	}
}

// columns is how wide text is to be set: as the terminal, within what is good to
// read, and as a page where there is no terminal.
func columns() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || width == 0 {
		return 80
	}
	return min(width, 110)
}

// styles are those of lines. The terminal is not asked for its background, because a
// command that prints must not wait for a terminal.
func styles() ui.Styles {
	return ui.NewStyles(lipgloss.DefaultRenderer(), background.FromVariable(os.Getenv("COLORFGBG")))
}
