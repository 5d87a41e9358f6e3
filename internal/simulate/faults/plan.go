// Package faults puts the real use cases through days in which much goes wrong, and holds them to
// what Shardkeeper promises. A seed decides everything: the streams, their traffic and settings,
// what people do to them, and what happens to each call and each message. So a failure repeats,
// and can be shrunk to the few faults that it takes.
//
// A run has two phases. In the first, hours or days long, everything may fail. In the second, of
// health, all that is unfinished must find its end.
//
// What is promised is in promises.go, and in the file that checks it: auditor.go keeps the books that
// all checks look into, claims.go, decisions.go, calls.go and outbox.go hold each step to them, and
// health.go the phase of health. What goes wrong is drawn in weather.go, odd.go, clocks.go,
// outages.go and older.go; what people do in operator.go, hands.go, strangers.go, pauses.go and
// restore.go.
package faults

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Plan is what a seed decides before anything happens.
type Plan struct {
	Seed    uint64
	Streams []simulate.StreamSpec
	Rules   ledger.Rules
	Numbers simulate.Numbers
	Trouble int // minutes in which things go wrong
	Health  int // minutes after that
	Actions []Action

	skew   time.Duration // clocks are up to this far ahead or behind
	outage outage
	quota  int // minutes that the quotas need to repair all streams
}

// healthMinutes is longer than what a lost event of a tag needs: a sweep each hour, and then ten
// minutes for what it found.
const healthMinutes = 95

// tellsTags is how many minutes late the tagging service is at most.
const tellsTags = 10

// NewPlan returns the plan of a seed.
func NewPlan(seed uint64) Plan {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // it must repeat; nothing secret hangs on it
	trouble := 120 + r.IntN(480)
	if r.IntN(6) == 0 {
		trouble = 25*60 + r.IntN(300) // long enough for slots to come free again
	}
	return newPlan(r, seed, trouble)
}

// NewLong returns the plan of a seed for some days, in which as much is done to the streams on each as in a whole short one.
func NewLong(seed uint64, days int) Plan {
	return newPlan(rand.New(rand.NewPCG(seed, 3)), seed, days*24*60) //nolint:gosec // it must repeat; nothing secret hangs on it
}

func newPlan(r *rand.Rand, seed uint64, trouble int) Plan {
	p := Plan{Seed: seed, Numbers: simulate.DefaultNumbers(), Trouble: trouble, Health: healthMinutes}
	if r.IntN(2) == 0 {
		p.skew = []time.Duration{4 * time.Second, 28 * time.Second}[p.drawn("clocks").IntN(2)]
	}
	p.Rules.EnrollAll = r.IntN(10) == 0
	p.Numbers.ScalerConcurrency = 2 + r.IntN(9)
	p.Numbers.EnrollerConcurrency = p.Numbers.ScalerConcurrency
	p.Numbers.ReshardMinutes = 1 + r.IntN(3)
	p.Numbers.ListPage = 1 + r.IntN(3)
	late := p.drawn("tagging service")
	p.Numbers.TagPage, p.Numbers.TaggingDelay = 1+late.IntN(3), time.Duration(late.IntN(tellsTags+1))*time.Minute
	p.Numbers.AlarmReturns = time.Duration(p.drawn("alarm").IntN(60)) * time.Second
	shards := 0
	for i := range 1 + r.IntN(5) {
		spec := streamSpec(r, "stream-"+strconv.Itoa(i))
		spec.Spread = p.hotKey(spec.Name)
		p.Streams = append(p.Streams, spec)
		shards += spec.Shards
	}
	if r.IntN(6) == 0 {
		p.Numbers.ShardLimit = shards + 1 + r.IntN(shards+4)
	}
	if r.IntN(8) == 0 {
		p.Numbers.Concurrency = scaling.UnreservedConcurrency + 1 + r.IntN(20)
	}
	p.outage = p.drawOutage()
	p.Actions = actions(r, p)
	return p
}

// NewFleet returns the plan of a seed for many streams: an hour of trouble for all of them at once. In
// the phase of health everything may take as long as the quotas need: the alarms of all streams, two
// PutMetricAlarm and two SetAlarmState each at 2.5 a second, and their tags, three a second.
func NewFleet(seed uint64, streams int) Plan {
	r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // it must repeat; nothing secret hangs on it
	p := Plan{Seed: seed, Numbers: simulate.DefaultNumbers(), Trouble: 60, skew: 4 * time.Second}
	p.Numbers.ShardLimit = 100 * streams
	p.quota = 2*streams/60 + 1
	p.Health = healthMinutes + 2*p.quota
	for i := range streams {
		p.Streams = append(p.Streams, streamSpec(r, fmt.Sprintf("stream-%04d", i)))
	}
	p.Actions = actions(r, p)
	return p
}

