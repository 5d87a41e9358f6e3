package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got); if it should, look at it in a browser and run go test ./internal/simulate/report -update\n%s", path, diff)
	}
}

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
			{At: monday.Add(20 * time.Minute), Event: scaling.EventOperation, Direction: scaling.Up, From: 2, To: 4, Utilization: 0.9, Reasons: up},
			{At: monday.Add(22 * time.Minute), Event: scaling.EventHold, From: 4, To: 4, Utilization: 0.2, Reasons: hold},
			{At: monday.Add(23 * time.Minute), Event: scaling.EventHold, From: 4, To: 4, Reasons: hold},
			{At: monday.Add(40 * time.Minute), Event: scaling.EventOperation, Direction: scaling.Up, From: 4, To: 8, Utilization: 1, Reasons: up},
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
	r.Tried[1].Result.Decisions, r.Tried[1].Result.Operations = []trial.Decision{{At: monday, Event: scaling.EventRefused, Direction: scaling.Up, From: 2, To: 4}}, nil
	r.Tried[1].Result.Faults = []error{errors.New("first fault"), errors.New("first fault")}
	r.Compared = r.Tried[0].Result.Compare(r.Prices, 4)
	return r
}

func TestPage(t *testing.T) { golden(t, "page.html", page(t, small())) }

// The page loads nothing, and its policy forbids it: the one style that is allowed is the one that
// is there.
func TestThePageNeedsNothingElse(t *testing.T) {
	text := page(t, small())
	style := text[strings.Index(text, "<style>")+len("<style>") : strings.Index(text, "</style>")]
	digest := sha256.Sum256([]byte(style))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'"
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)
	if got := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy[1]); got != want {
		t.Errorf("the policy is %q, want %q", got, want)
	}
	if found := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|<object|\ssrc=|\sstyle=|\son[a-z]+=|url\(|@import|https?:`).FindAllString(text, -1); found != nil {
		t.Errorf("the page has %q", found)
	}
	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if id := strings.TrimPrefix(link[1], "#"); id == link[1] || !strings.Contains(text, `id="`+id+`"`) {
			t.Errorf("a link to %q leads nowhere", link[1])
		}
	}
}

func TestThePageCanBeReadByAll(t *testing.T) {
	text := page(t, small())
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		if ids[id[1]] {
			t.Errorf("two elements have the id %s", id[1])
		}
		ids[id[1]] = true
	}
	for _, label := range regexp.MustCompile(`aria-labelledby="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		for id := range strings.FieldsSeq(label[1]) {
			if !ids[id] {
				t.Errorf("nothing has the id %s, which is a label", id)
			}
		}
	}
	for _, want := range []string{`lang="en"`, `<title>`, `name="viewport"`, `scope="col"`, `scope="row"`, `role="img"`, `prefers-color-scheme:dark`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// Variants can be compared: a strip of throttling is as high for each as its share is.
func TestTheStripsHaveOneScale(t *testing.T) {
	r := small()
	r.Tried[1].Result.Timeline.Buckets[2].HighThrottled = 0.8
	text := page(t, r)
	if whole, third := strings.Count(text, ">80 %</text>"), strings.Count(text, ">33 %</text>"); whole != 2 || third != 0 {
		t.Errorf("%d strips go to 80 %%, %d to 33 %%", whole, third)
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
	for _, want := range []string{"1 open shard,", "1 scale-up and 0 scale-downs", "<summary>1 decision<", "provisioned at peak, 1 shard<", "in 1 minute.", "$0.10 a month"} {
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
	if text := page(t, r); strings.Contains(text, "<script") {
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
	if want := "have no room here"; strings.Count(text, want) != 4 {
		t.Errorf("it does not say that rows are left out: %d times", strings.Count(text, want))
	}
}
