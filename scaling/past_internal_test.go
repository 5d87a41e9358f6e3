package scaling

// The digest of past days, held against numbers that were worked out by hand.

import (
	"math"
	"slices"
	"testing"
	"time"
)

// pastNoon is the end of what is seen, at the start of a block; a Monday.
func pastNoon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// seenAt is one sample of a load in shards some time before noon.
func seenAt(ago time.Duration, load float64) Sample {
	return Sample{At: pastNoon().Add(-ago), Bytes: load * BytesPerShard}
}

// seenDays is one sample for each minute of some days until noon.
func seenDays(days int, load func(at time.Time) float64) []Sample {
	var samples []Sample
	for at := pastNoon().AddDate(0, 0, -days); at.Before(pastNoon()); at = at.Add(time.Minute) {
		samples = append(samples, Sample{At: at, Bytes: load(at) * BytesPerShard})
	}
	return samples
}

// workday is a load of 8 from 08:00 until 20:00, else 2.
func workday(at time.Time) float64 {
	if at.Hour() >= 8 && at.Hour() < 20 {
		return 8
	}
	return 2
}

func near(got, want float64) bool { return math.Abs(got-want) < 1e-9 }

func TestSampleLoad(t *testing.T) {
	const shard = BytesPerShard
	for _, c := range []struct {
		name   string
		sample Sample
		want   float64
	}{
		{"nothing", Sample{}, 0},
		{"bytes bind", Sample{Bytes: 3 * shard, Records: 1000}, 3},
		{"records bind", Sample{Bytes: shard, Records: 2500}, 2.5},
		{"half as many were refused", Sample{Bytes: 2 * shard, Records: 1000, Throttled: 500}, 3},
		{"many more were refused", Sample{Bytes: 2 * shard, Records: 1000, Throttled: 50_000}, 4},
		{"all were refused", Sample{Throttled: 500}, 0},
		{"negative", Sample{Bytes: -shard, Records: -7, Throttled: -1}, 0},
		{"no numbers", Sample{Bytes: math.NaN(), Records: math.NaN(), Throttled: math.NaN()}, 0},
		{"beyond reckoning", Sample{Bytes: math.Inf(1)}, maxRate / shard},
		{"endless refusals", Sample{Records: 1000, Throttled: math.Inf(1)}, 2},
	} {
		if got := c.sample.load(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDigest(t *testing.T) {
	end := pastNoon().Add(10 * time.Minute) // the unfinished block is that of noon
	h := digest(end, []Sample{
		seenAt(PastNeeded-30*time.Minute+1, 9), // a moment too early for the first block
		seenAt(PastNeeded-30*time.Minute, 1),   // the start of the first block
		seenAt(30*time.Minute, 4),              // the block before noon, from its first minute
		seenAt(time.Minute, 6),                 // to its last
		seenAt(0, 5),
		seenAt(-30*time.Minute, 7), // a block that has not begun
	})
	const now = keptBlocks - 1
	if h.first != 0 {
		t.Errorf("first block %d, want 0", h.first)
	}
	for block, want := range map[int]struct{ peak, sum float64 }{0: {1, 1}, 1: {0, 0}, now - 1: {6, 10}, now: {5, 5}} {
		if h.peak[block] != want.peak || h.sum[block] != want.sum {
			t.Errorf("block %d: peak %v, sum %v, want %v", block, h.peak[block], h.sum[block], want)
		}
	}
	if none := digest(end, nil); none.first != keptBlocks || len(none.ahead) != 0 {
		t.Errorf("of no samples: first %d, ahead %v", none.first, none.ahead)
	}
}

func TestPeakSince(t *testing.T) {
	h := digest(pastNoon(), []Sample{seenAt(9*time.Minute, 7), seenAt(5*time.Minute, 3), seenAt(2*time.Minute, 2)})
	for _, c := range []struct {
		ago  time.Duration
		want float64
	}{{time.Hour, 7}, {9 * time.Minute, 7}, {9*time.Minute - 1, 3}, {2 * time.Minute, 2}, {2*time.Minute - 1, 0}, {-time.Hour, 0}} {
		if got := h.peakSince(pastNoon().Add(-c.ago)); got != c.want {
			t.Errorf("since %v ago: got %v, want %v", c.ago, got, c.want)
		}
	}
}

func TestRestOfBlock(t *testing.T) {
	h := digest(pastNoon(), []Sample{seenAt(61*time.Minute, 9), seenAt(50*time.Minute, 4), seenAt(31*time.Minute, 3), seenAt(30*time.Minute, 8)})
	for _, c := range []struct {
		ago  time.Duration
		want float64
	}{
		{60 * time.Minute, 4}, // from 11:00 until 11:30
		{50 * time.Minute, 4},
		{49 * time.Minute, 3},
		{31 * time.Minute, 3},
		{31*time.Minute - 1, 0},
		{30 * time.Minute, 8}, // from 11:30 on
		{-time.Hour, 0},
	} {
		if got := h.restOfBlock(pastNoon().Add(-c.ago)); got != c.want {
			t.Errorf("from %v ago: got %v, want %v", c.ago, got, c.want)
		}
	}
}

// Growth is the highest peak over the mean of its block or of one of the two before it.
func TestGrowth(t *testing.T) {
	burst := func(at time.Time, high, low float64) float64 { // one minute of every day
		if at.Hour() == 18 && at.Minute() == 7 {
			return high
		}
		return low
	}
	first := pastNoon().AddDate(0, 0, -2)
	for _, c := range []struct {
		name    string
		samples []Sample
		most    float64
		want    float64
	}{
		{"no samples are no knowledge", nil, 1000, newGrowth},
		{"less than a day is none", seenDays(1, func(time.Time) float64 { return 2 })[30:], 1000, newGrowth},
		{"unknown growth has a bound too", nil, 2.5, 2.5},
		{"a flat line", seenDays(2, func(time.Time) float64 { return 2 }), 32, 1},
		{"nothing at all", seenDays(2, func(time.Time) float64 { return 0 }), 32, 1},
		// The mean of all days is (12*8 + 12*2)/24 = 5; the night's 2 would say 4.
		{"a morning counts from the days' mean", seenDays(2, workday), 32, 1.6},
		// One minute of 16 in a day of 2: the mean is (1439*2 + 16)/1440.
		{"a burst", seenDays(2, func(at time.Time) float64 { return burst(at, 16, 2) }), 32, 16 * 1440 / 2894.0},
		{"a burst beyond the most", seenDays(2, func(at time.Time) float64 { return burst(at, 16, 2) }), 5, 5},
		// The mean is below 0.4 of a shard, where growth is no sign.
		{"a burst of an idle stream", seenDays(2, func(at time.Time) float64 { return burst(at, 0.8, 0.01) }), 32, 2},
		// 4 for a day, 12 for half an hour of the next: 12 against 4 1/6, the mean of both days.
		{
			"within an hour and a half", seenDays(2, func(at time.Time) float64 {
				if since := at.Sub(first); since >= 30*time.Hour && since < 30*time.Hour+30*time.Minute {
					return 12
				}
				return 4
			}), 32, 12 / (4 + 8.0/96),
		},
		// From 2 to 8, and hours later from 8 to 16: never more than 4-fold at a time.
		{"by steps", seenDays(2, steps(first)), 32, 4},
	} {
		h := digest(pastNoon(), c.samples)
		if got := h.growth(c.most); !near(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		if got, again := h.growth(1), h.growth(c.most); got != 1 || !near(again, c.want) {
			t.Errorf("%s: asked with another most, %v and then %v", c.name, got, again)
		}
	}
}

// Growth leads from the load, and no further than half above the record of the past days.
func TestReach(t *testing.T) {
	known := seenDays(2, func(at time.Time) float64 {
		if at.Hour() == 18 && at.Minute() == 7 {
			return 16
		}
		return 2
	})
	for _, c := range []struct {
		name         string
		samples      []Sample
		load, growth float64
		want         float64
	}{
		{"within the record", known, 2, 8, 16},
		{"beyond the record", known, 10, 8, 24},
		{"above it already", known, 30, 8, 30},
		{"from next to nothing", known, 0.1, 5, 2},
		{"with no day known", known[len(known)-60:], 10, 8, 80},
		{"with nothing known", nil, 10, 8, 80},
	} {
		if got := digest(pastNoon(), c.samples).reach(c.load, c.growth); !near(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// steps is 0.5 but for some hours of the second day: 2 for two, 8 for two, 16 for half of one. The
// mean of both days is (43.5*0.5 + 2*2 + 2*8 + 0.5*16)/48, just above 1.
func steps(first time.Time) func(time.Time) float64 {
	return func(at time.Time) float64 {
		switch since := at.Sub(first).Hours() - 30; {
		case since >= 0 && since < 2:
			return 2
		case since >= 2 && since < 4:
			return 8
		case since >= 4 && since < 4.5:
			return 16
		}
		return 0.5
	}
}

func TestCompare(t *testing.T) {
	const now, then = keptBlocks - 1, keptBlocks - 1 - blocksPerDay
	fill := func(h *past, block int, loads ...float64) {
		for i := range alikeBlocks {
			h.peak[block-alikeBlocks+i] = loads[i%len(loads)]
		}
	}
	for _, c := range []struct {
		name            string
		today, past     []float64
		scale, distance float64
	}{
		{"the same", []float64{2, 4}, []float64{2, 4}, 1, 0},
		{"a quarter more", []float64{2.5, 5}, []float64{2, 4}, 1.25, 0},
		{"twice as much is scaled by half", []float64{4}, []float64{2}, 1.5, 12 * (4 - 3)},
		{"half as much is scaled by a third", []float64{2}, []float64{4}, 1 / 1.5, 12 * (4/1.5 - 2)},
		{"another shape", []float64{1, 3}, []float64{3, 1}, 1, 12 * 2},
		{"today nothing", []float64{0}, []float64{3}, 1 / 1.5, 12 * 2},
		{"then nothing", []float64{3}, []float64{0}, 1, 12 * 3},
		{"never anything", []float64{0}, []float64{0}, 1, 0},
	} {
		h := &past{}
		fill(h, now, c.today...)
		fill(h, then, c.past...)
		h.peak[now], h.peak[then] = 99, 77 // what the unfinished block shows does not count
		if scale, distance := h.compare(now, then); !near(scale, c.scale) || !near(distance, c.distance) {
			t.Errorf("%s: got scale %v, distance %v, want %v, %v", c.name, scale, distance, c.scale, c.distance)
		}
	}
}

// The forecast follows past days like today. The later hours of a day ahead are those of today
// itself, so only eighteen are told here.
func TestForecast(t *testing.T) {
	const told = 36
	flat := func(load float64) []float64 { return slices.Repeat([]float64{load}, told) }
	from := func(ahead []float64, hours int, loads ...float64) []float64 { // from some hours after noon on
		ahead = slices.Clone(ahead)
		copy(ahead[2*hours:], loads)
		return ahead
	}
	evening := func(day, night float64) []float64 { return from(flat(night), 0, flat(day)[:16]...) }
	daysAgo := func(at time.Time) int { return pastNoon().Day() - at.Day() } // all in November
	for _, c := range []struct {
		name    string
		samples []Sample
		want    []float64
	}{
		{"no samples", nil, nil},
		{"a day, but not the hours before it", seenDays(1, workday), nil},
		{"a flat line", seenDays(3, func(time.Time) float64 { return 3 }), flat(3)},
		{"days like today", seenDays(3, workday), evening(8, 2)},
		{"today a quarter higher", seenDays(3, func(at time.Time) float64 {
			if pastNoon().Sub(at) <= 6*time.Hour {
				return 1.25 * workday(at)
			}
			return workday(at)
		}), evening(10, 2.5)},
		{"the highest of three days alike", seenDays(4, func(at time.Time) float64 {
			switch {
			case at.Hour() == 15 && daysAgo(at) == 2:
				return 30
			case at.Hour() == 22 && daysAgo(at) == 3:
				return 20
			}
			return 3
		}), from(from(flat(3), 3, 30, 30), 10, 20, 20)},
		{"a weekday follows weekdays", seenDays(8, weekly(time.Saturday, time.Sunday)), evening(8, 2)},
		{"a day off follows days off", seenDays(8, weekly(time.Saturday, time.Sunday, time.Monday)), flat(2)},
	} {
		got := digest(pastNoon(), c.samples).ahead
		if want := min(len(c.want), 1) * blocksPerDay; len(got) != want {
			t.Errorf("%s: %d blocks, want %d", c.name, len(got), want)
		} else if !slices.EqualFunc(got[:len(c.want)], c.want, near) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// Of the block that is not over only what is still to come counts.
func TestForecastOfTheUnfinishedBlock(t *testing.T) {
	samples := seenDays(3, func(at time.Time) float64 {
		if at.Hour() == 11 && at.Minute() == 35 {
			return 9
		}
		return 3
	})
	for _, c := range []struct {
		minutes int // past 11:30
		want    float64
	}{{0, 9}, {5, 9}, {6, 3}, {29, 3}} {
		end := pastNoon().Add(time.Duration(c.minutes-30) * time.Minute)
		i, _ := slices.BinarySearchFunc(samples, end, func(s Sample, at time.Time) int { return s.At.Compare(at) })
		if got := digest(end, samples[:i]).forecastPeak(0); !near(got, c.want) {
			t.Errorf("%d minutes into the block: got %v, want %v", c.minutes, got, c.want)
		}
	}
}

func TestForecastPeak(t *testing.T) {
	end := pastNoon().Add(20 * time.Minute)
	h := &past{end: end, ahead: []float64{3, 2, 5, 4, 9}}
	for _, c := range []struct {
		ahead time.Duration
		want  float64
	}{
		{0, 3},
		{9 * time.Minute, 3},
		{10 * time.Minute, 3}, // reaches the block of 12:30
		{39 * time.Minute, 3},
		{40 * time.Minute, 5}, // and that of 13:00
		{time.Hour, 5},
		{2 * time.Hour, 9},
		{240 * time.Hour, 9},
		{-time.Hour, 0},
	} {
		if got := h.forecastPeak(c.ahead); got != c.want {
			t.Errorf("%v ahead: got %v, want %v", c.ahead, got, c.want)
		}
	}
	if got := (&past{end: end}).forecastPeak(time.Hour); got != 0 {
		t.Errorf("without a forecast: got %v", got)
	}
}

// weekly is a workday, but a flat 2 on the days off.
func weekly(off ...time.Weekday) func(time.Time) float64 {
	return func(at time.Time) float64 {
		if slices.Contains(off, at.Weekday()) {
			return 2
		}
		return workday(at)
	}
}
