package planner

// The past, held against numbers that were worked out by hand.

import (
	"math"
	"testing"
	"time"
)

// pastNoon is the end of what is seen, at the start of a block; a Monday.
func pastNoon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// minute is the load of one.
type minute struct {
	at   time.Time
	load float64
}

// pastOf is the past until a moment in which these minutes were seen.
func pastOf(end time.Time, minutes []minute) *Past {
	p := NewPast(end)
	for _, m := range minutes {
		p.Add(m.at, m.load)
	}
	return p
}

// seenAt is one minute's load in shards some time before noon.
func seenAt(ago time.Duration, load float64) minute { return minute{pastNoon().Add(-ago), load} }

// seenDays is each minute of some days until noon.
func seenDays(days int, load func(at time.Time) float64) []minute {
	var minutes []minute
	for at := pastNoon().AddDate(0, 0, -days); at.Before(pastNoon()); at = at.Add(time.Minute) {
		minutes = append(minutes, minute{at, load(at)})
	}
	return minutes
}

// workday is a load of 8 from 08:00 until 20:00, else 2.
func workday(at time.Time) float64 {
	if at.Hour() >= 8 && at.Hour() < 20 {
		return 8
	}
	return 2
}

func near(got, want float64) bool { return math.Abs(got-want) < 1e-9 }

func TestPast(t *testing.T) {
	end := pastNoon().Add(10 * time.Minute) // the unfinished block is that of noon
	samples := []minute{
		seenAt(0, 8),                       // in no order
		seenAt(Needed-30*time.Minute+1, 9), // a moment too early for the first block
		seenAt(time.Minute, 6),             // the block before noon, to its last minute
		seenAt(Needed-30*time.Minute, 1),   // the start of the first block
		seenAt(-30*time.Minute, 7),         // a block that has not begun
		seenAt(30*time.Minute, 4),          // the block before noon, from its first minute
	}
	h := pastOf(end, samples)
	if h.first != 0 || !h.end.Equal(end) {
		t.Errorf("first block %d, end %v", h.first, h.end)
	}
	for block, want := range map[int]struct{ peak, sum float64 }{0: {1, 1}, 1: {0, 0}, thisBlock - 1: {6, 10}, thisBlock: {8, 8}} {
		if h.peak[block] != want.peak || h.sum[block] != want.sum {
			t.Errorf("block %d: peak %v, sum %v, want %v", block, h.peak[block], h.sum[block], want)
		}
	}
	if h.record != 8 || !near(h.growthFactor(), 6/0.4) { // all but idle until the 6
		t.Errorf("record %v, growth %v", h.record, h.growthFactor())
	}
	if none := pastOf(end, nil); none.first != keptBlocks || none.record != 0 || none.growthFactor() != 4 {
		t.Errorf("of no samples: first %d, record %v, growth %v", none.first, none.record, none.growthFactor())
	}
}

