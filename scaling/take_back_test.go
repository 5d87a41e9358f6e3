package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestAnOperationIsNotTakenBack(t *testing.T) { check(t, takeBackCases()) }

// takeBackCases plan otherwise than a short while ago: at ten shards fewer, and before a morning more.
func takeBackCases() []decideCase {
	last := func(ago time.Duration, dir scaling.Direction, from int) func(*input) {
		return func(in *input) {
			in.s.PeakHold = 2 * time.Minute
			in.h = scaling.Operations{{At: in.now.Add(-ago), Direction: dir, From: from, To: in.o.Stream.OpenShards}}
		}
	}
	fewer := func(load func(time.Time) float64) input {
		return tracked(noon(), scaling.Down, 10, flow(noon(), 3*time.Hour, load)).sinceYesterday()
	}
	was := func(load float64, now float64) func(time.Time) float64 { // until five minutes ago
		return func(at time.Time) float64 {
			if ago := noon().Sub(at); ago > 5*time.Minute && ago < 20*time.Minute {
				return load
			}
			return now
		}
	}
	morning := pastOf(6, 50, scaling.Down, 5, 3, hours(8, 2)).with(func(in *input) { in.s.Lead = 15 * time.Minute })
	load, held := tracking(scaling.SizedToLoad), tracking(scaling.SizedToLoad, scaling.HoldTakesBack)
	return []decideCase{
		{
			name: "scaled up for what did not come", in: fewer(always(2)).with(last(10*time.Minute, scaling.Up, 5)),
			target: 10, codes: held, retry: noon().Add(20 * time.Minute),
		},
		{name: "half an hour ago", in: fewer(always(2)).with(last(30*time.Minute, scaling.Up, 5)), target: 5, codes: load},
		{name: "scaled up for a load that came and went", in: fewer(was(4.1, 2)).with(last(10*time.Minute, scaling.Up, 5)), target: 5, codes: load},
		{
			name: "for a load that the shards before it could take", in: fewer(was(3.9, 2)).with(last(10*time.Minute, scaling.Up, 5)),
			target: 10, codes: held, retry: noon().Add(20 * time.Minute),
		},
		{
			name: "for a load that is still there", in: fewer(was(4.1, 3.5)).with(last(10*time.Minute, scaling.Up, 5)),
			target: 10, codes: held, retry: noon().Add(20 * time.Minute),
		},
		{name: "scaled down again", in: fewer(always(2)).with(last(10*time.Minute, scaling.Down, 20)), target: 5, codes: load},
		{name: "somebody else's, of unknown size", in: fewer(always(2)).with(last(10*time.Minute, scaling.Up, 0)), target: 5, codes: load},
		{
			name: "a forecast that asks for more again", in: morning.with(last(10*time.Minute, scaling.Down, 10)),
			target: 5, codes: tracking(scaling.SizedToForecast, scaling.HoldTakesBack), retry: morning.now.Add(20 * time.Minute),
		},
		{
			name: "a stream that is full", in: tracked(noon(), scaling.Up, 4, flow(noon(), 3*time.Hour, always(4))).with(last(10*time.Minute, scaling.Down, 8)),
			target: 6, codes: load,
		},
	}
}
