package trial_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stream with two shards and 1,000 records a second, all the time: 730 hours a month, 2.628
// billion records of a payload unit each.
func TestMonth(t *testing.T) {
	p := simulate.Prices{ShardHour: 0.015, PutUnits: 0.014, OnDemandHour: 0.04, OnDemandGigabyte: 0.08, AlarmMonth: 0.10, AdvantageGigabyte: 0.032, AdvantageMinimum: 2}
	for _, minutes := range []int{60, 600} {
		r := play(t, trial.Spec{Trace: flat(minutes, 1), StartShards: 2})
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-6 {
				t.Errorf("%d minutes, %s: $%v, want $%v", minutes, what, got, want)
			}
		}
		m := r.Month(p)
		near("shards", m.Shards, 2*730*0.015)
		near("writes", m.Writes, 2628*0.014)
		near("alarms", m.Alarms, 0.6) // bytes, records, throttled; bytes, records, age
		near("total", m.Total(), m.Shards+m.Writes+m.Alarms)
		c := r.Compare(p, float64(minutes)/60)
		near("at peak", c.AtPeak.Total(), 730*0.015+2628*0.014)
		near("optimum", c.Optimum.Total(), c.AtPeak.Total())
		near("on-demand hours", c.OnDemand.Shards, 730*0.04)
		const gigabytes = 1000 * 1024 * 3600 * 730. / (1 << 30) // records without bytes are billed a kilobyte each
		near("Advantage's use", c.AdvantageUse, gigabytes*0.032)
		near("Advantage's minimum, which is twice as much and a bit", c.Advantage.Total(), 2*1024*1024*3600*730./(1<<30)*0.032)
		if c.PeakShards != 1 {
			t.Errorf("%d shards at peak", c.PeakShards)
		}
	}
	if got := (&trial.Result{}).Month(p).Total(); got != 0 {
		t.Errorf("nothing costs $%v", got)
	}
}

// The ways that need no scaler cost the same whatever the variant beside them refused.
func TestWhatAVariantRefusedChangesNoOther(t *testing.T) {
	p := simulate.DefaultPrices()
	all := flat(60, 3)
	var compared []trial.Compared
	var writes []float64
	for _, open := range []int{1, 2, 3} {
		r := play(t, trial.Spec{Trace: all, StartShards: open, Settings: scaling.Layer{"mode": "disabled"}})
		compared, writes = append(compared, r.Compare(p, 2)), append(writes, r.Month(p).Writes)
	}
	for i, c := range compared {
		if diff := cmp.Diff(compared[2], c); diff != "" {
			t.Errorf("with %d shards: %s", i+1, diff)
		}
		// Its own bill is for what got in.
		if want := c.AtPeak.Writes * float64(i+1) / 3; math.Abs(writes[i]-want) > 1e-6 {
			t.Errorf("with %d shards the writes cost $%v, want $%v", i+1, writes[i], want)
		}
	}
	if c := compared[2]; math.Abs(c.AtPeak.Writes-3*2628*p.PutUnits) > 1e-6 || c.Optimum.Writes != c.AtPeak.Writes {
		t.Errorf("writes at peak cost $%v, at the optimum $%v", c.AtPeak.Writes, c.Optimum.Writes)
	}
}

func TestTheOptimumIsKnownOrNotKnownForAReason(t *testing.T) {
	even := profile.Profile{}.Spread()
	for minutes, shards := range map[int]float64{4: 1, 5: 1, 600: 20, 1000: 1e6} {
		all := flat(minutes, shards)
		hours, why := trial.Optimum(all, even), trial.OptimumUnknown(all, even)
		if (hours == 0) != (why != "") || (hours == 0) != (minutes == 4 || minutes == 1000) {
			t.Errorf("%d minutes of %v shards: %v shard-hours, unknown since %q", minutes, shards, hours, why)
		}
	}
}

func TestTimelineKeepsTheExtremes(t *testing.T) {
	all := made(t, traffic.Hourly, 1, 40)
	all.Minutes = all.Minutes[:7*60+13] // short, since it is played for each check
	full := play(t, trial.Spec{Trace: all, Buckets: len(all.Minutes)}).Timeline
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 450).Draw(t, "most")
		r, err := trial.Run(t.Context(), trial.Spec{Trace: all, Buckets: most})
		if err != nil {
			t.Fatal(err)
		}
		line := r.Timeline
		if len(line.Buckets) > most || !line.End().Equal(full.End()) {
			t.Fatalf("%d buckets to %v", len(line.Buckets), line.End())
		}
		minute := 0
		for _, b := range line.Buckets {
			var want trial.Bucket
			for i, m := range full.Buckets[minute : minute+b.Minutes] {
				if i == 0 {
					want = m
					continue
				}
				want.Minutes++
				want.LowDemand, want.HighDemand = min(want.LowDemand, m.LowDemand), max(want.HighDemand, m.HighDemand)
				want.LowShards, want.HighShards, want.LastShards = min(want.LowShards, m.LowShards), max(want.HighShards, m.HighShards), m.LastShards
				want.Sent, want.Refused = want.Sent+m.Sent, want.Refused+m.Refused
				want.HighThrottled = max(want.HighThrottled, m.HighThrottled)
				want.RefusedMinutes += m.RefusedMinutes
			}
			if diff := cmp.Diff(want, b); diff != "" {
				t.Fatalf("from minute %d: %s", minute, diff)
			}
			minute += b.Minutes
		}
		if minute != len(all.Minutes) {
			t.Fatalf("%d minutes in buckets", minute)
		}
	})
}