func TestKnown(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []minute
		want    bool
	}{
		{"no samples", nil, false},
		{"a day", []minute{seenAt(24*time.Hour, 1)}, true},
		{"the end of the block a day ago", []minute{seenAt(24*time.Hour-29*time.Minute, 1)}, true},
		{"a block less", []minute{seenAt(24*time.Hour-30*time.Minute, 1)}, false},
	} {
		if got := pastOf(pastNoon(), c.samples).Known(); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// Growth is the highest peak over the mean of its block or of one of the two before it.
func TestGrowth(t *testing.T) {
	flat := func(time.Time) float64 { return 2 }
	burst := func(high, low float64) func(time.Time) float64 { // one minute of every day
		return func(at time.Time) float64 {
			if at.Hour() == 10 && at.Minute() == 7 {
				return high
			}
			return low
		}
	}
	for _, c := range []struct {
		name    string
		samples []minute
		want    float64
	}{
		{"no samples are no knowledge", nil, 4},
		{"less than a day is little", seenDays(1, flat)[30:], 4},
		{"a day is enough", seenDays(1, flat), 1},
		// One minute of 32 in half a day of 2: the mean is (719*2 + 32)/720.
		{"less than a day with more growth", seenDays(1, burst(32, 2))[720:], 32 * 720 / 1470.0},
		{"a flat line", seenDays(2, flat), 1},
		{"nothing at all", seenDays(2, func(time.Time) float64 { return 0 }), 1},
		// The mean of all days is (12*8 + 12*2)/24 = 5; the night's 2 would say 4.
		{"a morning counts from the days' mean", seenDays(2, workday), 1.6},
		// One minute of 16 in a day of 2: the mean is (1439*2 + 16)/1440.
		{"a burst", seenDays(2, burst(16, 2)), 16 * 1440 / 2894.0},
		// The mean is below 0.4 of a shard, where growth is no sign.
		{"a burst of an idle stream", seenDays(2, burst(0.8, 0.01)), 2},
		{"a burst in the block that is not over", append(seenDays(2, burst(16, 2)), seenAt(0, 90)), 16 * 1440 / 2894.0},
		{"a burst more than eight days ago", seenDays(9, func(at time.Time) float64 {
			if at.Day() == 15 && at.Hour() == 11 {
				return 90
			}
			return 2
		}), 1},
		// From 2 over 5 to 8 is 4-factor, from 5 to 16 less; 16 comes too late after 2.
		{"within an hour and a half", seenDays(2, steps), 4},
	} {
		h := pastOf(pastNoon(), c.samples)
		if got := h.measureGrowth(); !near(got, c.want) || h.growthFactor() != got {
			t.Errorf("%s: got %v, kept %v, want %v", c.name, got, h.growth, c.want)
		}
	}
}

// steps is 0.5 but for some hours of a Sunday: 2 for one, then 5, 8 and 16 for half of one each.
// The mean of two days is (45.5*0.5 + 2 + 14.5)/48, below 1.
func steps(at time.Time) float64 {
	if at.Weekday() != time.Sunday || at.Hour() < 18 {
		return 0.5
	}
	switch since := (at.Hour()-18)*60 + at.Minute(); {
	case since < 60:
		return 2
	case since < 90:
		return 5
	case since < 120:
		return 8
	case since < 150:
		return 16
	}
	return 0.5
}

func TestGrowthIsBounded(t *testing.T) {
	for _, c := range []struct{ factor, most, want float64 }{
		{1, 32, 1},
		{6, 32, 6},
		{6, 5, 5},
		{6, 1, 1},
		{6, 0.5, 1},
	} {
		if got := (&Past{growth: c.factor}).growthUpTo(c.most); got != c.want {
			t.Errorf("%v-factor, at most %v: got %v, want %v", c.factor, c.most, got, c.want)
		}
	}
}

// Growth leads from the load, and so far above the record of the past days as growth has told.
func TestMayGrowTo(t *testing.T) {
	const anHour, aDay = thisBlock - 2, thisBlock - blocksPerDay
	for _, c := range []struct {
		name                 string
		first                int
		factor, record, most float64
		load, want           float64
	}{
		{"with nothing known", keptBlocks, 4, 0, 32, 10, 10},
		{"with an hour known", anHour, 4, 10, 32, 10, 11},
		{"within the record of an hour", anHour, 4, 10, 32, 2, 8},
		{"by less than it grew", anHour, 4, 10, 2, 2, 4},
		{"a flat line", aDay, 1, 16, 32, 10, 10},
		{"one that grows by less than a tenth", aDay, 1.05, 16, 32, 16, 16.8},
		{"a smooth one up to a little above its record", aDay, 1.2, 16, 32, 15, 17.6}, // 1.1 times 16
		{"one between", aDay, 2.5, 16, 32, 14, 17.6},
		{"a bursty one", aDay, 8, 16, 32, 10, 17.6},
		{"a bursty one within its record", aDay, 8, 16, 32, 2, 16},
		{"the most bounds what the load grows", aDay, 8, 16, 2, 5, 10},
		{"above its record, though not by much", aDay, 8, 16, 32, 17, 17.6},
		{"above it already", aDay, 8, 16, 32, 60, 60},
		{"from next to nothing", aDay, 5, 16, 32, 0.1, 2},
	} {
		h := &Past{first: c.first, growth: c.factor, record: c.record}
		if got := h.mayGrowTo(0, c.load, c.most); !near(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// What comes every day at noon is expected at noon, and hardly at night; after one day nobody knows.
func TestRecordAtATimeOfDay(t *testing.T) {
	noons := func(days int) *Past { // now it is noon
		h := &Past{first: thisBlock - days*blocksPerDay, record: 16}
		for ago := 1; ago <= days; ago++ {
			h.peak[thisBlock-ago*blocksPerDay] = 16
		}
		return h
	}
	night := 16 / math.Pow(8, 1.5)
	for _, c := range []struct {
		name        string
		days, ahead int
		want        float64
	}{
		{"at noon", 8, 0, 16},
		{"two hours later", 8, aroundBlocks, 16},
		{"half an hour more", 8, aroundBlocks + 1, night},
		{"at midnight", 8, 24, night},
		{"two hours before noon", 8, blocksPerDay - aroundBlocks, 16},
		{"half an hour earlier", 8, blocksPerDay - aroundBlocks - 1, night},
		{"at midnight, four days known", 4, 24, 2},
		{"at midnight, a day known", 1, 24, 16},
	} {
		if got := noons(c.days).recordAt(c.ahead); !near(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// A load that climbs is expected to climb on for an hour, at most three-fold.
func TestClimbOn(t *testing.T) {
	for _, c := range []struct {
		name       string
		first      int
		anHourAgo  float64
		load, want float64
	}{
		{"nothing was seen", keptBlocks, 0, 5, 5},
		{"as an hour ago", 0, 4, 4, 4},
		{"half as much again", 0, 4, 6, 9},
		{"four-fold", 0, 4, 16, 48},
		{"from next to nothing", 0, 0.01, 0.6, 0.9},
		{"on the way down", 0, 8, 4, 4},
	} {
		h := &Past{first: c.first}
		h.peak[thisBlock-2] = c.anHourAgo
		if got := h.climbOn(c.load); !near(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	young := &Past{first: thisBlock - 1}
	young.peak[thisBlock-1] = 2
	if got := young.climbOn(3); !near(got, 4.5) {
		t.Errorf("known for half an hour: got %v, want 4.5", got)
	}
}

// A forecast is not far above what was seen, nor above the load now.
func TestWhatWasNeverSeenIsNotExpected(t *testing.T) {
	for _, c := range []struct{ record, load, expected, want float64 }{
		{10, 4, 9, 9},
		{10, 4, 11, 11},
		{10, 4, 30, 11},
		{10, 20, 30, 22},
		{0, 0, 5, 0},
	} {
		if got := (&Past{record: c.record}).plausiblePeak(c.expected, c.load); !near(got, c.want) {
			t.Errorf("record %v, load %v, expected %v: got %v, want %v", c.record, c.load, c.expected, got, c.want)
		}
	}
}
