package main

import (
	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func newEnroll(at environment) *cobra.Command {
	var c tagCommand
	cmd := &cobra.Command{
		Use:     "enroll STREAM [KEY=VALUE...]",
		GroupID: groupAWS,
		Short:   "Let Shardkeeper look after a stream",
		Long: `Sets the tag shardkeeper=enabled of a stream, and tags for settings that are given, and waits until it is enrolled. With
mode=dry-run it decides and records, and never acts. Tags are what enrolls a stream: the table follows them.

` + tagRights,
		Example: `  shardkeeper enroll orders --stack shardkeeper
  shardkeeper enroll orders mode=dry-run max-shards=64 --yes`,
		Args: arguments(1, 50, "a stream"),
		RunE: func(cmd *cobra.Command, args []string) error {
			layer, err := readPairs(args[1:])
			if err != nil {
				return err
			}
			if _, err := scaling.Effective(layer); err != nil {
				return usage("%w", err)
			}
			if layer["mode"] == string(scaling.ModeDisabled) {
				return usage("mode=disabled enrolls nothing; shardkeeper unenroll")
			}
			return c.run(cmd.Context(), at, args[0], layer.Tags())
		},
	}
	c.add(cmd)
	return cmd
}
