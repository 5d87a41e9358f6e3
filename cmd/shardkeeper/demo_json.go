package main

import (
	"io"
	"math"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/demo"
)

// jsonDemo prints the demo as JSON lines. Each has a type: timeline, history, check or summary.
type jsonDemo struct{ out io.Writer }

type timelineLine struct {
	Type        string    `json:"type"`
	At          time.Time `json:"at"`
	Records     float64   `json:"records_per_second"`
	Bytes       float64   `json:"bytes_per_second"`
	Utilization float64   `json:"utilization"`
	OpenShards  int       `json:"open_shards"`
	Throttled   float64   `json:"throttled_share"`
	Event       string    `json:"event,omitempty"`
	Text        string    `json:"text,omitempty"`
}

type historyLine struct {
	Type string `json:"type"`
	entryLine
}

type checkLine struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

type summaryLine struct {
	Type             string         `json:"type"`
	Seed             uint64         `json:"seed"`
	Profile          string         `json:"profile"`
	OK               bool           `json:"ok"`
	Operations       int            `json:"operations"`
	Holds            map[string]int `json:"holds"`
	ThrottledShare   float64        `json:"throttled_share"`
	ThrottledMinutes int            `json:"throttled_minutes"`
	ShardHours       float64        `json:"shard_hours"`
	PeakShards       float64        `json:"peak_shards"`
	PeakNeeds        int            `json:"peak_needs_shards,omitempty"` // none: no number of shards holds the highest minute
	CostScaled       float64        `json:"cost_usd"`
	CostAtPeak       float64        `json:"cost_at_peak_usd,omitempty"` // none where no number of shards holds the highest minute
	CostOnDemand     float64        `json:"cost_on_demand_usd"`
	Prices           string         `json:"prices"`
}

func (j jsonDemo) row(r demo.Row) error {
	return output.WriteJSON(j.out, timelineOf(r))
}

func timelineOf(r demo.Row) timelineLine {
	return timelineLine{
		Type: "timeline", At: r.At, Records: r.Traffic.Records, Bytes: r.Traffic.Bytes, Utilization: rounded(r.Utilization),
		OpenShards: r.OpenShards, Throttled: rounded(r.Throttled), Event: r.Event, Text: r.Text,
	}
}

// csvDemo prints the demo's timeline as CSV.
type csvDemo struct{ sheet *output.Sheet[timelineLine] }

func (c csvDemo) row(r demo.Row) error { return c.sheet.Row(timelineOf(r)) }

func (c csvDemo) result(demo.Result) error { return c.sheet.Close() }

func (j jsonDemo) result(r demo.Result) error {
	for _, e := range r.History {
		if err := output.WriteJSON(j.out, historyLine{"history", lineOf(e)}); err != nil {
			return err
		}
	}
	for _, c := range r.Checks {
		if err := output.WriteJSON(j.out, checkLine{"check", c.Name, c.OK, c.Detail}); err != nil {
			return err
		}
	}
	holds := map[string]int{}
	for _, h := range r.Holds() {
		holds[h.What] = h.Times
	}
	summary := summaryLine{
		Type: "summary", Seed: r.Seed, Profile: r.Profile, OK: r.OK(), Operations: len(r.Operations), Holds: holds,
		ThrottledShare: rounded(r.Usage.ThrottledShare()), ThrottledMinutes: r.Usage.ThrottledMinutes,
		ShardHours: rounded(r.Usage.ShardHours()), PeakShards: rounded(r.Usage.PeakShards), PeakNeeds: r.Usage.PeakNeeds,
		CostScaled: rounded(r.Cost.Scaled), CostOnDemand: rounded(r.Cost.OnDemand), Prices: r.Prices.As,
	}
	if r.Usage.PeakNeeds > 0 {
		summary.CostAtPeak = rounded(r.Cost.AtPeak)
	}
	return output.WriteJSON(j.out, summary)
}

// rounded keeps six decimals: more say nothing, and the last ones may differ between processors.
func rounded(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// roundedShare keeps nine decimals: a share that is allowed may be a hundred-thousandth.
func roundedShare(v float64) float64 { return math.Round(v*1e9) / 1e9 }
