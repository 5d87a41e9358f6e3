package trial

import (
	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// HoursOfMonth is what AWS's own calculator takes for a month: 8,760 hours of a year by twelve.
const HoursOfMonth = 730

// Month is what a way to run the stream costs a month, in USD, if every hour were as those of the
// trace. Reads and the stack's own functions and table are left out.
type Month struct {
	Shards float64 // provisioned shard-hours; on-demand: the stream-hours
	Writes float64 // PUT payload units; on-demand: gigabytes written
	Alarms float64 // metrics that the alarms look at
}

// Total returns the whole.
func (m Month) Total() float64 { return m.Shards + m.Writes + m.Alarms }

// Month returns what the stream costs as it was scaled. Only what got in is billed: the payload units
// of what was refused are left out.
func (r *Result) Month(p simulate.Prices) Month {
	m := provisioned(p, r.Usage, r.Usage.ShardHours(), r.Usage.PutUnits)
	m.Alarms = float64(r.AlarmedMetrics) * p.AlarmMonth
	return m
}

// MonthOf returns what the stream costs with so many shards all the time, which let in all of its traffic.
func (r *Result) MonthOf(p simulate.Prices, shards int) Month {
	return provisioned(p, r.Usage, float64(shards)*float64(r.Usage.Minutes)/60, r.Usage.DemandUnits)
}

// Compared are the other ways to run the same stream, that need no scaler. They refuse next to nothing, but
// what a hot key or a handful of keys lose at every size: all else that producers sent is billed.
type Compared struct {
	PeakShards     int     // that the highest minute needs; 0: no number of shards holds it, and AtPeak is nothing
	PeakRefused    float64 // share of the traffic that these refuse: more than a ten-thousandth where a few keys are too much for a shard; see Refusing
	AlwaysRefused  float64 // share that is refused at least, on-demand too; see Refusing
	AtPeak         Month
	OnDemand       Month
	Advantage      Month   // on-demand Advantage, with the minimum of the account
	AdvantageUse   float64 // the same without: what the stream adds to an account whose other streams fill the minimum
	AdvantageLeast float64 // that minimum
	OptimumHours   float64 // see package optimum; 0: not computed
	Optimum        Month
}

// Compare returns what the other ways cost, and not what they refuse: see Refusing. Any result of the trace serves, and all give the same;
// optimum is its optimum in shard-hours, 0 when unknown.
func (r *Result) Compare(p simulate.Prices, optimum float64) Compared {
	u := r.Usage
	hours := float64(u.Minutes) / 60
	c := Compared{PeakShards: u.PeakNeeds, OptimumHours: optimum}
	if c.PeakShards > 0 {
		c.AtPeak = r.MonthOf(p, c.PeakShards)
	}
	c.Optimum = provisioned(p, u, optimum, u.DemandUnits)
	month := perMonth(u)
	c.OnDemand = Month{Shards: hours * p.OnDemandHour * month, Writes: (p.Cost(u).OnDemand - hours*p.OnDemandHour) * month}
	used, billed := p.Advantage(u)
	_, least := p.Advantage(simulate.Usage{Minutes: u.Minutes})
	c.Advantage, c.AdvantageUse, c.AdvantageLeast = Month{Writes: billed * month}, used*month, least*month
	return c
}

// provisioned is what shard-hours and the payload units of the writes cost.
func provisioned(p simulate.Prices, u simulate.Usage, shardHours, putUnits float64) Month {
	return Month{Shards: shardHours * p.ShardHour * perMonth(u), Writes: putUnits / 1e6 * p.PutUnits * perMonth(u)}
}

// perMonth is how many times the trace fits into a month.
func perMonth(u simulate.Usage) float64 {
	if u.Minutes == 0 {
		return 0
	}
	return HoursOfMonth * 60 / float64(u.Minutes)
}

// alarmedMetrics counts the metrics of a stream's two alarms. CloudWatch bills each.
func alarmedMetrics(s scaling.Settings) int {
	if s.Mode == scaling.ModeDisabled {
		return 0
	}
	count := 0
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		for _, q := range cloudwatch.Definition(scaling.AlarmWant{Stream: stream, OpenShards: 2, Settings: s}, dir).Queries {
			if q.MetricStat != nil {
				count++
			}
		}
	}
	return count
}
