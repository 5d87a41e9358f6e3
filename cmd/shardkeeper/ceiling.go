package main

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// ceiling is how many shards a stack lets a stream have at most. The zero value is not known, and allows all.
type ceiling struct {
	shards int
	stack  string
}

func ceilingOf(stack operator.Stack) ceiling { return ceiling{stack.MaxShardsCeiling, stack.Name} }

// under is a number of shards as the functions count it.
func (c ceiling) under(shards int) int {
	if c.shards == 0 {
		return shards
	}
	return min(shards, c.shards)
}

// allows returns nil, or which of the settings that people are about to set are above the ceiling. What was set before is
// no part of it.
func (c ceiling) allows(plans []planned) error {
	var faults []error
	for _, p := range plans {
		fresh := []scaling.Layer{maps.Clone(p.after.Overrides)}
		maps.DeleteFunc(fresh[0], func(key, value string) bool { return p.before.Overrides[key] == value })
		for _, t := range p.after.Timed {
			if !slices.ContainsFunc(p.before.Timed, func(old ledger.Timed) bool { return old.ID == t.ID && maps.Equal(old.Settings, t.Settings) }) {
				fresh = append(fresh, t.Settings)
			}
		}
		for _, layer := range fresh {
			faults = append(faults, c.allow(p.before.Name, layer))
		}
	}
	return errors.Join(faults...)
}

// allow is the same of one layer.
func (c ceiling) allow(stream string, layer scaling.Layer) error {
	if c.shards == 0 {
		return nil
	}
	for _, key := range []string{"min-shards", "max-shards"} {
		if n, err := strconv.Atoi(layer[key]); err == nil && n > c.shards {
			return refused("stream %s cannot have %s=%d: stack %s lets no stream have more than %d open shards; raise its parameter %s, or ask for less",
				stream, key, n, c.stack, c.shards, operator.ParameterCeiling)
		}
	}
	return nil
}
