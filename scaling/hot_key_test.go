package scaling_test

// A key lives in one shard: more shards do not help it. Refusals are a reason to grow as long as growing lowers them.

import (
	"slices"
	"strings"
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
		{"so few shards are grown to see", []seenAt{{3, 1, 0.1, 0}}, false},
		{"which helped", []seenAt{{1, 0.5, 0.03, 0}, {2, 0.5, 0, 0.2}}, false},
		{"which did not help", []seenAt{{2, 0.8, 0.1, 0}, {4, 0.8, 0.1, 0.2}}, true},
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

// That growing helped a day ago says nothing of a stream that refuses records at a use of 4 %; it does at one that uneven keys leave.
func TestAGrowthThatHelpedIsNoLicence(t *testing.T) {
	for _, c := range []struct {
		demand    float64
		suspected bool
	}{{31, true}, {250, false}} {
		o := refusing(728, c.demand, 0.01, noon())
		o.Usable = scaling.NewUsableShare(noon().Add(-24 * time.Hour))
		h := scaling.HotKey{Helped: noon().Add(-8 * time.Hour)}.Judge(noon(), scaling.Defaults(scaling.DoubleHalve), o)
		if h.Suspected() != c.suspected {
			t.Errorf("728 shards that refuse 1 %% of a load of %v: suspected %v", c.demand, h.Suspected())
		}
	}
}

// What is told is true: that growing did not help only where it was tried, at a demand that can be compared.
func TestWhatIsToldOfAHotKey(t *testing.T) {
	const tried, untried = "growing did not help", "growing is not tried"
	for _, c := range []struct {
		name  string
		looks []seenAt
		want  string
	}{
		{"doubled for nothing", []seenAt{{8, 10, 0.2, 0}, {16, 10, 0.18, 0.2}}, tried},
		{"hardly used", []seenAt{{40, 10, 0.1, 0}}, untried},
		{"it shrank", []seenAt{{16, 10, 0.1, 0}, {12, 6, 0.1, 0.2}}, untried},
		{"grown long ago", []seenAt{{8, 6, 0.1, 0}, {16, 6, 0.1, 7}}, untried},
		{"grown by a little", []seenAt{{8, 6, 0.1, 0}, {10, 5, 0.1, 0.2}}, untried},
		{"and it did help", []seenAt{{8, 6, 0.1, 0}, {16, 6, 0.02, 0.2}}, untried},
	} {
		if h := judged(c.looks...); !strings.Contains(h.String(), c.want) {
			t.Errorf("%s: %q, want %q", c.name, h, c.want)
		}
	}
	if strings.Contains(scaling.Advice, "help") {
		t.Errorf("the advice is for both: %q", scaling.Advice)
	}
}

// The scale-up alarm leaves refusals out while a hot key is suspected, so nobody may decide: the suspicion ends with its time.
func TestASuspicionEndsByItself(t *testing.T) {
	h := judged(seenAt{8, 10, 0.2, 0}, seenAt{16, 10, 0.18, 0.2})
	if early := h.AskedAgain(h.AskAt.Add(-time.Second)); early != h || !h.Suspected() {
		t.Errorf("before its time: %+v, want %+v", early, h)
	}
	if got := h.AskedAgain(h.AskAt); got != (scaling.HotKey{}) {
		t.Errorf("at its time: %+v", got)
	}
	trying := judged(seenAt{8, 10, 0.2, 0})
	if got := trying.AskedAgain(noon().Add(48 * time.Hour)); got != trying {
		t.Errorf("a trial is left alone: %+v, want %+v", got, trying)
	}
}

// Where a growth lowers the refusals, the keys are uneven and none is hot: the stream may be refusing at a use that would else
// tell of a hot key.
func TestWhatShowsThatGrowingHelps(t *testing.T) {
	for _, c := range []struct {
		name  string
		looks []seenAt
		helps bool
	}{
		{"nothing was tried", []seenAt{{56, 42, 0.1, 0}}, false},
		{"growing lowered the refusals", []seenAt{{56, 42, 0.1, 0}, {84, 42, 0.04, 0.2}}, true},
		{"and ended them", []seenAt{{56, 42, 0.1, 0}, {84, 42, 0, 0.2}}, true},
		{"its load was more than its shards take", []seenAt{{56, 60, 0.3, 0}, {112, 60, 0.01, 0.2}}, false},
		{"a growth by a quarter tells nothing", []seenAt{{56, 42, 0.1, 0}, {70, 42, 0.04, 0.2}}, false},
		{"the demand fell", []seenAt{{56, 42, 0.1, 0}, {84, 33, 0.04, 0.2}}, false},
		{"the demand rose", []seenAt{{56, 42, 0.1, 0}, {84, 53, 0.04, 0.2}}, false},
		{"too long ago to compare", []seenAt{{56, 42, 0.1, 0}, {84, 42, 0.04, 7}}, false},
		{"too little was lowered", []seenAt{{56, 42, 0.1, 0}, {84, 52, 0.06, 0.2}}, false},
		{"of few shards one key's place tells all", []seenAt{{8, 6, 0.1, 0}, {12, 7.3, 0.04, 0.2}}, false},
		{"and then no more", []seenAt{{56, 44, 0.3, 0}, {84, 44, 0.1, 0.2}, {126, 44, 0.09, 0.4}}, false},
	} {
		h := judged(c.looks...)
		last := noon().Add(time.Duration(c.looks[len(c.looks)-1].hours * float64(time.Hour)))
		if h.Helps(last) != c.helps {
			t.Errorf("%s: %v, want %v", c.name, h.Helps(last), c.helps)
		}
		if c.helps && (h.Suspected() || h.Helps(last.Add(15*24*time.Hour))) {
			t.Errorf("%s: suspected %v, still so after two weeks %v", c.name, h.Suspected(), h.Helps(last.Add(15*24*time.Hour)))
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
		if d.Direction != scaling.Hold || d.Reasons.Last() != scaling.HoldHotKey || !d.RetryAt.Equal(noon().Add(5*time.Minute)) {
			t.Errorf("%s, refusing: %s %v, again at %s", policy, d.Direction, d.Reasons, d.RetryAt)
		}
		full := refusing(16, 15.5, 0.02, noon())
		full.HotKey = o.HotKey
		if d := scaling.Decide(noon(), s, full, nil); d.Direction != scaling.Up {
			t.Errorf("%s, full by its load: %s %v", policy, d.Direction, d.Reasons)
		}
	}
}

// What a hot key refuses is sent again, and counts again and again: it counts for a quarter of what got in at most. What is
// refused beyond that, and beyond what the key explains, is load.
func TestWhatAHotKeyRefusesIsHardlyLoad(t *testing.T) {
	s := scaling.Defaults(scaling.TargetTracking)
	size := func(refused float64, suspected bool) int { // for 28 shards of load that got in
		o := refusing(40, 28/(1-refused), refused, noon())
		if suspected {
			o.HotKey = scaling.HotKey{After: scaling.Refusals{At: noon(), Shards: 40, Share: 0.4, Demand: 47}, AskAt: noon().Add(time.Hour)}
		}
		return scaling.Decide(noon(), s, o, nil).Target
	}
	if once := size(0.15, true); once != size(0.15, false) {
		t.Errorf("%d shards where little is refused, %d where no hot key is suspected", once, size(0.15, false))
	}
	again, full, none := size(0.4, true), size(0.4, false), size(0, true)
	if again != size(0.2, true) || again >= full || again <= none {
		t.Errorf("%d shards where much is sent again, %d without refusals, %d where no hot key is suspected", again, none, full)
	}
	if more := size(0.7, true); more <= again {
		t.Errorf("%d shards where more is refused than the hot key explains, %d where it explains all", more, again)
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

// What a stream refused at its size before tells what producers ask for, and not that it is full now: neither while the alarm's
// window holds such minutes nor once quiet ones follow.
func TestRefusalsOfASmallerSizeDoNotFillTheNext(t *testing.T) {
	for _, policy := range scaling.Policies() {
		for quiet := range 3 {
			for _, window := range []scaling.AlarmWindow{{PeriodMinutes: 1, EvaluationPeriods: 1, DatapointsToAlarm: 1}, {PeriodMinutes: 1, EvaluationPeriods: 5, DatapointsToAlarm: 3}} {
				s := scaling.Defaults(policy)
				s.ScaleUpAlarm = window
				o := refusing(4, 2.4, 0, noon())
				for i := range o.Traffic.Samples {
					if sample := &o.Traffic.Samples[i]; sample.At.Before(noon().Add(-time.Duration(quiet) * time.Minute)) { // 2 shards took 2 of 2.4
						sample.Bytes, sample.Records, sample.Throttled = 2*scaling.BytesPerShard, 2000, 400
					}
				}
				o.Usable.Since = noon().Add(-time.Duration(quiet) * time.Minute)
				if d := scaling.Decide(noon(), s, o, nil); d.Direction != scaling.Hold {
					t.Errorf("%s, %d of %d datapoints, %d quiet minutes: %s %v", policy, window.DatapointsToAlarm, window.EvaluationPeriods, quiet, d.Direction, d.Reasons)
				}
			}
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
