package profile

import (
	"fmt"
	"math/bits"
	"slices"
)

// Ranges are the hash ranges of a stream's open shards, which together are the whole space. They are a
// value: Split and Merge return others.
type Ranges struct {
	count int
	first []uint64 // of each shard but shard 0, rising; nil: all ranges are equally long
}

// Even returns the ranges of so many shards after UpdateShardCount, which makes them equally long; at
// least one.
func Even(shards int) Ranges { return Ranges{count: max(shards, 1)} }

// Count returns how many shards there are.
func (r Ranges) Count() int { return r.count }

// areEven reports whether all ranges are equally long because UpdateShardCount made them.
func (r Ranges) areEven() bool { return r.first == nil }

// Split returns the ranges after SplitShard cut a shard, counted from 0, in its middle. An error tells
// that there is no such shard, or nothing to cut.
func (r Ranges) Split(shard int) (Ranges, error) {
	if shard < 0 || shard >= r.count {
		return r, fmt.Errorf("split shard %d of %d: there is none", shard, r.count)
	}
	low, high := r.bounds(shard)
	middle := low + (high-low)/2 + 1
	if high == low {
		return r, fmt.Errorf("split shard %d of %d: its range has one hash key", shard, r.count)
	}
	return Ranges{count: r.count + 1, first: slices.Insert(r.firsts(), shard, middle)}, nil
}

// Merge returns the ranges after MergeShards joined a shard, counted from 0, and the one after it. An
// error tells that there are no two such shards.
func (r Ranges) Merge(shard int) (Ranges, error) {
	if shard < 0 || shard+1 >= r.count {
		return r, fmt.Errorf("merge shard %d of %d with the next one: there are no two", shard, r.count)
	}
	return Ranges{count: r.count - 1, first: slices.Delete(r.firsts(), shard, shard+1)}, nil
}

// and returns the ranges that both cuts of the hash keys make together.
func (r Ranges) and(other Ranges) Ranges {
	all := append(r.firsts(), other.firsts()...)
	slices.Sort(all)
	all = slices.Compact(all)
	return Ranges{count: len(all) + 1, first: all}
}

// bounds returns the first and the last hash key of a shard.
func (r Ranges) bounds(shard int) (low, high uint64) {
	high = ^uint64(0)
	if shard > 0 {
		low = r.firstOf(shard)
	}
	if shard+1 < r.count {
		high = r.firstOf(shard+1) - 1
	}
	return low, high
}

// firstOf returns the first hash key of a shard that is not shard 0.
func (r Ranges) firstOf(shard int) uint64 {
	if r.first != nil {
		return r.first[shard-1]
	}
	whole, rest := bits.Div64(uint64(shard), 0, uint64(r.count)) //nolint:gosec // neither is negative
	if rest > 0 {
		whole++
	}
	return whole
}

// firsts returns the first hash key of each shard but shard 0, in a slice of its own.
func (r Ranges) firsts() []uint64 {
	all := make([]uint64, 0, r.count)
	for shard := 1; shard < r.count; shard++ {
		all = append(all, r.firstOf(shard))
	}
	return all
}
