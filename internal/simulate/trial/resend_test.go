package trial_test

// Producers send again what was refused, and it counts again. That must make a stream neither believe in a hot key where its
// keys are uneven, nor take what a hot key refuses for load.

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestProducersThatSendAgain(t *testing.T) {
	days := func(keys string) *trial.Result {
		return played(t, traffic.Spec{Kind: traffic.Days, Days: 5, Seed: 1}, scaling.TargetTracking, keys, 3)
	}
	if uneven := days("skewed"); uneven.Usage.ThrottledShare() > 0.0005 {
		t.Errorf("uneven keys: %.3f %% is refused; growing helps, so the stream should be large enough", 100*uneven.Usage.ThrottledShare())
	}
	usual, hot := days("typical"), days("hotkey")
	if hot.Usage.ShardHours() > 1.1*usual.Usage.ShardHours() || hot.HighestShards > usual.HighestShards*3/2 {
		t.Errorf("a hot key: %.0f shard-hours and up to %d shards, without one %.0f and %d",
			hot.Usage.ShardHours(), hot.HighestShards, usual.Usage.ShardHours(), usual.HighestShards)
	}
}
