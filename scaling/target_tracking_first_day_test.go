package scaling_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestTargetTrackingOnTheFirstDay(t *testing.T) { check(t, trackingFirstDayCases()) }

// Of these streams no more than some hours can be known, since they are so young, or their traffic is.
func trackingFirstDayCases() []decideCase {
	young := func(dir scaling.Direction, open int, age time.Duration, load func(time.Time) float64) input {
		in := tracked(noon(), dir, open, flow(noon(), age, load))
		in.o.Stream.CreatedAt = noon().Add(-age)
		return in
	}
	begun := func(open int, ago time.Duration, load func(time.Time) float64) input { // the stream is a month old, its traffic is not
		return tracked(noon(), scaling.Down, open, flow(noon(), ago, load))
	}
	resized := func(ago time.Duration) func(*input) {
		return func(in *input) { in.h = scaling.Operations{{At: noon().Add(-ago)}} }
	}
	climbing := func(at time.Time) float64 { // doubles within an hour
		if noon().Sub(at) > 25*time.Minute {
			return 2
		}
		return 4
	}
	busyUntil := func(ago time.Duration) func(time.Time) float64 {
		return func(at time.Time) float64 {
			if noon().Sub(at) > ago {
				return 7
			}
			return 2
		}
	}
	load, growth, early := tracking(scaling.SizedToLoad), tracking(scaling.SizedToGrowth), tracking(scaling.HoldNotCalm)
	return []decideCase{
		{name: "idle, but young", in: young(scaling.Down, 40, 2*time.Hour, always(1)), target: 40, codes: early, retry: noon().Add(time.Hour)},
		{name: "idle for three hours", in: young(scaling.Down, 40, 3*time.Hour, always(1)), target: 20, codes: load},
		{
			name: "three hours after the last operation", in: young(scaling.Down, 40, 9*time.Hour, always(1)).with(resized(3 * time.Hour)),
			target: 20, codes: load,
		},
		{
			name: "sooner", in: young(scaling.Down, 40, 9*time.Hour, always(1)).with(resized(150 * time.Minute)),
			target: 40, codes: early, retry: noon().Add(30 * time.Minute),
		},
		{
			name: "its peak within three hours keeps it", in: young(scaling.Down, 10, 9*time.Hour, busyUntil(170*time.Minute)),
			target: 10, codes: tracking(scaling.SizedToForecast, scaling.HoldRightSize), retry: noon().Add(trackingRetry),
		},
		{name: "not an earlier one", in: young(scaling.Down, 10, 9*time.Hour, busyUntil(190*time.Minute)), target: 5, codes: load},
		{
			name: "older than a day", in: young(scaling.Down, 40, 25*time.Hour, always(1)).with(resized(time.Minute)),
			target: 20, codes: load,
		},
		{
			name: "older, but its traffic is not", in: begun(40, 2*time.Hour, always(1)).with(resized(time.Minute)),
			target: 40, codes: early, retry: noon().Add(179 * time.Minute),
		},
		{
			name: "a dip in traffic that began some hours ago", in: begun(10, 2*time.Hour, busyUntil(40*time.Minute)),
			target: 10, codes: tracking(scaling.SizedToForecast, scaling.HoldRightSize), retry: noon().Add(trackingRetry),
		},
		{
			name: "young, and without traffic", in: begun(40, 0, always(0)).with(func(in *input) { in.o.Stream.CreatedAt = noon().Add(-2 * time.Hour) }),
			target: 40, codes: early, retry: noon().Add(time.Hour),
		},
		{name: "older, and without traffic", in: begun(40, 0, always(0)).with(resized(time.Minute)), target: 20, codes: load},
		{name: "a climb is met with a bold step", in: young(scaling.Up, 4, 3*time.Hour, climbing), target: 8, codes: growth},
		{name: "a load that does not climb is not", in: young(scaling.Up, 4, 3*time.Hour, always(4)), target: 6, codes: load},
	}
}

// The trail never tells of an operation that is not there.
func TestTheTrailCountsTheOperationsLeft(t *testing.T) {
	for left, want := range []string{"; 0 operations left", "; 1 operations left", "; 2 operations left"} {
		in := tracked(noon(), scaling.Up, 4, flow(noon(), 3*time.Hour, always(4))).left(left)
		d := scaling.Decide(in.now, in.s, in.o, in.h)
		if trail := d.Reasons.String(); !strings.Contains(trail, want) {
			t.Errorf("with %d left the trail is %s", left, trail)
		}
	}
}
