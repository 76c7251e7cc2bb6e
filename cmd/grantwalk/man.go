package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:     "man [COMMAND]",
		Short:   "Print the manual page of grantwalk or of one of its commands",
		Example: "  grantwalk man walk | man -l -",
		RunE: func(cmd *cobra.Command, args []string) error {
			page, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noCommand(cmd.Root(), args)
			}
			page.InitDefaultHelpFlag()
			return doc.GenMan(page, &doc.GenManHeader{Section: "1", Source: "grantwalk", Manual: "grantwalk"}, cmd.OutOrStdout())
		},
	}
}
