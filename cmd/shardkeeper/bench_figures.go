package main

// What bench measures, and the medians of it.

import (
	"slices"
	"strconv"
)

// figure is a number that may not be known.
type figure struct {
	value float64
	known bool
}

// text writes the number with so many decimals, or what stands for one that is not known.
func (f figure) text(decimals int, unknown string) string {
	if !f.known {
		return unknown
	}
	return strconv.FormatFloat(f.value, 'f', decimals, 64)
}

// measure is what is told of a variant on a trace.
type measure func(benched) figure

// cost is the shard-hours over the optimum's.
func (b benched) cost() figure { return b.over(b.result.Usage.ShardHours()) }

// costAtPeak is the same for a stream that always has the shards that its highest minute needs; unknown
// where no size holds that minute.
func (b benched) costAtPeak() figure {
	if b.result.Usage.PeakNeeds == 0 {
		return figure{}
	}
	return b.over(float64(b.result.Usage.PeakNeeds) * float64(b.result.Usage.Minutes) / 60)
}

func (b benched) over(shardHours float64) figure {
	if b.optimum == 0 {
		return figure{}
	}
	return figure{shardHours / b.optimum, true}
}

// throttled is the share of the traffic that was refused, 0 to 1.
func (b benched) throttled() figure { return figure{b.result.Usage.ThrottledShare(), true} }

// group is some of what was played, with the name of its medians.
type group struct {
	name string
	all  []benched
}

// groupsOf returns a group for each folder, where there are several, and one of all.
func groupsOf(all []benched) []group {
	var groups []group
	for _, b := range all {
		if n := len(groups); n == 0 || groups[n-1].name != "median of "+b.folder {
			groups = append(groups, group{name: "median of " + b.folder})
		}
		last := &groups[len(groups)-1]
		last.all = append(last.all, b)
	}
	if len(groups) == 1 {
		groups = nil
	}
	return append(groups, group{"median", all})
}

// everyNth returns each n-th, from one on.
func everyNth(all []benched, first, n int) []benched {
	var some []benched
	for i := first; i < len(all); i += n {
		some = append(some, all[i])
	}
	return some
}

// medianOf returns the median of what is known; unknown when nothing is.
func medianOf(all []benched, of measure) figure {
	var values []float64
	for _, b := range all {
		if f := of(b); f.known {
			values = append(values, f.value)
		}
	}
	return figure{median(values), len(values) > 0}
}

// highestOf returns the highest of what is known; unknown when nothing is.
func highestOf(all []benched, of measure) figure {
	var highest figure
	for _, b := range all {
		if f := of(b); f.known && (!highest.known || f.value > highest.value) {
			highest = f
		}
	}
	return highest
}

// median is the middle value, or the mean of the two in the middle; 0 for none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
