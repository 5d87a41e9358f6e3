package verdict

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// OnDemandRefused returns which share of the traffic on-demand mode refuses: what keys lose that are too much for a shard.
// Where they lose too much at every size it is taken to refuse what the fixed size does, since these may share their shards
// with others here too.
func OnDemandRefused(c trial.Compared) float64 {
	if c.AlwaysRefused > WantedRefused {
		return max(c.AlwaysRefused, c.PeakRefused)
	}
	return c.AlwaysRefused
}

// OnDemandWays returns the ways of on-demand mode: standard, and Advantage where it is cheaper though its minimum is billed.
func OnDemandWays(c trial.Compared) []Way {
	refused := OnDemandRefused(c)
	ways := []Way{{Name: OnDemand, Advice: "Use " + OnDemand, Cost: c.OnDemand.Total(), Refused: refused}}
	if c.Advantage.Total() < c.OnDemand.Total() {
		ways = append(ways, Way{Name: Advantage, Advice: "Use " + Advantage + ", for the whole account", Cost: c.Advantage.Total(), Refused: refused})
	}
	return ways
}

// AdvantageNote says what is to be known of Advantage where it matters: it is the best, or it would be if
// other streams of the account filled its minimum. Empty else.
func AdvantageNote(c trial.Compared, best Way) string {
	switch {
	case best.Name == Advantage:
		return "On-demand Advantage is for all on-demand streams of an account in a Region, and bills a minimum of writes and reads."
	case c.AdvantageUse > 0 && c.AdvantageUse < best.Cost:
		return fmt.Sprintf("In an account that has on-demand Advantage, and whose other streams fill its minimum, this stream would cost %s there.", trial.Dollars(c.AdvantageUse))
	}
	return ""
}