func TestParseVariant(t *testing.T) {
	base := scaling.Layer{"max-shards": "64", "policy": "double-halve"}
	for line, want := range map[string]trial.Variant{
		"small: max-shards=8":            {Name: "small", Settings: scaling.Layer{"max-shards": "8", "policy": "double-halve"}},
		" two words :":                   {Name: "two words", Settings: base},
		"t:max-shards=9   min-shards=2 ": {Name: "t", Settings: scaling.Layer{"max-shards": "9", "policy": "double-halve", "min-shards": "2"}},
	} {
		got, err := trial.ParseVariant(line, base)
		if err != nil {
			t.Errorf("%q: %v", line, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", line, diff)
		}
	}
	for line, says := range map[string]string{
		"":                       "want a name",
		"max-shards=8":           "want a name",
		": max-shards=8":         "want a name",
		"a=b: max-shards=8":      "want a name",
		"small: max-shards":      `"max-shards" is not key=value`,
		"small: =8":              `"=8" is not key=value`,
		"small: most=8":          "most: no such setting",
		"small: max-shards=0":    "max-shards: 0 is not between",
		"small: policy=thirding": `"thirding" is none of`,

		"small: max-shards=8 max-shards=9": "max-shards=8 and max-shards=9 exclude each other; give one",
	} {
		if _, err := trial.ParseVariant(line, base); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", line, err, says)
		}
	}
	if base["max-shards"] != "64" || len(base) != 2 {
		t.Errorf("the base is now %v", base)
	}
}

func TestTexts(t *testing.T) {
	for got, want := range map[string]string{
		trial.Dollars(0):             "$0.00",
		trial.Dollars(999.994):       "$999.99",
		trial.Dollars(999.995):       "$1,000.00",
		trial.Dollars(1234567.8):     "$1,234,568",
		trial.Dollars(-123.45):       "-$123.45",
		trial.Dollars(-1234567.8):    "-$1,234,568",
		trial.Dollars(-0.001):        "$0.00",
		trial.Price(0.1):             "$0.10",
		trial.Price(2):               "$2.00",
		trial.Price(0.015):           "$0.015",
		trial.Price(0):               "$0.00",
		trial.Amount(0):              "0",
		trial.Amount(12345.6):        "12,346",
		trial.Digits(0.15, 3):        "0.15",
		trial.Digits(2.0833, 3):      "2.08",
		trial.Digits(999.4, 3):       "999",
		trial.Digits(999.7, 3):       "1,000",
		trial.Digits(1980, 3):        "1,980",
		trial.Digits(12000, 4):       "12,000",
		trial.Counted(0, "shard"):    "0 shards",
		trial.Counted(1, "shard"):    "1 shard",
		trial.Counted(1234, "shard"): "1,234 shards",
		trial.Share(0):               "0 %",
		trial.Share(9e-7):            "<0.0001 %",
		trial.Share(0.0000012):       "0.00012 %",
		trial.Share(0.0000996):       "0.01 %",
		trial.Share(0.0123):          "1.2 %",
		trial.Share(0.4):             "40.0 %",
		trial.CountsText(nil):        "none",
		strings.Join(trial.FaultTexts([]trial.Count{{What: "often", Times: 2}, {What: "once", Times: 1}}), "; "): "often (2 times); once",
		trial.TagsText(nil):           "shardkeeper=enabled",
		trial.Share(0.1) + " exactly": "10.0 % exactly",
		trial.CountsText([]trial.Count{{What: "cooldown", Times: 2}, {What: "right_size", Times: 1}}): "cooldown 2, right_size 1",
		trial.TagsText(scaling.Layer{"mode": "dry-run", "max-shards": "8"}):                           "shardkeeper=dry-run,shardkeeper:max-shards=8",
		trial.TagsText(scaling.Layer{"fan-out-consumers": "audit billing"}):                           "'shardkeeper=enabled,shardkeeper:fan-out-consumers=audit billing'",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Two weeks of each kind of traffic under each policy.
func BenchmarkTwoWeeks(b *testing.B) {
	for _, kind := range traffic.Kinds() {
		for _, p := range []scaling.Policy{scaling.DoubleHalve, scaling.TargetTracking} {
			b.Run(string(kind)+"/"+string(p), func(b *testing.B) {
				s := trial.Spec{Trace: made(b, kind, 14, 40), Settings: policy(p)}
				b.ReportAllocs()
				decisions := 0
				for b.Loop() {
					decisions = len(play(b, s).Decisions)
				}
				b.ReportMetric(float64(decisions), "decisions/op")
			})
		}
	}
}
