package report_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	told "github.com/shardkeeper/shardkeeper/scaling/report"
)

var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// hour is a small trace: it is put together, so that the page does not change with the policies.
func hour() trace.Trace {
	t := trace.Trace{Start: monday, Repairs: []trace.Repair{{Line: 7, Count: 2, What: "rows out of order, sorted"}}}
	for minute := range 60 {
		t.Minutes = append(t.Minutes, trace.Rate{Records: 1000 * float64(1+minute/10)})
	}
	return t
}

func tried(name string) report.Tried {
	up := scaling.Trail{{Code: scaling.UtilizationMeasured, Detail: "0.90 of records"}, {Code: scaling.Doubled}}
	hold := scaling.Trail{{Code: scaling.HoldCooldown, Detail: "last operation 2m0s ago, cooldown 10m0s"}}
	r := trial.Result{
		Settings: scaling.Defaults(scaling.DoubleHalve), StartShards: 2, LowestShards: 2, HighestShards: 8, AlarmedMetrics: 6,
		Usage:      simulate.Usage{Minutes: 60, ShardMinutes: 300, Demand: trace.Rate{Records: 12.6e6, Bytes: 9e9}, PutUnits: 12.42e6, DemandUnits: 12.6e6, SentShards: 210, RefusedShards: 3, ThrottledMinutes: 2, PeakShards: 6, PeakNeeds: 6},
		Operations: []simulate.Operation{{Minute: 20, From: 2, To: 4}, {Minute: 40, From: 4, To: 8}},
		Decisions: []trial.Decision{
			{At: monday.Add(20 * time.Minute), Event: told.Operation, Direction: scaling.Up, From: 2, To: 4, Utilization: 0.9, Reasons: up},
			{At: monday.Add(22 * time.Minute), Event: told.Hold, From: 4, To: 4, Utilization: 0.2, Reasons: hold},
			{At: monday.Add(23 * time.Minute), Event: told.Hold, From: 4, To: 4, Reasons: hold},
			{At: monday.Add(40 * time.Minute), Event: told.Operation, Direction: scaling.Up, From: 4, To: 8, Utilization: 1, Reasons: up},
		},
		Timeline: trial.Timeline{Start: monday, BucketMinutes: 20, Buckets: []trial.Bucket{
			{Minutes: 20, LowDemand: 1, HighDemand: 2, LowShards: 2, HighShards: 2, FirstShards: 2, LastShards: 2, Sent: 30, Refused: 0},
			{Minutes: 20, LowDemand: 3, HighDemand: 4, LowShards: 2, HighShards: 4, FirstShards: 2, LastShards: 4, Sent: 70, Refused: 3, HighThrottled: 0.33, RefusedMinutes: 2},
			{Minutes: 20, LowDemand: 5, HighDemand: 6, LowShards: 4, HighShards: 8, FirstShards: 4, LastShards: 8, Sent: 110},
		}},
	}
	return report.Tried{Variant: trial.Variant{Name: name, Settings: scaling.Layer{"policy": "double-halve"}}, Result: r}
}

