package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/settingsfile"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type applyCommand struct{ changeFlags }

func newApply(at environment) *cobra.Command {
	var c applyCommand
	cmd := &cobra.Command{
		Use:     "apply FILE.yaml",
		GroupID: groupAWS,
		Short:   "Set what a file says for many streams",
		Long: `Sets what a file says for its streams, such as one that ` + "`shardkeeper export-settings`" + ` has written. A stream's overrides
and timed overrides are then those of the file, and no others; where the file has no key overrides, or no key timed,
those stay. Streams that are not in the file stay as they are. - in place of FILE reads stdin.

All is checked before the first write: a key that nobody knows, a stream that is not there, a setting that cannot be
used. Then streams are written one by one; when one fails, it says how many were changed, and the same file
can be applied again. A timed override in the file that has ended by now is left out, and told.

` + changeRights,
		Example: `  shardkeeper apply settings.yaml --dry-run --stack shardkeeper
  shardkeeper apply settings.yaml --reason "the quarter's sizes" --yes`,
		Args: arguments(1, 1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), at, args[0]) },
	}
	c.add(cmd)
	return cmd
}

func (c *applyCommand) run(ctx context.Context, at environment, path string) error {
	if path == "-" && at.asks && !c.yes && !c.dryRun {
		return usage("the file is read from where an answer would be; give --yes or --dry-run")
	}
	streams, err := at.readSettings(path)
	if err != nil {
		return err
	}
	wanted := map[string]settingsfile.Stream{}
	for _, s := range streams {
		s.Timed = leftOut(at, s)
		wanted[s.Name] = s
	}
	return c.useDesk(ctx, at, func(d desk) error {
		_, err := c.makeAll(ctx, at, d, slices.Sorted(maps.Keys(wanted)), func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
			return applied(s, wanted[s.Name], asked)
		})
		return err
	})
}

// readSettings reads a file of settings, or stdin.
func (at environment) readSettings(path string) ([]settingsfile.Stream, error) {
	from := at.stdin
	if path != "-" {
		file, err := os.Open(path) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, usage("%w", err)
		}
		defer func() { _ = file.Close() }() // nothing was written to it
		from = file
	}
	streams, err := settingsfile.Read(from, knownSetting)
	if err != nil {
		return nil, usage("nothing was changed; %s cannot be used:\n%w", path, err)
	}
	return streams, nil
}

// leftOut returns the timed overrides of a stream in a file without those that have ended.
func leftOut(at environment, s settingsfile.Stream) []ledger.Timed {
	if s.Timed == nil {
		return nil
	}
	now := at.now()
	left := make([]ledger.Timed, 0, len(s.Timed))
	for _, t := range s.Timed {
		if t.Ended(now) {
			at.tell("%s: the timed override %s has ended at %s, and is left out", s.Name, t.ID, t.Until.UTC().Format(time.RFC3339))
			continue
		}
		left = append(left, t)
	}
	return left
}

// applied is a stream with what a file says of it.
func applied(s ledger.Item, file settingsfile.Stream, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
	overrides, timed := s.Overrides, s.Timed
	if file.Overrides != nil {
		overrides = file.Overrides
	}
	if file.Timed != nil {
		timed = file.Timed
	}
	if err := accepted(s, overrides, timed); err != nil {
		return s, nil, err
	}
	after, entries := s, []ledger.Entry(nil)
	if file.Overrides != nil {
		after, entries = s.Overridden(overrides, missing(s.Overrides, overrides), asked)
	}
	if file.Timed != nil {
		listed, told, err := after.WithList(timed, asked)
		if err != nil {
			return s, nil, usage("%w", err)
		}
		after, entries = listed, append(entries, told...)
	}
	if len(entries) > ledger.MaxEntries {
		return s, nil, usage("stream %s would have %d changes at once, at most %d can be made", s.Name, len(entries), ledger.MaxEntries)
	}
	return after, entries, nil
}

// accepted returns nil, or which settings cannot be used with the others.
func accepted(s ledger.Item, overrides scaling.Layer, timed []ledger.Timed) error {
	var faults []error
	if err := s.AcceptsInstead(overrides, nil); err != nil {
		faults = append(faults, usage("stream %s cannot have these overrides: %w", s.Name, err))
	}
	for _, t := range timed {
		if err := s.AcceptsInstead(overrides, t.Settings); len(faults) == 0 && t.Fault == "" && err != nil {
			faults = append(faults, usage("stream %s cannot have the timed override %s: %w", s.Name, t.ID, err))
		}
	}
	return errors.Join(faults...)
}

// missing are the keys of a layer that another has not.
func missing(layer, other scaling.Layer) []string {
	var keys []string
	for key := range layer {
		if _, has := other[key]; !has {
			keys = append(keys, key)
		}
	}
	return keys
}
