package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// desk is a table, and who stands before it.
type desk struct {
	registry tableOfStack
	where    place
	asked    ledger.Asked
	ceiling  ceiling
}

// plans works out a change of streams, and leaves out those of which nothing is to change.
func (d desk) plans(ctx context.Context, names []string, what change) ([]planned, error) {
	items, err := d.items(ctx, names)
	if err != nil {
		return nil, err
	}
	var plans []planned
	var faults []error
	for _, s := range items {
		after, entries, err := what(s, d.asked)
		if err != nil {
			faults = append(faults, err)
		}
		if len(entries) > 0 {
			plans = append(plans, planned{s, after, entries})
		}
	}
	return plans, errors.Join(faults...)
}

// items returns the streams of names. Many are read a hundred at a time; a write compares them with what is there then.
func (d desk) items(ctx context.Context, names []string) ([]ledger.Item, error) {
	if len(names) == 1 {
		s, err := d.item(ctx, names[0])
		return []ledger.Item{s}, err
	}
	items, err := d.registry.Items(ctx, names...)
	if err != nil {
		return nil, fmt.Errorf("load %d streams in %s: %w", len(names), d.where, err)
	}
	var unknown []error
	for _, name := range names {
		if !slices.ContainsFunc(items, func(s ledger.Item) bool { return s.Name == name }) {
			unknown = append(unknown, unknownStream(ctx, name, d.registry, d.where))
		}
	}
	return items, errors.Join(unknown...)
}

// item returns a stream, or says which names are like it.
func (d desk) item(ctx context.Context, name string) (ledger.Item, error) {
	s, err := d.registry.Load(ctx, name)
	if errors.Is(err, ledger.ErrNotEnrolled) {
		return s, unknownStream(ctx, name, d.registry, d.where)
	}
	if err != nil {
		return s, fmt.Errorf("load stream %s in %s: %w", name, d.where, err)
	}
	return s, nil
}

// plan works out a change of a stream as it is now.
func (d desk) plan(ctx context.Context, name string, what change) (planned, error) {
	s, err := d.item(ctx, name)
	if err != nil {
		return planned{}, err
	}
	after, entries, err := what(s, d.asked)
	return planned{s, after, entries}, err
}

// meant returns the streams that a name or a pattern means.
func (d desk) meant(ctx context.Context, pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, "*?[") {
		if err := checkStream(pattern); err != nil {
			return nil, err
		}
		return []string{pattern}, nil
	}
	if err := checkPattern(pattern); err != nil {
		return nil, err
	}
	all, err := d.names(ctx)
	if err != nil {
		return nil, err
	}
	known := len(all)
	names := slices.DeleteFunc(all, func(name string) bool { return !like(pattern, name) })
	if len(names) == 0 {
		return nil, failed("", "none of %d streams in %s is like %q", known, d.where, pattern)
	}
	return names, nil
}

// names are those of all streams that Shardkeeper looks after.
func (d desk) names(ctx context.Context) ([]string, error) {
	all, err := d.registry.Names(ctx, mostStreams)
	if err != nil {
		return nil, fmt.Errorf("list the streams in %s: %w", d.where, err)
	}
	return all, nil
}

// mostStreams is more streams than a Region has.
const mostStreams = 1_000_000
