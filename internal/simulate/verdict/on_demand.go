package verdict

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// OnDemandWays returns the ways of on-demand mode, which refuses here what keys lose that are too much for a shard: standard, and Advantage
// where it is cheaper though its minimum is billed.
// Where keys lose too much at every size it is taken to refuse what the fixed size does, since these may share their shards
// with others here too.
func OnDemandWays(c trial.Compared) []Way {
	refused := c.AlwaysRefused
	if refused > WantedRefused {
		refused = max(refused, c.PeakRefused)
	}
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
