package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/settingsfile"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type exportSettingsCommand struct {
	tableFlags

	outputFile string
}

func newExportSettings(at environment) *cobra.Command {
	var c exportSettingsCommand
	cmd := &cobra.Command{
		Use:     "export-settings [PATTERN]",
		GroupID: groupAWS,
		Short:   "Write what people have set for streams, as a file for apply",
		Long: `Writes the overrides and the timed overrides of all streams, or of those that are like a pattern, as YAML. Change the file
and give it to ` + "`shardkeeper apply`" + `. Comments tell, for each stream, which settings in force come from tags and from the
stack's parameters; apply does not read them. Timed overrides that have ended, or cannot be read, are comments too.

It makes a call for 100 streams. It needs the rights dynamodb:Query on the index by_due and dynamodb:BatchGetItem; for one
name dynamodb:GetItem; with --stack also cloudformation:DescribeStacks.`,
		Example: `  shardkeeper export-settings --stack shardkeeper > settings.yaml
  shardkeeper export-settings 'orders-*' --output-file orders.yaml`,
		Args: arguments(0, 1, "one pattern of names at most"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), at, patternOf(args)) },
	}
	fileFlag(cmd.Flags(), &c.outputFile, "output-file", "the `file`; else stdout")
	c.add(cmd)
	return cmd
}

func (c *exportSettingsCommand) run(ctx context.Context, at environment, pattern string) error {
	if err := at.checkOutputs(nil, []named{{"--output-file", c.outputFile}}); err != nil {
		return err
	}
	return c.use(ctx, at, func(in services) error {
		table, err := c.find(ctx, at, in)
		if err != nil {
			return err
		}
		d := desk{registry: in.Registry(table), where: place{table, in.Region()}}
		names, err := d.meant(ctx, pattern)
		if err != nil {
			return err
		}
		items, err := d.items(ctx, names)
		if err != nil {
			return err
		}
		now := at.now()
		streams := make([]settingsfile.Stream, len(items))
		for i, s := range items {
			streams[i] = exported(s, now)
		}
		heading := fmt.Sprintf("What people have set for streams in %s, at %s.", d.where, now.UTC().Format(time.RFC3339))
		return at.writeOut(c.outputFile, func(w io.Writer) error { return settingsfile.Write(w, heading, streams) })
	})
}

// exported is what people have set for a stream.
func exported(s ledger.Item, now time.Time) settingsfile.Stream {
	file := settingsfile.Stream{Name: s.Name, Overrides: s.Overrides}
	var others []string
	for _, of := range inspect.Sources(s, now) {
		if of.From == inspect.FromTag || of.From == inspect.FromStack {
			others = append(others, fmt.Sprintf("%s=%s (%s)", of.Name, of.Value, of.From))
		}
	}
	if len(others) > 0 {
		file.Notes = append(file.Notes, "in force: "+strings.Join(others, ", "))
	}
	if s.SettingsFault != "" {
		file.Notes = append(file.Notes, "cannot be used: "+s.SettingsFault)
	}
	for _, t := range s.Timed {
		switch {
		case t.Fault != "":
			file.Notes = append(file.Notes, t.String())
		case t.Ended(now):
			file.Notes = append(file.Notes, "has ended: "+t.ID+", "+t.String())
		default:
			file.Timed = append(file.Timed, t)
		}
	}
	return file
}
