package scaling_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// risen asks for a halving of 16 open shards that were full up to some hours ago and are silent since, with settings of which eight
// operations a day are for scale-downs, and so many operations in the last hours.
func risen(hoursSince, operations int) input {
	busy := minutes(24*60-1, hoursSince*60, func(s *scaling.Sample) { s.Bytes = 0.6 * 16 * scaling.BytesPerShard })
	return asked(scaling.Down, 16, 0).with(func(in *input) {
		in.o.Traffic = answered(busy...)
		in.o.Traffic.From = noon().Add(-24 * time.Hour)
		in.s.Calm, in.s.ScaleUpReserve = 4*time.Hour, 2
		in.h = hoursAgo(1, operations)
	})
}

func TestDecideLeavesTheWayBack(t *testing.T) { check(t, wayBackCases()) }

// wayBackCases are streams whose load may come back. A load of 9.6 shards takes 16: it fills 0.75 of 12.8.
func wayBackCases() []decideCase {
	kept := append(halved(), scaling.HoldReserveKept)
	from := func(open int, in input) input {
		return in.with(func(in *input) { in.o.Stream.OpenShards = open })
	}
	leaves := func(hours int) time.Time {
		return noon().Add(-time.Duration(hours)*time.Hour + 24*time.Hour + time.Minute)
	}
	return []decideCase{
		{name: "one leads back from 8", in: risen(8, 7), target: 8, codes: halved()},
		{name: "three lead back from 2, and four are left", in: from(4, risen(8, 6)), target: 2, codes: halved()},
		{name: "three lead back from 2, and this one would be the eighth", in: from(4, risen(8, 7)), target: 4, codes: kept, retry: leaves(7)},
		{name: "four lead back from 1", in: from(2, risen(8, 6)), target: 2, codes: kept, retry: leaves(6)},
		{name: "the load is of two days ago", in: from(2, risen(24, 6)), target: 1, codes: halved()},
		{
			name: "none are kept for scale-ups", target: 1, codes: halved(),
			in: from(2, risen(8, 6)).with(func(in *input) { in.s.ScaleUpReserve = 0 }),
		},
		{
			name: "the stream may not grow back so far", target: 1, codes: halved(),
			in: from(2, risen(8, 6)).with(func(in *input) { in.s.MaxShards = 4 }),
		},
		{
			name: "what was refused was load too", target: 4, codes: kept, retry: leaves(6),
			in: from(4, risen(8, 6)).with(func(in *input) {
				for i := range in.o.Traffic.Samples[:60] {
					in.o.Traffic.Samples[i].Records, in.o.Traffic.Samples[i].Throttled = 100, 100
				}
			}),
		},
		{
			name: "one operation is always left to halve with", target: 8, codes: halved(),
			in: risen(8, 0).with(func(in *input) { in.s.OperationLimit, in.s.ScaleUpReserve = 2, 1 }),
		},
	}
}

// Whatever was done before, a halved stream has the operations left that double it to a size that its highest load of the day does
// not fill.
func TestAHalvingLeavesTheWayBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := risen(rapid.IntRange(5, 20).Draw(t, "hours since"), rapid.IntRange(0, 10).Draw(t, "operations"))
		in.o.Stream.OpenShards = rapid.IntRange(2, 40).Draw(t, "open")
		d := in.decide()
		if d.Direction != scaling.Down {
			return
		}
		left := in.s.OperationLimit - in.h.Used(in.now) - 1
		size := d.Target
		for ; left > 0; left-- {
			size *= 2
		}
		if 0.75*float64(size) < 9.6 {
			t.Errorf("%d of %d shards, and the operations that are left lead back to %d; the load was 9.6", d.Target, d.From, size)
		}
	})
}