// streamSpec draws a stream that exists already.
func streamSpec(r *rand.Rand, name string) simulate.StreamSpec {
	spec := simulate.StreamSpec{
		Name: name, Shards: 1 + r.IntN(12), Tags: tags(r), Load: load(r),
		Age: time.Duration(1+r.IntN(30)) * time.Hour, OnDemand: r.IntN(15) == 0,
	}
	if r.IntN(3) == 0 {
		spec.Consumer = simulate.Consumer{Polls: true, Function: name + "-reader"}
		spec.Tags["shardkeeper:consumer"] = name + "-reader"
		spec.Tags["shardkeeper:consumer-concurrency-per-shard"] = strconv.Itoa(1 + r.IntN(3))
		if r.IntN(2) == 0 {
			spec.Consumer.RecordsPerSecond = 900
		}
	}
	return spec
}

// tags draws the tags of an enrolled stream. Some draws contradict each other, since in life
// some settings cannot be used.
func tags(r *rand.Rand) map[string]string {
	t := map[string]string{scaling.ModeTag: string(scaling.ModeEnabled)}
	if r.IntN(12) == 0 {
		t[scaling.ModeTag] = string(scaling.ModeDryRun)
	}
	if r.IntN(3) == 0 {
		t["shardkeeper:policy"] = string(scaling.TargetTracking)
	}
	set := func(oneIn int, key string, value int) {
		if r.IntN(oneIn) == 0 {
			t["shardkeeper:"+key] = strconv.Itoa(value)
		}
	}
	set(3, "max-shards", 3+r.IntN(30))
	set(4, "min-shards", 1+r.IntN(3))
	set(3, "operation-limit", 2+r.IntN(4))
	set(2, "scale-up-reserve", r.IntN(2))
	set(3, "scale-down-cooldown-minutes", r.IntN(30))
	set(5, "scale-up-cooldown-minutes", r.IntN(15))
	return t
}

// overrides draws what an operator sets by hand, mistakes included.
func overrides(r *rand.Rand) scaling.Layer {
	o := scaling.Layer{}
	switch r.IntN(6) {
	case 0:
		o["max-shards"] = "many"
	case 1:
		o["min-shards"] = strconv.Itoa(1 + r.IntN(10))
	case 2:
		o["max-shards"] = strconv.Itoa(1 + r.IntN(20))
	case 3:
		o["operation-limit"] = strconv.Itoa(1 + r.IntN(10))
	case 4:
		o["mode"] = string(scaling.ModeDryRun)
	}
	return o
}

// load draws the traffic of a stream, in shards that it fills, by minute.
func load(r *rand.Rand) simulate.Load {
	low, high := r.Float64()*3, 1+r.Float64()*15
	period := 60 + r.IntN(300)
	step := 30 + r.IntN(90)
	shards := []func(minute int) float64{
		func(int) float64 { return high },
		func(int) float64 { return low },
		func(int) float64 { return 0 },
		func(minute int) float64 {
			return low + high*(1-math.Cos(2*math.Pi*float64(minute)/float64(period)))/2
		},
		func(minute int) float64 { // low and high in turn
			if (minute/step)%2 == 0 {
				return low
			}
			return high
		},
		func(minute int) float64 { return low + high*float64(max(minute, 0))/600 },
		func(minute int) float64 { // a spike now and then
			if minute%period < 12 {
				return 3 * high
			}
			return low
		},
	}[r.IntN(7)]
	return func(minute int) trace.Rate {
		s := shards(minute)
		return trace.Rate{Records: s * 1000, Bytes: s * 600_000}
	}
}

// drawn returns a random source that depends on the seed and on what is drawn for, and on nothing that
// happened before: a fault that is left out changes no other.
func (p Plan) drawn(about string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(about))
	return rand.New(rand.NewPCG(p.Seed, h.Sum64())) //nolint:gosec // it must repeat; nothing secret hangs on it
}

// String describes the plan for people.
func (p Plan) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "seed %d: %d minutes of trouble, %d of health; enroll all %t, clocks ±%s, %d scalers, account of %d shards\n",
		p.Seed, p.Trouble, p.Health, p.Rules.EnrollAll, p.skew, p.Numbers.ScalerConcurrency, p.Numbers.ShardLimit)
	for _, s := range p.Streams {
		fmt.Fprintf(&text, "  %s: %d shards, on-demand %t", s.Name, s.Shards, s.OnDemand)
		for _, key := range slices.Sorted(maps.Keys(s.Tags)) {
			text.WriteString(", " + key + "=" + s.Tags[key])
		}
		text.WriteString("\n")
	}
	return text.String()
}
