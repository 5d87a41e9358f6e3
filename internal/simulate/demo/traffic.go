package demo

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// The demo's traffic, in shards.
const (
	days       = 2
	night      = 0.8  // the quiet hours
	noon       = 11.0 // the busiest hour of a usual day
	crowd      = 4.0  // what a flash crowd multiplies it with
	noise      = 0.04 // how much a minute differs from its neighbours
	recordSize = 700  // bytes: records bind, not bytes
)

// Traffic returns two days of a shop: quiet nights, a busy middle of the day, noise, and on the
// second day a flash crowd, at a time and of a length that the seed chooses. The same seed gives
// the same traffic.
func Traffic(start time.Time, seed uint64) trace.Trace {
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // traffic is no secret, and must repeat
	crowdAt := 24*60 + 13*60 + random.IntN(120)
	crowdFor := 35 + random.IntN(30)
	t := trace.Trace{Start: start, Minutes: make([]trace.Rate, days*24*60)}
	drift := 0.0
	for minute := range t.Minutes {
		drift = 0.9*drift + noise*random.NormFloat64()
		day := (1 - math.Cos(2*math.Pi*float64(minute)/(24*60))) / 2
		shards := (night + (noon-night)*math.Pow(day, 1.5)) * math.Exp(drift)
		shards *= 1 + (crowd-1)*surge(minute-crowdAt, crowdFor)
		records := math.Round(shards * 1000)
		t.Minutes[minute] = trace.Rate{Records: records, Bytes: records * recordSize}
	}
	return t
}

// surge is how much of a crowd is there, 0 to 1, some minutes after it began: all of them within
// four minutes, and afterwards fewer by and by.
func surge(minute, length int) float64 {
	switch {
	case minute < 0:
		return 0
	case minute < length:
		return min(1, float64(minute+1)/4)
	}
	return math.Exp(-float64(minute-length) / 15)
}
