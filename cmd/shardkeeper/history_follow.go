package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

const (
	// followEvery is how often the history is asked what is new: one or two calls each time.
	followEvery = 10 * time.Second
	// followBack is how far back an entry may change: an operation's has the time of its claim, and its outcome comes
	// with its end.
	followBack = time.Hour
)

// following prints what is there, the oldest first, and then what comes, until the command ends.
func (c *historyCommand) following(ctx context.Context, at environment, query ledger.Query, registry historyReader, where place) error {
	if c.stream != "" {
		if _, err := registry.Load(ctx, c.stream); errors.Is(err, ledger.ErrNotEnrolled) {
			return unknownStream(ctx, c.stream, registry, where)
		}
	}
	told := map[string]ledger.Outcome{} // by entry, the outcome that was printed
	for {
		if err := c.news(ctx, at, query, registry, told); err != nil {
			return fmt.Errorf("query the history%s in %s: %w", ofStream(c.stream), where, err)
		}
		if err := at.wait(ctx, followEvery); err != nil {
			return err
		}
		now := at.now()
		query.From, query.To = now.Add(-followBack), now.Add(time.Minute)
	}
}

// news prints what was not printed yet, the oldest first.
func (c *historyCommand) news(ctx context.Context, at environment, query ledger.Query, registry historyReader, told map[string]ledger.Outcome) error {
	var found []ledger.Entry
	if _, _, err := each(ctx, registry, query, c.limit, c.sieve(), func(e ledger.Entry) error {
		key := e.Stream + "#" + e.At.Format(time.RFC3339Nano) + "#" + e.ID
		if outcome, is := told[key]; is && outcome == e.Outcome {
			return nil
		}
		told[key] = e.Outcome
		found = append(found, e)
		return nil
	}); err != nil {
		return err
	}
	if len(found) == 0 {
		return nil
	}
	slices.Reverse(found)
	return writeAll(at, c.format, entryColumns(c.stream == ""),
		func(e ledger.Entry) []string { return entryCells(e, c.stream == "") }, lineOf, found)
}
