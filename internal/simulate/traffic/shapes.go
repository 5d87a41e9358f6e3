package traffic

// The shapes of the kinds: a positive number for each minute, of any scale.

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

const (
	hour = 60
	day  = 24 * hour
)

// minutes are those of a shape; after the context's end no more.
func minutes(ctx context.Context, shape []float64) iter.Seq[int] {
	return func(yield func(int) bool) {
		for m := range shape {
			if m%day == 0 && ctx.Err() != nil || !yield(m) {
				return
			}
		}
	}
}

// drift is noise that changes slowly: a factor around 1 that remembers where it was.
type drift struct {
	random       *rand.Rand
	step, memory float64
	at           float64
}

func (d *drift) next() float64 {
	d.at = d.memory*d.at + d.step*d.random.NormFloat64()
	return math.Exp(d.at)
}

// curve is a day's share of its noon, between low and 1.
func curve(minuteOfDay int, low float64) float64 {
	noon := (1 - math.Cos(2*math.Pi*float64(minuteOfDay)/day)) / 2
	return low + (1-low)*math.Pow(noon, 1.3)
}

// weekend is what Saturdays and Sundays have of other days.
func weekend(at time.Time) float64 {
	if d := at.Weekday(); d == time.Saturday || d == time.Sunday {
		return 0.65
	}
	return 1
}

func days(ctx context.Context, start time.Time, n int, random *rand.Rand) []float64 {
	shape := make([]float64, n*day)
	slow, fast := drift{random: random, step: 0.004, memory: 0.998}, drift{random: random, step: 0.015, memory: 0.5}
	week := 1.0
	for m := range minutes(ctx, shape) {
		at := start.Add(time.Duration(m) * time.Minute)
		week += (weekend(at) - week) / (3 * hour) // a weekend comes by and by
		shape[m] = week * curve(at.Hour()*hour+at.Minute(), 0.25) * slow.next() * fast.next()
	}
	return shape
}

// batches lets a job start every 50 minutes on average.
func batches(ctx context.Context, n int, random *rand.Rand) []float64 {
	shape := make([]float64, n*day)
	noise := drift{random: random, step: 0.1, memory: 0.8}
	for m := range minutes(ctx, shape) {
		shape[m] += 0.3 * noise.next()
		if random.Float64() > 1.0/50 {
			continue
		}
		size, length := math.Exp(0.8*random.NormFloat64()), 5+int(40*random.ExpFloat64())
		for i := m; i < min(m+length, len(shape)); i++ {
			shape[i] += size * (0.9 + 0.2*random.Float64())
		}
	}
	return shape
}

// news has a burst every two days on average, that comes within five minutes and fades over an
// hour or two.
func news(ctx context.Context, start time.Time, n int, random *rand.Rand) []float64 {
	shape := make([]float64, n*day)
	noise := drift{random: random, step: 0.06, memory: 0.9}
	burst, fade := 0.0, 1.0
	rising := 0
	for m := range minutes(ctx, shape) {
		if random.Float64() < 1.0/(2*day) || m == 9*hour+30 && n == 1 {
			burst, fade, rising = 4+12*random.ExpFloat64(), 30+60*random.Float64(), 5
		}
		share := 1.0
		if rising > 0 {
			share = 1 - float64(rising)/6
			rising--
		} else {
			burst *= math.Exp(-1 / fade)
		}
		at := start.Add(time.Duration(m) * time.Minute)
		shape[m] = (curve(at.Hour()*hour+at.Minute(), 0.3) + burst*share) * noise.next()
	}
	return shape
}

// hourly has ten busy minutes at each full hour, and half an hour of twice that at 2 o'clock.
func hourly(ctx context.Context, start time.Time, n int, random *rand.Rand) []float64 {
	shape := make([]float64, n*day)
	noise := drift{random: random, step: 0.05, memory: 0.7}
	size := 1.0
	for m := range minutes(ctx, shape) {
		at := start.Add(time.Duration(m) * time.Minute)
		if at.Minute() == 0 {
			size = 0.7 + 0.3*random.Float64()
		}
		level := 0.08
		switch {
		case at.Hour() == 2 && at.Minute() < 30:
			level = 2 * size
		case at.Minute() < 10:
			level = size
		}
		shape[m] = level * noise.next()
	}
	return shape
}

// squares switches between a high and a low level every one to six hours.
func squares(ctx context.Context, n int, random *rand.Rand) []float64 {
	shape := make([]float64, n*day)
	noise := drift{random: random, step: 0.02, memory: 0.5}
	level, left := 0.1, 0
	for m := range minutes(ctx, shape) {
		if left == 0 {
			left = hour + random.IntN(5*hour)
			if level > 0.2 {
				level = 0.05 + 0.1*random.Float64()
			} else {
				level = 0.6 + 0.4*random.Float64()
			}
		}
		left--
		shape[m] = level * noise.next()
	}
	return shape
}

// flashes has one flash every eight hours on average, of two to twenty minutes.
func flashes(ctx context.Context, n int, random *rand.Rand) []float64 {
	shape := make([]float64, n*day)
	noise := drift{random: random, step: 0.3, memory: 0.6}
	size, left := 0.0, 0
	for m := range minutes(ctx, shape) {
		if random.Float64() < 1.0/(8*hour) || m == 11*hour {
			size, left = 0.3+0.7*random.Float64(), 2+random.IntN(19)
		}
		level := 0.01
		if left > 0 {
			level += size
			left--
		}
		shape[m] = level * noise.next()
	}
	return shape
}