func page(t *testing.T, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func small() report.Report {
	r := report.Report{Name: "orders", Trace: hour(), Prices: simulate.DefaultPrices(), Tried: []report.Tried{tried("double-halve"), tried("calm")}}
	r.Tried[1].Result.Decisions, r.Tried[1].Result.Operations = []trial.Decision{{At: monday, Event: told.Refused, Direction: scaling.Up, From: 2, To: 4}}, nil
	r.Tried[1].Result.Faults = []error{errors.New("first fault"), errors.New("first fault")}
	r.Compared = r.Tried[0].Result.Compare(r.Prices, 4)
	return r
}

// data is what the script of a page draws.
type data struct {
	Step    float64
	Traffic []float64
	Runs    []struct {
		Name          string
		Open, Refused [][2]float64
		Left          int
		Decisions     []struct {
			At, Until float64
			Times     int
			Kind      string
			From, To  int
			Why       [][2]string
		}
	}
}

func drawn(t *testing.T, html string) data {
	t.Helper()
	found := regexp.MustCompile(`<div id="data" hidden>([^<]*)</div>`).FindStringSubmatch(html)
	if found == nil {
		t.Fatal("the page has no data")
	}
	r, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(found[1])))
	if err != nil {
		t.Fatal(err)
	}
	var d data
	if err := json.NewDecoder(r).Decode(&d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestThePageDrawsTheTrials(t *testing.T) {
	d := drawn(t, page(t, small()))
	if d.Step != 20 || !slices.Equal(d.Traffic, []float64{2, 4, 6}) || len(d.Runs) != 2 {
		t.Fatalf("it draws %+v", d)
	}
	one := d.Runs[0]
	if !slices.Equal(one.Open, [][2]float64{{0, 2}, {1, 4}, {1, 8}}) || !slices.Equal(one.Refused, [][2]float64{{0, 0}, {1, 0.33}, {1, 0}}) {
		t.Errorf("open shards %v, refused %v", one.Open, one.Refused)
	}
	var kinds []string
	for _, decision := range append(one.Decisions, d.Runs[1].Decisions...) {
		kinds = append(kinds, fmt.Sprint(decision.At, " ", decision.Kind, " ", decision.Times))
	}
	if want := []string{"20 up 0", "22 held 2", "40 up 0", "0 failed 0"}; !slices.Equal(kinds, want) {
		t.Errorf("decisions are %q, want %q", kinds, want)
	}
	if why := one.Decisions[0].Why; !slices.Equal(why, [][2]string{{"utilization_measured", "0.90 of records"}, {"doubled", ""}}) {
		t.Errorf("the reasons are %q", why)
	}
}

func TestWhatWentWrongIsOnThePage(t *testing.T) {
	text := page(t, small())
	for _, want := range []string{"Decided, and not taken by the service: refused 1.", "first fault (2 times)", "The trace was put right while it was read: "} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestOneIsNoPlural(t *testing.T) {
	r := small()
	r.Tried = r.Tried[:1]
	one := &r.Tried[0].Result
	one.StartShards, one.LowestShards, one.HighestShards, one.Usage.PeakShards, one.Usage.PeakNeeds, one.Usage.ThrottledMinutes = 1, 1, 1, 1, 1, 1
	one.Operations, one.Decisions = one.Operations[:1], one.Decisions[:1]
	r.Compared = one.Compare(r.Prices, 1)
	text := page(t, r)
	if found := regexp.MustCompile(`\b1 (open shards|shards|scale-ups|decisions|minutes|hours)\b`).FindAllString(text, -1); found != nil {
		t.Errorf("the page says %q", found)
	}
	for _, want := range []string{"1 open shard,", "1 scale-up and 0 scale-downs", "a fixed 1 shard", "provisioned at peak, 1 shard<", "in 1 minute more than 1 %.", "$0.10 a month"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestAnOptimumThatIsNotKnownIsExplained(t *testing.T) {
	r := small()
	r.Trace.Minutes = r.Trace.Minutes[:4]
	if text := page(t, r); !strings.Contains(text, "The optimum is not known, since the trace is shorter than 5 minutes.") || strings.Contains(text, "who knows the future") {
		t.Error("the page explains an optimum that is not there")
	}
}

func TestNamesAreText(t *testing.T) {
	const hostile = `<script>alert("1")</script>'&`
	r := small()
	r.Name, r.Prices.As = hostile, hostile
	r.Trace.Repairs[0].What = hostile
	r.Tried[0].Variant.Name = hostile
	r.Tried[0].Variant.Settings["consumer"] = hostile
	r.Tried[0].Result.Decisions[0].Reasons[0].Detail = hostile
	r.Tried[0].Result.Faults = []error{errors.New(hostile)}
	if text := page(t, r); strings.Count(text, "<script") != 1 {
		t.Error("a name became a part of the page")
	}
}

// 200 days, four variants, with ten operations and hundreds of holds a day, stay below 1.5 MB.
func TestALongTraceStaysSmall(t *testing.T) {
	const minutes = 200 * 1440
	long := trace.Trace{Start: monday, Minutes: make([]trace.Rate, minutes)}
	for m := range long.Minutes {
		long.Minutes[m].Records = 20_000 * (1.1 + math.Sin(float64(m)/229) + 0.3*math.Sin(float64(m)*7))
	}
	r := report.Report{Name: "long", Trace: long, Prices: simulate.DefaultPrices()}
	for n := range 4 {
		v := tried(fmt.Sprint("variant ", n))
		v.Result.Decisions, v.Result.Timeline.Buckets = nil, nil
		for i := range 200 * 100 {
			d := tried("").Result.Decisions[i%4]
			d.At, d.From = monday.Add(time.Duration(i)*14*time.Minute), i
			v.Result.Decisions = append(v.Result.Decisions, d)
		}
		for i := range report.Buckets {
			low := float64(i%50) + 0.123
			v.Result.Timeline.Buckets = append(v.Result.Timeline.Buckets, trial.Bucket{
				Minutes: minutes / report.Buckets, LowDemand: low, HighDemand: 2 * low, LowShards: i % 50, HighShards: i%50 + 20, FirstShards: i % 50, LastShards: i%50 + 20, HighThrottled: 0.01 * low,
			})
		}
		r.Tried = append(r.Tried, v)
	}
	text := page(t, r)
	if size := float64(len(text)) / 1e6; size > 1.5 {
		t.Errorf("%.2f MB", size)
	}
	for _, run := range drawn(t, text).Runs {
		shown := 0
		for _, d := range run.Decisions {
			shown += max(d.Times, 1)
		}
		if run.Left == 0 || shown+run.Left != 200*100 || len(run.Decisions) > 1500 {
			t.Errorf("%s: %d decisions are shown in %d rows, and %d are said to be left out", run.Name, shown, len(run.Decisions), run.Left)
		}
	}
}
