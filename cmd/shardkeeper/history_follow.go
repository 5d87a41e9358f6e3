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
	// followEvery is how often the history is asked what is new: a call or two for each 1,000 entries of followBack.
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
	told, since := toldOf{}, query.From
	if err := c.first(ctx, at, query, places, told); err != nil {
		return err
	}
	for {
		if err := at.wait(ctx, followEvery); err != nil {
			return err
		}
		now := at.now()
		if query.From, query.To = now.Add(-followBack), now.Add(time.Minute); query.From.Before(since) {
			query.From = since // what is older was not asked for
		}
		if err := c.next(ctx, at, query, places, told); err != nil {
			return err
		}
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

// toldOf is by entry the outcome that it had when it was printed, or left out.
type toldOf map[string]ledger.Outcome

// keyOf names an entry of a place.
func keyOf(in found, e ledger.Entry) string {
	return strings.Join([]string{in.spot(), e.Stream, e.At.Format(time.RFC3339Nano), e.ID}, "#")
}

// isNews reports whether an entry is news, and takes it to be told from now on.
func (told toldOf) isNews(in found, e ledger.Entry) bool {
	key := keyOf(in, e)
	if outcome, known := told[key]; known && outcome == e.Outcome {
		return false
	}
	told[key] = e.Outcome
	return true
}

// leaveOut takes an entry to be told that is not.
func (told toldOf) leaveOut(in found, e ledger.Entry) {
	key := keyOf(in, e)
	if _, known := told[key]; !known {
		told[key] = e.Outcome
	}
}

// first prints what is there, at most --limit entries, and says when that leaves some out. Those are no news later.
func (c *historyCommand) first(ctx context.Context, at environment, query ledger.Query, places []found, told toldOf) error {
	var all []placedEntry
	left := false
	for _, in := range places {
		var oldest ledger.Entry
		_, more, err := each(ctx, in.Registry(in.Table), query, c.limit, c.sieve(), func(e ledger.Entry) error {
			told.isNews(in, e)
			oldest = e
			all = append(all, placedEntry{e, in.Region(), in.profile})
			return nil
		})
		if err == nil && more {
			left = true
			err = c.leaveOut(ctx, in, query, oldest.At, told)
		}
		if err != nil {
			return c.queried(in.place().String(), explain(err, in.Region()))
		}
	}
	sortNews(all)
	if c.limit > 0 && len(all) > c.limit { // of several places
		all, left = all[len(all)-c.limit:], true
	}
	if err := c.printNews(at, all); err != nil {
		return err
	}
	if left {
		at.tell("the newest %d entries; --limit 0 shows all", len(all))
	}
	return nil
}

// leaveOut makes known what the first look left out, as far back as the next ones go. Nothing newer than what was
// printed: that may have come since.
func (c *historyCommand) leaveOut(ctx context.Context, in found, query ledger.Query, oldest time.Time, told toldOf) error {
	if from := query.To.Add(-followBack); query.From.Before(from) {
		query.From = from
	}
	if query.To = oldest.Add(time.Nanosecond); !query.From.Before(query.To) {
		return nil
	}
	_, _, err := each(ctx, in.Registry(in.Table), query, 0, nil, func(e ledger.Entry) error {
		told.leaveOut(in, e)
		return nil
	})
	return err
}

// next prints all that is news, the oldest first.
func (c *historyCommand) next(ctx context.Context, at environment, query ledger.Query, places []found, told toldOf) error {
	var all []placedEntry
	for _, in := range places {
		_, _, err := each(ctx, in.Registry(in.Table), query, 0, c.sieve(), func(e ledger.Entry) error {
			if told.isNews(in, e) {
				all = append(all, placedEntry{e, in.Region(), in.profile})
			}
			return nil
		})
		if err != nil {
			return c.queried(in.place().String(), explain(err, in.Region()))
		}
	}
	sortNews(all)
	return c.printNews(at, all)
}

// sortNews sorts entries that came newest first: the oldest first, those of the same time as they came to pass.
func sortNews(all []placedEntry) {
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b placedEntry) int { return a.At.Compare(b.At) })
}

func (c *historyCommand) printNews(at environment, all []placedEntry) error {
	if len(all) == 0 {
		return nil
	}
	shape := c.shape()
	return writeAll(at, c.format, shape.columns(), shape.cells, placedLineOf, all)
}
