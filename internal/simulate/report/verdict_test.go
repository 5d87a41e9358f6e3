package report_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// costing is a variant that costs so much for shards, and refuses so much.
func costing(name string, r report.Report, dollars, refused float64) report.Tried {
	t := tried(name)
	u := &t.Result.Usage
	u.PutUnits, u.DemandUnits, u.SentShards, u.RefusedShards, t.Result.AlarmedMetrics = 0, 0, 1, refused, 0
	u.ShardMinutes = int(dollars / (r.Prices.ShardHour * trial.HoursOfMonth) * float64(u.Minutes))
	return t
}

func TestVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		fixed, onDemand float64
		tried           func(report.Report) []report.Tried
		want, because   string
	}{
		"a variant is cheapest": {
			1000, 2000, func(r report.Report) []report.Tried {
				return []report.Tried{costing("calm", r, 876, 0), costing("dear", r, 1095, 0)}
			},
			"Autoscale with calm: $876.00 a month, $124.00 (12 %) less than a fixed 6 shards and $1,124.00 (56 %) less than on-demand.", "calm refuses nothing.",
		},
		"the cheapest refuses too much": {
			1000, 2000, func(r report.Report) []report.Tried { return []report.Tried{costing("small", r, 438, 0.014)} },
			"Keep a fixed 6 shards: $1,000.00 a month, $1,000.00 (50 %) less than on-demand.", "small costs $438.00, but refuses 1.4 %.",
		},
		"a variant costs more than a fixed size": {
			1000, 2000, func(r report.Report) []report.Tried { return []report.Tried{costing("dear", r, 1095, 0)} },
			"Keep a fixed 6 shards: $1,000.00 a month, $1,000.00 (50 %) less than on-demand and $95.00 (8 %) less than dear; double-halve costs more than a fixed size here: try it with --policy target-tracking.", "a fixed 6 shards refuses nothing.",
		},
		"on-demand is cheapest": {
			1000, 100, func(r report.Report) []report.Tried { return []report.Tried{costing("calm", r, 876, 0)} },
			"Use on-demand: $100.00 a month, $900.00 (90 %) less than a fixed 6 shards and $776.00 (88 %) less than calm.", "on-demand refuses nothing.",
		},
		"as much as wanted may be refused": {
			1000, 2000, func(r report.Report) []report.Tried { return []report.Tried{costing("edge", r, 876, 0.0001)} },
			"Autoscale with edge: $876.00 a month, $124.00 (12 %) less than a fixed 6 shards and $1,124.00 (56 %) less than on-demand.", "edge refuses 0.01 %.",
		},
		"of two that cost the same, the simpler": {
			876, 2000, func(r report.Report) []report.Tried { return []report.Tried{costing("calm", r, 876, 0)} },
			"Keep a fixed 6 shards: $876.00 a month, $1,124.00 (56 %) less than on-demand and as much as calm.", "",
		},
		"a variant that does not scale": {
			1000, 2000, func(r report.Report) []report.Tried {
				one := costing("four", r, 438, 0)
				one.Result.Settings.Mode, one.Result.StartShards = scaling.ModeDisabled, 4
				return []report.Tried{one}
			},
			"Keep a fixed 4 shards (four): $438.00 a month, $562.00 (56 %) less than a fixed 6 shards and $1,562.00 (78 %) less than on-demand.", "",
		},
		"a dry run does not scale": {
			1000, 2000, func(r report.Report) []report.Tried {
				one := costing("dry", r, 1095, 0)
				one.Result.Settings.Mode, one.Result.StartShards = scaling.ModeDryRun, 7
				return []report.Tried{one}
			},
			"Keep a fixed 6 shards: $1,000.00 a month, $1,000.00 (50 %) less than on-demand and $95.00 (8 %) less than dry.", "",
		},
	} {
		r := small()
		r.Tried = test.tried(r)
		r.Compared = trial.Compared{PeakShards: 6, AtPeak: trial.Month{Shards: test.fixed}, OnDemand: trial.Month{Shards: test.onDemand}, Advantage: trial.Month{Writes: 2500}}
		text := page(t, r)
		got := regexp.MustCompile(`<p class="sentence">([^<]*)</p>`).FindStringSubmatch(text)
		if got == nil || got[1] != test.want || !strings.Contains(text, test.because) {
			t.Errorf("%s: the verdict is %q, want %q; because %q", name, got, test.want, test.because)
		}
		if tags := strings.Count(text, `<span class="tag">`); tags != 1 {
			t.Errorf("%s: %d rows are marked as the verdict", name, tags)
		}
	}
}

func TestAShortTraceSaysSo(t *testing.T) {
	const warning = "try at least seven days"
	r := small()
	if text := page(t, r); !strings.Contains(text, "An hour of traffic") || !strings.Contains(text, warning) {
		t.Error("an hour is taken for a week")
	}
	r.Trace = trace.Trace{Start: monday, Minutes: make([]trace.Rate, 7*1440)}
	if text := page(t, r); strings.Contains(text, warning) {
		t.Error("a week is called short")
	}
}

// With few keys there may be no number of shards that holds the highest minute.
func TestTheVerdictWithoutAFixedSize(t *testing.T) {
	r := small()
	r.Tried = []report.Tried{costing("calm", r, 876, 0)}
	r.Compared = trial.Compared{OnDemand: trial.Month{Shards: 2000}, Advantage: trial.Month{Writes: 2500}}
	text := page(t, r)
	if want := "Autoscale with calm: $876.00 a month, $1,124.00 (56 %) less than on-demand."; !strings.Contains(text, want) {
		t.Errorf("the page does not say %q", want)
	}
	if strings.Contains(text, "provisioned at peak") || strings.Contains(text, "The fixed size is") {
		t.Error("the page compares with a fixed size that holds nothing")
	}
	if tags := strings.Count(text, `<span class="tag">`); tags != 1 {
		t.Errorf("%d rows are marked as the verdict", tags)
	}
}

// Advantage is told of where it is cheaper than standard, and may be the best.
func TestAdvantage(t *testing.T) {
	for _, test := range []struct {
		onDemand, advantage, use float64
		want, because            string
	}{
		{2000, 1500, 1500, "Autoscale with calm: $876.00 a month, $624.00 (41 %) less than a fixed 137 shards, $1,124.00 (56 %) less than on-demand and $624.00 (41 %) less than on-demand Advantage.", ""},
		{2000, 800, 800, "Use on-demand Advantage, for the whole account: $800.00 a month, $700.00 (46 %) less than a fixed 137 shards, $1,200.00 (60 %) less than on-demand and $76.00 (8 %) less than calm.", "bills a minimum of writes and reads."},
		{2000, 2500, 500, "Autoscale with calm: $876.00 a month, $624.00 (41 %) less than a fixed 137 shards and $1,124.00 (56 %) less than on-demand.", "this stream would cost $500.00 there."},
	} {
		r := small()
		r.Tried = []report.Tried{costing("calm", r, 876, 0)}
		r.Compared = trial.Compared{PeakShards: 137, AtPeak: trial.Month{Shards: 1500}, OnDemand: trial.Month{Shards: test.onDemand}, Advantage: trial.Month{Writes: test.advantage}, AdvantageUse: test.use}
		v := r.Verdict()
		if v.Sentence != test.want || !strings.Contains(strings.Join(v.Because, " "), test.because) {
			t.Errorf("it says %s\nwant %s; because %q", v.Sentence, test.want, v.Because)
		}
		text := page(t, r)
		if tags := strings.Count(text, `<span class="tag">`); tags != 1 {
			t.Errorf("%d rows are marked as the verdict", tags)
		}
	}
}
