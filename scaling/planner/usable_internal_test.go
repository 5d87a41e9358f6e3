package planner

// How many shards a load needs where what each can take falls with their number.

import (
	"math"
	"testing"
)

// The size that is found uses what its own share leaves, to a thousandth, though the first guess is up to half too small.
func TestShardsForUseTheShareAtTheirSize(t *testing.T) {
	uneven := func(shards float64) float64 { return 0.88 / (1 + math.Sqrt(2*shards*math.Log(max(1, shards))/30_000)) }
	steep := func(shards float64) float64 { return max(0.6, 0.9-0.001*shards) }
	for _, c := range []struct {
		name   string
		usable func(float64) float64
	}{{"uneven keys", uneven}, {"a share that was learned", steep}} {
		config := Config{Usable: c.usable}
		for _, load := range []float64{0.3, 1, 7, 40, 100, 400} {
			shards := config.shardsFor(load, 0.9)
			if used := load / (shards * c.usable(shards)); math.Abs(used-0.9) > 0.0009 {
				t.Errorf("%s, load %v: %v shards are used to %v of their share, want 0.9", c.name, load, shards, used)
			}
		}
	}
}

// Without a share all of a shard can be used.
func TestShardsForWithoutAShare(t *testing.T) {
	if got := (Config{}).shardsFor(9, 0.9); got != 10 {
		t.Errorf("got %v shards, want 10", got)
	}
}
