package verdict_test

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
)

func TestOf(t *testing.T) {
	fixed, demand := verdict.Fixed(4, 100, 0), verdict.Way{Name: "on-demand", Advice: "Use on-demand", Cost: 90}
	leaky := verdict.Way{Name: "small", Advice: "Autoscale with small", Cost: 10, Refused: 0.02, Scaled: true}
	leakier := verdict.Way{Name: "tiny", Advice: "Autoscale with tiny", Cost: 5, Refused: 0.5, Scaled: true}
	for name, test := range map[string]struct {
		ways []verdict.Way
		best int
		want string
	}{
		"the cheapest that keeps the limit": {[]verdict.Way{fixed, demand, leaky}, 1, "Use on-demand: $90.00 a month, $10.00 (10 %) less than a fixed 4 shards."},
		"one way":                           {[]verdict.Way{fixed}, 0, "Keep a fixed 4 shards: $100.00 a month, the only way that refuses so little."},
		"none keeps the limit":              {[]verdict.Way{leakier, leaky}, 1, "No size holds this traffic, since a key of it needs more than a shard: small refuses 2 %, no way much less, and costs $10.00 a month."},
		"free, as without prices":           {[]verdict.Way{{Name: "a", Advice: "Keep a"}, {Name: "b"}}, 0, "Keep a: $0.00 a month, as much as b."},
	} {
		if v := verdict.Of(test.ways, 0.01); v.Best != test.best || v.Sentence != test.want {
			t.Errorf("%s: way %d, %s", name, v.Best, v.Sentence)
		}
	}
}
