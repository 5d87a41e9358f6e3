package scaling_test

// A key lives in one shard: more shards do not help it. Refusals are a reason to grow as long as growing lowers them.

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// refusing is an observation of a stream that was asked for a demand, in shards, and refused a share of it, for ten minutes.
func refusing(open int, demand, refused float64, at time.Time) scaling.Observation {
	o := scaling.Observation{
		Alarm: scaling.Up, Stream: scaling.Summary{Name: "orders", Status: scaling.StatusActive, OpenShards: open},
		Traffic: scaling.Traffic{Known: true, From: at.Add(-10 * time.Minute), To: at}, Usable: scaling.UsableShare{Start: 0.8},
	}
	for minute := o.Traffic.From; minute.Before(at); minute = minute.Add(time.Minute) {
		records := demand * scaling.RecordsPerShard
		o.Traffic.Samples = append(o.Traffic.Samples, scaling.Sample{At: minute, Records: records * (1 - refused), Throttled: records * refused})
	}
	return o
}

// seenAt is one look at a stream.
type seenAt struct {
	open            int
	demand, refused float64
	hours           float64 // after the first
}

func judged(looks ...seenAt) scaling.HotKey {
	var h scaling.HotKey
	for _, l := range looks {
		at := noon().Add(time.Duration(l.hours * float64(time.Hour)))
		h = h.Judge(at, scaling.Defaults(scaling.DoubleHalve), refusing(l.open, l.demand, l.refused, at))
	}
	return h
}

func TestGrowthMustHelp(t *testing.T) {
	for _, c := range []struct {
		name      string
		looks     []seenAt
		suspected bool
	}{
		{"nothing was tried", []seenAt{{16, 10, 0.1, 0}}, false},
		{"doubling changed nothing", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0.18, 0.2}}, true},
		{"nor did it for nearly the same demand", []seenAt{{8, 9, 0.2, 0}, {16, 10, 0.18, 0.2}}, true},
		{"two growths by a quarter changed nothing", []seenAt{{8, 7, 0.1, 0}, {10, 7, 0.1, 0.2}, {12, 7.5, 0.09, 0.4}}, true},
		{"one of them is not enough to tell", []seenAt{{8, 7, 0.1, 0}, {10, 7, 0.1, 0.2}}, false},
		{"it helped", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0.05, 0.2}}, false},
		{"it helped, and then no more", []seenAt{{8, 20, 0.5, 0}, {16, 20, 0.2, 0.2}, {32, 20, 0.18, 0.4}}, true},
		{"all is well after it", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0, 0.2}}, false},
		{"a few refused records are chance", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0.005, 0.2}}, false},
		{"the demand has grown as well", []seenAt{{8, 10, 0.2, 0}, {16, 13, 0.18, 0.2}}, false},
		{"it is full by its load", []seenAt{{8, 30, 0.7, 0}, {16, 30, 0.5, 0.2}}, false},
		{"it was too long ago to compare", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0.18, 7}}, false},
		{"little used, and refusing", []seenAt{{40, 10, 0.1, 0}}, true},
		{"it stays so for a day", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0.18, 0.2}, {16, 10, 0.18, 24}}, true},
		{"whatever the size", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0.18, 0.2}, {8, 5, 0.2, 10}}, true},
		{"then it is asked again", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0.18, 0.2}, {16, 10, 0.18, 24.3}}, false},
		{"and when much more is refused", []seenAt{{8, 7, 0.05, 0}, {12, 7.5, 0.04, 0.2}, {12, 9.5, 0.2, 2}}, false},
	} {
		h := judged(c.looks...)
		if h.Suspected() != c.suspected || (h.String() != "") != c.suspected {
			t.Errorf("%s: suspected %v (%q), want %v", c.name, h.Suspected(), h, c.suspected)
		}
	}
}

// While a hot key is suspected only the load makes a stream grow.
func TestAHotKeyIsNoReasonToGrow(t *testing.T) {
	for _, policy := range scaling.Policies() {
		s := scaling.Defaults(policy)
		o := refusing(16, 9, 0.18, noon())
		o.HotKey = judged(seenAt{8, 9, 0.2, -1}, seenAt{16, 9, 0.18, -0.5})
		d := scaling.Decide(noon(), s, o, nil)
		if d.Direction != scaling.Hold || d.Reasons.Last() != scaling.HoldHotKey || !d.RetryAt.Equal(o.HotKey.AskAt) {
			t.Errorf("%s, refusing: %s %v, again at %s", policy, d.Direction, d.Reasons, d.RetryAt)
		}
		full := refusing(16, 15.5, 0.02, noon())
		full.HotKey = o.HotKey
		if d := scaling.Decide(noon(), s, full, nil); d.Direction != scaling.Up {
			t.Errorf("%s, full by its load: %s %v", policy, d.Direction, d.Reasons)
		}
	}
}

// A stream that is full only by what it refused before it had its size is not resized again before a minute is measured.
func TestAGrowthIsJudgedBeforeTheNext(t *testing.T) {
	for _, policy := range scaling.Policies() {
		o := refusing(16, 9, 0.2, noon())
		o.Usable.Since = noon()
		if d := scaling.Decide(noon(), scaling.Defaults(policy), o, nil); d.Direction != scaling.Hold || d.Reasons.Last() != scaling.HoldUnjudged {
			t.Errorf("%s: %s %v", policy, d.Direction, d.Reasons)
		}
		o = refusing(16, 60, 0.7, noon())
		o.Usable.Since = noon()
		if d := scaling.Decide(noon(), scaling.Defaults(policy), o, nil); d.Direction != scaling.Up {
			t.Errorf("%s, with more load than it can take: %s %v", policy, d.Direction, d.Reasons)
		}
	}
}

// target-tracking grows by half where refusals alone ask for more, so that it can be told whether that helps.
func TestTargetTrackingGrowsFarEnoughToJudge(t *testing.T) {
	d := scaling.Decide(noon(), scaling.Defaults(scaling.TargetTracking), refusing(16, 10, 0.1, noon()), nil)
	judging := func(r scaling.Reason) bool { return r.Code == scaling.GrownToJudge }
	if d.Target != 24 || !slices.ContainsFunc(d.Reasons, judging) {
		t.Errorf("to %d: %v; want 24 to judge", d.Target, d.Reasons)
	}
}

func TestHotKeysAreJudgedSafely(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := anyInput().Draw(rt, "input")
		var h scaling.HotKey
		for range rapid.IntRange(1, 4).Draw(rt, "looks") {
			h = h.Judge(in.now, in.s, in.o)
		}
		if h.Suspected() && (!h.AskAt.After(in.now) || h.After.Share < in.s.ThrottledShare) {
			rt.Fatalf("suspected for %v of refusals, asked again at %s", h.After.Share, h.AskAt)
		}
	})
}
