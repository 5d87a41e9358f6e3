package trial

import (
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// Refusing returns the comparison with what its ways refuse of the trace that it is of, and without the bill for what every size
// refuses: else a way that is scaled, and billed for what got in, would look cheaper than it is beside them. That depends on no settings, so it is
// computed once for all trials of a trace.
func (c Compared) Refusing(t trace.Trace, spread *profile.Spread) Compared {
	if c.PeakShards > 0 {
		c.PeakRefused = RefusedAt(t, spread, c.PeakShards)
	}
	c.AlwaysRefused = RefusedAlways(t, spread)
	return c.lettingIn(1 - c.AlwaysRefused)
}

// lettingIn returns the comparison where the ways let in a part of what producers sent, and are billed for that.
func (c Compared) lettingIn(part float64) Compared {
	c.AdvantageUse *= part
	c.Advantage.Writes = max(c.AdvantageUse, c.AdvantageLeast)
	c.AtPeak.Writes *= part
	c.OnDemand.Writes *= part
	c.Optimum.Writes *= part
	return c
}

// RefusedAt returns what share of a trace is refused where there are always so many shards. Nothing is sent again.
func RefusedAt(t trace.Trace, spread *profile.Spread, shards int) float64 {
	spread = orEven(spread)
	days := make([]*profile.Shards, spread.Days())
	for day := range days {
		days[day] = spread.Shards(day, profile.Even(shards))
	}
	return refusedShare(t, func(minute int, demand float64) float64 { return days[spread.Day(minute)].Refused(demand) })
}

// RefusedAlways returns what share of a trace is refused at least, however many shards there are: what keys lose that
// need more than a shard by themselves.
func RefusedAlways(t trace.Trace, spread *profile.Spread) float64 {
	spread = orEven(spread)
	return refusedShare(t, func(minute int, demand float64) float64 { return spread.Hopeless(spread.Day(minute), demand) })
}

func refusedShare(t trace.Trace, refused func(minute int, demand float64) float64) float64 {
	sent, lost := 0.0, 0.0
	for i, m := range t.Minutes {
		demand := simulate.Shards(m)
		sent += demand
		lost += refused(i, demand)
	}
	if sent <= 0 {
		return 0
	}
	return lost / sent
}
