package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
func (c *historyCommand) following(ctx context.Context, at environment, query ledger.Query) error {
	places, fault := gather(ctx, at, &c.placesFlags, func(in found) (found, error) { return in, nil })
	if fault != nil { // what is missed would not be noticed
		return fault
	}
	places, err := c.thatKnow(ctx, places)
	if err != nil {
		return err
	}
	told := map[string]ledger.Outcome{} // by entry, the outcome that was printed
	for {
		if err := c.news(ctx, at, query, places, told); err != nil {
			return err
		}
		if err := at.wait(ctx, followEvery); err != nil {
			return err
		}
		now := at.now()
		query.From, query.To = now.Add(-followBack), now.Add(time.Minute)
	}
}

// thatKnow are the places that know the stream; all, where none is named. It is an error when none does.
func (c *historyCommand) thatKnow(ctx context.Context, places []found) (known []found, err error) {
	if c.stream == "" {
		return places, nil
	}
	for _, in := range places {
		registry := in.Registry(in.Table)
		_, unknown := registry.Load(ctx, c.stream)
		switch {
		case unknown == nil:
			known = append(known, in)
		case errors.Is(unknown, ledger.ErrNotEnrolled):
			err = unknownStream(ctx, c.stream, registry, in.place())
		default:
			return nil, fmt.Errorf("look for stream %s in %s: %w", c.stream, in.place(), explain(unknown, in.Region()))
		}
	}
	if len(known) == 0 {
		return nil, err
	}
	return known, nil
}

// news prints what was not printed yet, the oldest first.
func (c *historyCommand) news(ctx context.Context, at environment, query ledger.Query, places []found, told map[string]ledger.Outcome) error {
	var news []placedEntry
	for _, in := range places {
		_, _, err := each(ctx, in.Registry(in.Table), query, c.limit, c.sieve(), func(e ledger.Entry) error {
			key := strings.Join([]string{in.spot(), e.Stream, e.At.Format(time.RFC3339Nano), e.ID}, "#")
			if outcome, is := told[key]; is && outcome == e.Outcome {
				return nil
			}
			told[key] = e.Outcome
			news = append(news, placedEntry{e, in.Region(), in.profile})
			return nil
		})
		if err != nil {
			return c.queried(in.place().String(), explain(err, in.Region()))
		}
	}
	if len(news) == 0 {
		return nil
	}
	slices.Reverse(news) // those of the same time as they came
	slices.SortStableFunc(news, func(a, b placedEntry) int { return a.At.Compare(b.At) })
	shape := c.shape()
	return writeAll(at, c.format, shape.columns(), shape.cells, placedLineOf, news)
}
