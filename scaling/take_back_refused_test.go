package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// grown is a stream that refused records of a load of 3 at 4 shards some hours ago, has grown to 8 for that, and is asked to shrink
// under a load.
func grown(hours float64, refused float64, load func(ago int) float64) input {
	in := asked(scaling.Down, 8, 0)
	at := noon().Add(-time.Duration(hours * float64(time.Hour)))
	in.s.Calm, in.s.ScaleUpThreshold, in.s.ScaleDownThreshold, in.s.ScaleDownCooldown = 0, 1, 0.9, 0
	in.h = scaling.Operations{{At: at, Direction: scaling.Up, From: 4, To: 8}}
	var samples []scaling.Sample
	for minute := at.Add(-20 * time.Minute); minute.Before(noon()); minute = minute.Add(time.Minute) {
		s := scaling.Sample{At: minute, Records: load(int(noon().Sub(minute)/time.Minute)) * scaling.RecordsPerShard}
		if minute.Before(at) {
			s.Records, s.Throttled = 3000*(1-refused), 3000*refused
		}
		samples = append(samples, s)
	}
	in.o.Traffic = scaling.Traffic{Known: true, From: at.Add(-time.Hour), To: noon(), Samples: samples}
	return in
}

// A size that refused records is not made again while the load is what it was then.
func TestNoSizeIsMadeAgainThatRefused(t *testing.T) {
	level := func(load float64) func(int) float64 { return func(int) float64 { return load } }
	ended := func(minutes int) func(int) float64 {
		return func(ago int) float64 {
			if ago > minutes {
				return 2.9
			}
			return 1
		}
	}
	for _, c := range []struct {
		name string
		in   input
		held bool
		wait time.Duration
	}{
		{"the same load", grown(3, 0.03, level(2.9)), true, 30 * time.Minute},
		{"a fifth less", grown(3, 0.03, level(2.3)), false, 0},
		{"it refused next to nothing", grown(3, 0.005, level(2.9)), false, 0},
		{"a day ago", grown(24, 0.03, level(2.9)), false, 0},
		{"just before that", grown(23.9, 0.03, level(2.9)), true, 30 * time.Minute},
		{"the load has ended", grown(3, 0.03, ended(6)), true, 3 * time.Minute},
		{"it ended ten minutes ago", grown(3, 0.03, ended(11)), false, 0},
		{"a hot key refused them", grown(3, 0.03, level(2.9)).with(func(in *input) {
			in.o.HotKey = scaling.HotKey{After: scaling.Refusals{Shards: 8, Share: 0.03, Demand: 3}, AskAt: noon().Add(time.Hour)}
		}), false, 0},
		{"a maximum is obeyed", grown(3, 0.03, level(2.9)).with(func(in *input) { in.s.MaxShards = 4 }), false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.in.decide()
			if held := d.Reasons.Last() == scaling.HoldTakesBack; held != c.held || !held && d.Target != 4 {
				t.Errorf("%d shards: %v", d.Target, d.Reasons)
			}
			if c.held && !d.RetryAt.Equal(noon().Add(c.wait)) {
				t.Errorf("again at %s: %v", d.RetryAt, d.Reasons)
			}
		})
	}
}
