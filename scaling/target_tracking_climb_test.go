package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestAClimbOfWhichOnlyTheLeastIsKnownIsDoubled(t *testing.T) { check(t, trackingClimbCases()) }

// trackingClimbCases are a stream that was full at 4 shards, has just been made larger, and is full by what it refused before. Its
// load of 4 that got in, and 4 of the refused records, asks for 8 * 1.1/0.8 = 11 shards.
func trackingClimbCases() []decideCase {
	const open = 8
	climbs := func(refused float64) input { // refused records of each 4,000 that got in
		samples := flow(noon(), 3*time.Hour, always(4))
		for i := range samples {
			samples[i].Records = 4 * scaling.RecordsPerShard
			samples[i].Throttled = refused
		}
		in := tracked(noon(), scaling.Up, open, samples)
		in.o.Usable.Since = noon()
		in.h = scaling.Operations{{At: noon().Add(-2 * time.Minute), Direction: scaling.Up, From: 4, To: open}}
		return in
	}
	load, growth := tracking(scaling.SizedToLoad), tracking(scaling.SizedToGrowth)
	return []decideCase{
		{name: "it refused more than got in", in: climbs(20_000), target: 16, codes: growth},
		{name: "as much as got in", in: climbs(4000), target: 16, codes: growth},
		{name: "less: its load is known", in: climbs(3999), target: 11, codes: load},
		{
			name: "a minute of this size shows the load", in: climbs(20_000).with(func(in *input) {
				in.o.Usable.Since = noon().Add(-3 * time.Minute)
				newest := &in.o.Traffic.Samples[len(in.o.Traffic.Samples)-1]
				newest.Bytes, newest.Records, newest.Throttled = 8*scaling.BytesPerShard, 8*scaling.RecordsPerShard, 0
			}), target: 11, codes: load,
		},
		{
			name: "the size before was not full: a few keys refuse so much", in: climbs(20_000).with(func(in *input) { in.h[0].From = 5 }),
			target: 11, codes: load,
		},
		{name: "the maximum", in: climbs(20_000).with(func(in *input) { in.s.MaxShards = 14 }), target: 14, codes: tracking(scaling.SizedToGrowth, scaling.CappedAtMaxShards)},
	}
}
