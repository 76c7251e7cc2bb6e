package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/catalogue"
	"example.com/grantwalk/diagnose/safe"
	"example.com/grantwalk/tui"
	"example.com/grantwalk/tui/checklist"
	"example.com/grantwalk/tui/usage"
)

func newChecklist() *cobra.Command {
	var provider, grant string
	cmd := &cobra.Command{
		Use:   "checklist",
		Short: "Track invalid_grant down by hand: it asks, narrows, concludes",
		Long: `checklist asks what an expert would ask, the most telling question first, and
ranks the causes again after each answer. It ends in a conclusion and a Markdown
report for the ticket. Text that is pasted into it is read as evidence.

It needs a terminal; grantwalk explain does without one.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e := diagnose.Evidence{Grant: grant}
			if err := checkGrant(grant); err != nil {
				return err
			}
			if provider != "" {
				p, ok := catalogue.Find(provider)
				if !ok {
					return &usage.Error{Setting: "provider", Value: safe.Typed(provider), Problem: "it is not in the catalogue", Remedy: "grantwalk providers lists the names; the checklist works without one"}
				}
				e.Provider = safe.Foreign(p.Name)
			}
			if !drawable() {
				return problem{"the checklist needs a terminal to ask in", "use grantwalk explain for text on a pipe"}
			}
			return end(tui.Run(cmd.Context(), tui.Options{Checklist: &checklist.Input{Evidence: e, Started: grant != ""}}))
		},
	}
	cmd.Flags().StringVar(&provider, "provider", "", "the provider, by a `name` of grantwalk providers")
	cmd.Flags().StringVar(&grant, "grant", "", fmt.Sprintf("what was rejected: %s", strings.Join(diagnose.Grants, ", ")))
	return cmd
}
