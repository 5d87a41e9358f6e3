package trial_test

// Producers send again what was refused, and it counts again. That must make a stream neither believe in a hot key where its
// keys are uneven, nor take what a hot key refuses for load.

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestProducersThatSendAgain(t *testing.T) {
	days := func(keys string) *trial.Result {
		p, err := profile.Named(keys)
		if err != nil {
			t.Fatal(err)
		}
		minutes, err := traffic.Make(traffic.Spec{Kind: traffic.Days, Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Days: 5, Peak: 40, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		got, err := trial.Run(t.Context(), trial.Spec{
			Trace: minutes, Settings: scaling.Layer{"policy": string(scaling.TargetTracking)}, Spread: p.Spread(), ResendMinutes: 3,
		})
		if err != nil {
			t.Fatal(err)
		}
		return &got
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
