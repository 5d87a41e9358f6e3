package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan makes the manual pages. It is hidden: packages and people's own set-ups call it, nobody else.
func newMan(at environment) *cobra.Command {
	return &cobra.Command{
		Use:     "man FOLDER",
		Short:   "Write the manual pages into a folder",
		Long:    "Writes a manual page for the command and one for each verb into a folder that is there.",
		Example: "  shardkeeper man /usr/local/share/man/man1",
		Args:    arguments(1, 1, "one folder"),
		Hidden:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, page := range documented(cmd.Root()) {
				var text bytes.Buffer
				header := &doc.GenManHeader{Section: "1", Source: "shardkeeper", Manual: "Shardkeeper"}
				if err := doc.GenMan(page, header, &text); err != nil {
					return err
				}
				path := filepath.Join(args[0], strings.ReplaceAll(page.CommandPath(), " ", "-")+".1")
				if err := at.writeFile(path, func(w io.Writer) error { _, err := text.WriteTo(w); return err }); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// documented returns the command and its verbs that people call, each as a page.
func documented(root *cobra.Command) []*cobra.Command {
	root.InitDefaultHelpFlag()
	root.InitDefaultVersionFlag()
	pages := []*cobra.Command{root}
	for _, verb := range root.Commands() {
		if verb.IsAvailableCommand() && verb.Name() != "help" && verb.Name() != "completion" {
			verb.InitDefaultHelpFlag()
			pages = append(pages, verb)
		}
	}
	for _, page := range pages {
		page.DisableAutoGenTag = true
	}
	return pages
}
