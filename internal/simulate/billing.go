package simulate

import (
	"math"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// Usage is what a stream took and was billed for since the world began.
type Usage struct {
	Minutes          int        // that the stream existed
	ShardMinutes     int        // open shards, summed over the minutes in provisioned mode
	Demand           trace.Rate // records and bytes that producers had to send, in all, each counted once
	Accepted         trace.Rate // records and bytes that got in, in all
	Lost             trace.Rate // records and bytes that were refused and not sent again, in all
	PutUnits         float64    // payload units of 25 KB that got in
	DemandUnits      float64    // payload units of 25 KB of the demand
	BilledBytes      float64    // of the demand, each record rounded up to 1 KB as on-demand mode bills
	SentShards       float64    // shard-minutes that were sent, as often as they were
	RefusedShards    float64    // shard-minutes of these that were refused
	ThrottledMinutes int        // with more than 1 % refused
	PeakShards       float64    // the highest demand of a minute, in shards
	PeakNeeds        int        // the fewest open shards that hold it; 0: no number does
}

// ShardHours returns the open shards, summed over the hours.
func (u *Usage) ShardHours() float64 { return float64(u.ShardMinutes) / 60 }

// ThrottledShare returns which part of what was sent was refused, 0 to 1. What is sent again counts
// again, as in Kinesis' metrics.
func (u *Usage) ThrottledShare() float64 {
	if u.SentShards == 0 {
		return 0
	}
	return u.RefusedShards / u.SentShards
}

// payloadUnit is what one PUT payload unit holds, in bytes: "25 KB" (Kinesis pricing page).
const payloadUnit = 25 * kilobyte

// Add adds a minute of a provisioned stream. PeakNeeds stays as it is.
func (u *Usage) Add(m Minute) { u.add(m, false) }

func (u *Usage) add(m Minute, onDemand bool) {
	u.Minutes++
	if !onDemand {
		u.ShardMinutes += m.OpenShards
	}
	u.Demand = plus(u.Demand, times(m.Demand, 60))
	u.Accepted = plus(u.Accepted, times(m.Accepted, 60))
	u.Lost = plus(u.Lost, times(m.Lost, 60))
	u.PutUnits += putUnits(m.Accepted) * 60
	u.DemandUnits += putUnits(m.Demand) * 60
	u.BilledBytes += billedBytes(m.Demand) * 60
	u.SentShards += m.Shards
	u.RefusedShards += m.Shards * m.Throttled
	if m.Throttled > 0.01 {
		u.ThrottledMinutes++
	}
	u.PeakShards = max(u.PeakShards, Shards(m.Demand))
}

// putUnits takes all records of a minute to be of one size.
func putUnits(r trace.Rate) float64 {
	if r.Records <= 0 {
		return math.Ceil(r.Bytes / payloadUnit)
	}
	return r.Records * max(1, math.Ceil(r.Bytes/r.Records/payloadUnit))
}

// kilobyte and gigabyte are those of the bill, powers of 1024: on-demand mode bills "the size of each
// record rounded up to the nearest 1 KB (1,024 bytes)", and in the page's own example 100 records of
// 35 KB a second are 3.4 MB/sec, not 3.5 (https://aws.amazon.com/kinesis/data-streams/pricing/,
// read 2026-11).
const (
	kilobyte = 1 << 10
	gigabyte = 1 << 30
)

// billedBytes are the bytes that on-demand mode bills: each record rounded up to a kilobyte. Without
// records the bytes are taken as they are.
func billedBytes(r trace.Rate) float64 {
	if r.Records <= 0 {
		return r.Bytes
	}
	return r.Records * max(1, math.Ceil(r.Bytes/r.Records/kilobyte)) * kilobyte
}

// Prices are those of one Region, in USD.
type Prices struct {
	As               string  // where and when they hold, for people
	ShardHour        float64 // provisioned
	PutUnits         float64 // a million payload units, provisioned
	OnDemandHour     float64 // a stream, on-demand standard
	OnDemandGigabyte float64 // 2^30 bytes written, on-demand standard
	AlarmMonth       float64 // a metric that an alarm looks at
	// On-demand Advantage is chosen for an account in a Region. It has no price for a stream, and bills a
	// minimum: so many MiB a second of writes, all on-demand streams together, and as many of reads.
	AdvantageGigabyte float64 // 2^30 bytes written
	AdvantageMinimum  float64 // MiB a second that are billed at least
}

// DefaultPrices returns those of us-east-1. They come from public copies of AWS's price list.
func DefaultPrices() Prices {
	return Prices{
		As: "us-east-1, September 2026", ShardHour: 0.015, PutUnits: 0.014,
		OnDemandHour: 0.04, OnDemandGigabyte: 0.08, AlarmMonth: 0.10,
		AdvantageGigabyte: 0.032, AdvantageMinimum: 25,
	}
}

// Advantage returns what the writes of so many hours cost in on-demand Advantage, in USD: used is for what was
// written, billed for the minimum where that is more.
func (p Prices) Advantage(u Usage) (used, billed float64) {
	const mebibyte = 1 << 20
	least := p.AdvantageMinimum * mebibyte * float64(u.Minutes) * 60
	return u.BilledBytes / gigabyte * p.AdvantageGigabyte, max(u.BilledBytes, least) / gigabyte * p.AdvantageGigabyte
}

// Cost is what the usage costs, in USD, in three ways to run the same stream. Reads are left out:
// shared ones are free when provisioned, and on-demand bills them as written.
type Cost struct {
	Scaled   float64 // with the shards it had; only what got in is billed
	AtPeak   float64 // provisioned for its highest minute all the time, so that hardly anything is refused
	OnDemand float64 // in on-demand standard mode
}

// Cost returns what the usage costs. Where no number of shards holds the highest minute, or it is not
// told, AtPeak has those that it fills.
func (p Prices) Cost(u Usage) Cost {
	hours := float64(u.Minutes) / 60
	atPeak := math.Ceil(max(u.PeakShards, 1))
	if u.PeakNeeds > 0 {
		atPeak = float64(u.PeakNeeds)
	}
	return Cost{
		Scaled:   u.ShardHours()*p.ShardHour + u.PutUnits/1e6*p.PutUnits,
		AtPeak:   atPeak*hours*p.ShardHour + u.DemandUnits/1e6*p.PutUnits,
		OnDemand: hours*p.OnDemandHour + u.BilledBytes/gigabyte*p.OnDemandGigabyte,
	}
}
