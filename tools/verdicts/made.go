package main

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Two weeks of twelve kinds of traffic, written down before anything was measured on them. No rule and no number of
// a policy or of recommend was chosen on them, so that they can judge. Whoever changes a policy because of them
// has to write others.

const (
	perDay    = 24 * 60
	fortnight = 14 * perDay
)

// made returns the traces by name.
func made() map[string]trace.Trace {
	shapes := shapes()
	traces := map[string]trace.Trace{}
	sizes := [...]float64{6, 20, 40, 90} // shards that the highest minute fills
	for i, name := range slices.Sorted(maps.Keys(shapes)) {
		random := rand.New(rand.NewPCG(uint64(i), 1000)) //nolint:gosec // it must repeat; nothing secret hangs on it
		load := make([]float64, fortnight)
		for minute, n := range noise(random, 0.07) {
			load[minute] = shapes[name](random, minute) * n
		}
		if name == "newsroom" {
			addNews(random, load)
		}
		t := trace.Trace{Start: time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC), Minutes: make([]trace.Rate, fortnight)} // a Monday
		scale := sizes[i%len(sizes)] / slices.Max(load) * scaling.RecordsPerShard
		for minute, l := range load {
			records := math.Round(l * scale)
			t.Minutes[minute] = trace.Rate{Records: records, Bytes: records * 300}
		}
		traces[name] = t
	}
	return traces
}

// shapes are loads of a minute, before noise and scale.
func shapes() map[string]func(*rand.Rand, int) float64 {
	wander := 0.0
	deploy := 0 // minutes that are left of what a deployment brings
	return map[string]func(*rand.Rand, int) float64{
		"shop":         func(_ *rand.Rand, m int) float64 { return onWeekend(m, 0.8, 1) * daily(m, 19, 6, 0.2) },
		"startup":      func(_ *rand.Rand, m int) float64 { return daily(m, 18, 6, 0.25) * math.Pow(1.03, float64(m)/perDay) },
		"worldwide":    func(_ *rand.Rand, m int) float64 { return daily(m, 14, 8, 0.7) },
		"newsroom":     func(_ *rand.Rand, m int) float64 { return 0.1 * daily(m, 12, 7, 0.4) },
		"office":       func(_ *rand.Rand, m int) float64 { return onWeekend(m, 0.05, daily(m, 13, 4, 0.05)) },
		"weekends":     func(_ *rand.Rand, m int) float64 { return 0.2 + onWeekend(m, 0.8*daily(m, 17, 2.5, 0), 0) },
		"hourly_batch": func(_ *rand.Rand, m int) float64 { return daily(m, 14, 7, 0.5) * either(m%60 < 10, 1, 0.2) },
		"iot_upload":   func(_ *rand.Rand, m int) float64 { return either(m%perDay >= 120 && m%perDay < 240, 1, 0.3) },
		"migration":    func(_ *rand.Rand, m int) float64 { return daily(m, 17, 6, 0.3) * either(m < 9*perDay, 1, 0.5) },
		"gaming": func(_ *rand.Rand, m int) float64 {
			return daily(m, 21, 4, 0.3) * onWeekend(m, 1.3, 1) * either(m/perDay == 10, 1.5, 1) // the day of a release
		},
		"deploys": func(random *rand.Rand, m int) float64 {
			if deploy--; deploy < 0 && m%perDay >= 540 && m%perDay < 1080 && random.IntN(180) == 0 {
				deploy = 10
			}
			return daily(m, 15, 6, 0.4) * either(deploy > 0, 2, 1)
		},
		"wander": func(random *rand.Rand, _ int) float64 {
			wander = 0.9997*wander + 0.02*random.NormFloat64()
			return math.Exp(0.6 * wander)
		},
	}
}

// daily is a bump around an hour of the day, from low to 1.
func daily(minute int, hour, width, low float64) float64 {
	away := math.Abs(float64(minute%perDay)/60 - hour)
	away = min(away, 24-away) / width
	return low + (1-low)*math.Exp(-away*away)
}

func onWeekend(minute int, weekend, weekday float64) float64 {
	return either(minute/perDay%7 >= 5, weekend, weekday)
}

func either(is bool, yes, no float64) float64 {
	if is {
		return yes
	}
	return no
}

// noise are factors of mean 1, of which those of minutes close together are alike.
func noise(random *rand.Rand, deviation float64) []float64 {
	const alike = 0.95
	x, factors := 0.0, make([]float64, fortnight)
	for i := range factors {
		x = alike*x + math.Sqrt(1-alike*alike)*random.NormFloat64()
		factors[i] = math.Exp(deviation*x + deviation/3*random.NormFloat64() - deviation*deviation/2)
	}
	return factors
}

// addNews adds what comes suddenly, and dies away in some hours: most of it small, some of it many times the base.
func addNews(random *rand.Rand, load []float64) {
	for at := 0; at < len(load); at += 1 + int(900*random.ExpFloat64()) {
		height := min(1, 0.1*math.Pow(1-random.Float64(), -1/1.3))
		for k := 0; k < 240 && at+k < len(load); k++ {
			load[at+k] += height * math.Exp(-float64(k)/40)
		}
	}
}
