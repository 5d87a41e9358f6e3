package scaling_test

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// A paused direction holds, also where the bounds ask for it, and waits for nothing: when the setting changes, the alarms
// are asked again.
func TestAPausedDirectionHolds(t *testing.T) {
	for _, c := range []struct {
		paused   scaling.Paused
		up, down bool // paused
	}{
		{scaling.PausedNone, false, false},
		{scaling.PausedUp, true, false},
		{scaling.PausedDown, false, true},
		{scaling.PausedBoth, true, true},
	} {
		if c.paused.Covers(scaling.Up) != c.up || c.paused.Covers(scaling.Down) != c.down || c.paused.Covers(scaling.Hold) {
			t.Errorf("%s covers up %t, down %t, hold %t", c.paused, c.paused.Covers(scaling.Up), c.paused.Covers(scaling.Down), c.paused.Covers(scaling.Hold))
		}
		s := scaling.Defaults(scaling.DoubleHalve)
		s.Pause, s.MinShards = c.paused, 8
		o := scaling.Observation{Alarm: scaling.Up, Stream: scaling.Summary{Name: "orders", Status: scaling.StatusActive, OpenShards: 4}}
		d := scaling.Decide(noon(), s, o, nil)
		held := d.Direction == scaling.Hold && d.Reasons.Last() == scaling.HoldPaused && d.RetryAt.IsZero() && d.Target == 4
		if held != c.up || !held && d.Target != 8 {
			t.Errorf("%s: %s to %d, %s", c.paused, d.Direction, d.Target, d.Reasons)
		}
	}
}
