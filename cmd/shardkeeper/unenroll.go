package main

import (
	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func newUnenroll(at environment) *cobra.Command {
	var c tagCommand
	cmd := &cobra.Command{
		Use:     "unenroll STREAM",
		GroupID: groupAWS,
		Short:   "Let Shardkeeper leave a stream alone",
		Long: `Sets the tag shardkeeper=disabled of a stream, and waits until it is not enrolled any more: its alarms are deleted, its
item, its overrides and its history stay. Its other tags stay too; ` + "`shardkeeper enroll`" + ` takes it up again as it was.

` + tagRights,
		Example: `  shardkeeper unenroll orders --stack shardkeeper`,
		Args:    arguments(1, 1, "one stream"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), at, args[0], map[string]string{scaling.ModeTag: string(scaling.ModeDisabled)})
		},
	}
	c.add(cmd)
	return cmd
}
