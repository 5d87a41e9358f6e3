package scaling_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// lagging is the consumers' lag in minutes, from some minutes before noon on; below 0 no metric tells it.
func lagging(before int, lags ...int) scaling.Traffic {
	traffic := scaling.Traffic{Known: true}
	for i, lag := range lags {
		if lag >= 0 {
			at := noon().Add(time.Duration(i-before) * time.Minute)
			traffic.Samples = append(traffic.Samples, scaling.Sample{At: at, IteratorAge: time.Duration(lag) * time.Minute})
		}
	}
	return traffic
}

// The call was at noon, the stream was ACTIVE at two minutes past.
func TestDrainOf(t *testing.T) {
	for _, c := range []struct {
		name string
		lags scaling.Traffic
		now  int // minutes after noon
		want scaling.Drain
	}{
		{"nothing known", scaling.Traffic{}, 10, scaling.Drain{Done: true}},
		{"known since the call only", lagging(0, 5, 5, 5), 10, scaling.Drain{Done: true}},
		{"never behind", lagging(2, 0, 0, 0, 0, 0, 0, 0), 10, scaling.Drain{Known: true, Done: true, Took: time.Minute}},
		{"as far as before", lagging(2, 5, 4, 9, 9, 5, 6, 5), 10, scaling.Drain{Known: true, Done: true, Took: time.Minute}},
		{"four minutes", lagging(2, 1, 1, 1, 1, 4, 5, 3, 2, 2, 1), 10, scaling.Drain{Known: true, Done: true, Took: 4 * time.Minute}},
		{"it rises after a calm minute", lagging(2, 0, 0, 0, 0, 0, 5, 5, 0, 0, 0), 10, scaling.Drain{Known: true, Done: true, Took: 4 * time.Minute}},
		{"two calm minutes do not tell", lagging(2, 0, 0, 0, 0, 5, 0, 0), 10, scaling.Drain{Known: true, Took: time.Hour}},
		{"nor do three with one that is missing", lagging(2, 0, 0, 0, 0, 5, 0, -1, 0, 0), 10, scaling.Drain{Known: true, Took: time.Hour}},
		{"not back", lagging(2, 0, 0, 0, 0, 9, 9, 9, 9), 61, scaling.Drain{Known: true, Took: time.Hour}},
		{"not back within the hour", lagging(2, 0, 0, 0, 0, 9, 9, 9, 9), 62, scaling.Drain{Known: true, Done: true, Took: time.Hour}},
		{"long before the call does not count", lagging(12, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 0, 0, 0), 10, scaling.Drain{Known: true, Done: true, Took: 3 * time.Minute}},
	} {
		got := scaling.DrainOf(c.lags, noon(), noon().Add(2*time.Minute), noon().Add(time.Duration(c.now)*time.Minute))
		equal(t, c.name, got, c.want)
	}
}

// What is said once stays so when more minutes are known, and it always ends.
func TestADrainIsSaidOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lags := lagging(12, rapid.SliceOfN(rapid.IntRange(-1, 4), 90, 90).Draw(t, "lags")...)
		active := noon().Add(time.Duration(rapid.IntRange(1, 10).Draw(t, "active")) * time.Minute)
		var said scaling.Drain
		for now := active; !now.After(active.Add(scaling.DrainAtMost)); now = now.Add(time.Minute) {
			known := lags
			known.Samples = nil
			for _, s := range lags.Samples {
				if s.At.Before(now) {
					known.Samples = append(known.Samples, s)
				}
			}
			d := scaling.DrainOf(known, noon(), active, now)
			if said.Done && d != said {
				t.Fatalf("%+v, and before %+v", d, said)
			}
			if said = d; d.Done && d.Known && (d.Took < time.Minute || d.Took > scaling.DrainAtMost) {
				t.Fatalf("%+v", d)
			}
		}
		if !said.Done {
			t.Fatalf("not done after an hour: %+v", said)
		}
	})
}
