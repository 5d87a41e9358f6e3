package planner

import (
	"math"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// risingLoad is the factor by which the load counts for more when a size is urgent: a load that just
// became too high is on its way up.
const risingLoad = 1.1

// loadLasts is how long the load of now is expected to last at least: it does not end with the half-hour.
const loadLasts = 5 * time.Minute

// lastOperations is how many of a day's operations are used boldly in a climb.
const lastOperations = 2

// Config is what is wanted of a stream's sizes.
type Config struct {
	MinShards int // never fewer; at least 1
	MaxShards int // never more, but for an urgent size

	TargetUtilization   float64       // utilization that the load of the last minutes may have, above 0, to 1
	ForecastUtilization float64       // utilization that the forecast load may have, above 0, to 1
	ForecastConfidence  float64       // share of the past half-hours that their forecasts would have been enough for, 0 to 1
	MaxGrowth           float64       // most growth that headroom is kept for, as a factor, at least 1
	OperationPrice      float64       // share of a day's shards that an operation must save, 0 to 1
	Lead                time.Duration // how long before a half-hour to have the shards that it needs; 0: when it begins
	OperationLimit      int           // operations in a rolling 24 hours

	// Usable is the share of its nominal capacity, above 0, to 1, that a stream of so many shards can use. It
	// falls as shards are added, or stays. The utilizations are shares of that. Nil: all.
	Usable func(shards float64) float64

	// Minimum is how many shards a stream must have at some time between two, whatever its load. The plan keeps what the
	// stream has for that, where it costs less than the operations; it does not grow for it, since it is not urgent. Nil: none.
	Minimum func(from, to time.Time) int
}

// How a size is found by the share at that size. The share changes little with the size, so a few rounds are enough.
const (
	usableRounds = 6    // at most
	unchanged    = 1e-4 // a round that changes the size by no more than this part of it is the last
)

// shardsFor returns how many shards use a share of what they can take for a load.
func (c Config) shardsFor(load, utilization float64) float64 {
	shards := load / utilization
	if c.Usable == nil {
		return shards
	}
	full := shards
	for range usableRounds {
		before := shards
		if shards = full / c.Usable(before); math.Abs(shards-before) <= unchanged*shards {
			break
		}
	}
	return shards
}

// Stream is the state of a stream that a size is chosen for.
type Stream struct {
	Now        time.Time
	OpenShards int         // within the config's bounds
	Load       float64     // of the last minutes, in shards
	Urgent     bool        // the stream is full: it gets more than OpenShards, whatever is planned
	AtLeast    bool        // of an urgent stream: its load is this at least, and how much more is not known
	Jumped     bool        // its load came at once, some minutes ago, and has not risen since: it does not climb
	Refuses    bool        // it refuses records: more shards may not help
	Returns    []time.Time // when each operation of the last 24 hours stops counting against OperationLimit
}

// Reason is what asks for the most of a size.
type Reason int

// The reasons. The zero value is ForLoad.
const (
	ForLoad     Reason = iota // the load of the last minutes; also where only the bounds keep the size
	ForForecast               // what is ahead
	ForGrowth                 // growth that the operations left could not follow
)

// Size is the size that was chosen, why, and what it was chosen by.
type Size struct {
	Shards int // OpenShards: no operation now
	Reason Reason
	// Soon says that no operation is planned now, but one at the start of the next half-hour.
	Soon bool

	Forecast   Forecast
	Growth     float64 // shards that growth may need before the half-hour is over
	Operations int     // operations left; with none the plan reckons with one, which tells what it waits for
}

// Choose returns the size that is the first step of the cheapest plan for the day ahead, or the size
// that an urgent stream needs at once, if that is larger.
//
// An urgent size may be above MaxShards and more than double; all others are within the bounds and
// within what one operation reaches. Any input gives a size.
func Choose(c Config, past *Past, s Stream) Size {
	s.Load = plausible(s.Load)
	forecast := past.predict(s.Load, c.ForecastConfidence)
	p := newPlan(c, past, forecast, s)
	size := Size{Forecast: forecast, Growth: p.growth[0], Operations: max(0, c.OperationLimit-s.usedAt(s.Now))}
	size.Shards, size.Soon = p.firstStep()
	size.Reason = p.reason(size.Shards, c.shardsFor(s.Load, c.TargetUtilization))
	if s.Urgent {
		if shards, reason := p.urgent(c.shardsFor(s.Load*risingLoad, c.TargetUtilization), c.climb(past, forecast, s)); shards >= size.Shards {
			size.Shards, size.Reason = shards, reason
		}
	}
	return size
}

// newPlan says what each half-hour of the day ahead needs. A stream without an operation left is
// planned as if it had one: what it would do tells what it waits for.
func newPlan(c Config, past *Past, forecast Forecast, s Stream) *plan {
	p := &plan{open: s.OpenShards, within: bounds{c.MinShards, c.MaxShards}}
	start := s.Now.Truncate(BlockLength)
	mean, grown := 0.0, 0.0
	for i := range p.need {
		begin, end := start.Add(time.Duration(i)*BlockLength), start.Add(time.Duration(i+1)*BlockLength)
		if begin.Before(s.Now) {
			begin = s.Now
		}
		p.hours[i] = end.Sub(begin).Hours()
		p.operations[i] = max(1, min(max(c.OperationLimit, 0)-s.usedAt(begin), plannedOperations))
		expected := past.plausiblePeak(forecast.Peak[i]*forecast.Margin, s.Load)
		full := c.shardsFor(expected, 1)
		mean += full / float64(len(p.need))
		p.need[i] = full
		if c.ForecastUtilization < 1 {
			p.need[i] = c.shardsFor(expected, c.ForecastUtilization)
		}
		p.need[i] = max(1, p.need[i])
		if c.Minimum != nil {
			p.need[i] = max(p.need[i], float64(min(c.Minimum(begin, end), s.OpenShards)))
		}
		highest := max(forecast.Peak[i], forecast.Peak[min(i+1, len(p.need)-1)])
		if load := past.mayGrowTo(i, highest, c.MaxGrowth); i > 0 && load == grown { // as often as not
			p.growth[i] = p.growth[i-1]
		} else {
			p.growth[i], grown = c.shardsFor(load, c.TargetUtilization), load
		}
	}
	present, left := c.shardsFor(s.Load, c.TargetUtilization), start.Add(BlockLength).Sub(s.Now)
	p.need[0] = max(p.need[0], present)
	if left < loadLasts {
		p.need[1] = max(p.need[1], present)
	}
	p.growth[0] = max(p.growth[0], c.shardsFor(past.mayGrowTo(0, s.Load, c.MaxGrowth), c.TargetUtilization))
	p.ahead(c.Lead, left)
	p.price = scarcePrices(c.OperationPrice*max(mean, pricedPart*past.record, idleLoad)*24, min(c.OperationLimit, plannedOperations))
	return p
}

// usedAt is how many of the operations of the last 24 hours will still count at a time.
func (s *Stream) usedAt(at time.Time) int {
	used := 0
	for _, returns := range s.Returns {
		if returns.After(at) {
			used++
		}
	}
	return used
}

// reason tells what asks for the most of a planned size, where the load of the last minutes needs so
// many shards. Where nothing asks for so many, since the bounds or half of the open shards are the
// least that there is, it is the load.
func (p *plan) reason(shards int, load float64) Reason {
	switch headroom := p.headroom(0, 1); {
	case headroom > p.need[0] && headroom >= float64(shards-1):
		return ForGrowth
	case load >= float64(shards-1) || shards <= max(p.within.least, resize.Smallest(p.open)):
		return ForLoad
	}
	return ForForecast
}

// urgent is what a full stream needs whatever is planned, and why: what the load asks for, headroom
// for growth, and at least one shard more.
func (p *plan) urgent(load, climb float64) (int, Reason) {
	headroom := max(p.headroom(0, 0), climb)
	shards := max(resize.Ceil(max(load, headroom)-1e-9), p.open+1)
	if headroom > load {
		return shards, ForGrowth
	}
	return shards, ForLoad
}

// climb is how many shards a full stream needs should its load climb on for an hour as it did in the last; 0 where it does not climb.
//
//   - A load of which only the least is known has climbed already: it gets double. Less would cost one more operation, and minutes of
//     refusals.
//   - A load that jumped and stays does not climb, nor does one that was foreseen.
//   - A load that comes back to its record, or to a little more, climbs no further than that.
//   - The operations have to last to a top that nobody knows, so the last of them go as far as they may.
//
// It is never more than double.
func (c Config) climb(past *Past, f Forecast, s Stream) float64 {
	if s.AtLeast {
		return 2 * float64(s.OpenShards)
	}
	if s.Jumped || past.Known() && s.Load <= f.Peak[0]*f.Margin {
		return 0
	}
	climbed := past.climbOn(s.Load)
	if !s.Refuses && climbed > risingLoad*s.Load && c.OperationLimit-s.usedAt(s.Now) <= lastOperations {
		climbed = mostClimb * s.Load
	}
	if s.Load <= beyondRecord*past.earlierRecord() {
		climbed = min(climbed, beyondRecord*past.record)
	}
	return min(c.shardsFor(climbed, c.TargetUtilization), 2*float64(s.OpenShards))
}
