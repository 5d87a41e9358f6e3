package planner

// Whole forecasts and their margin, held against numbers that were worked out by hand.

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestRestOfBlock(t *testing.T) {
	seen := []minute{seenAt(61*time.Minute, 9), seenAt(50*time.Minute, 4), seenAt(31*time.Minute, 3), seenAt(30*time.Minute, 8)}
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
		for days := 1; days <= pastDays; days++ { // until that time of the day, so many days later
			h := pastOf(pastNoon().Add(time.Duration(days)*24*time.Hour-c.ago), seen)
			if got := h.rest[days]; got != c.want {
				t.Errorf("from %v ago, %d days later: got %v, want %v", c.ago, days, got, c.want)
			}
		}
	}
}

// What is left of the block a day ago counts, at today's level and with most of the trend.
func TestRest(t *testing.T) {
	const day = 24 * time.Hour
	h := pastOf(pastNoon().Add(-20*time.Minute), []minute{
		seenAt(2*day+20*time.Minute, 6), seenAt(day+21*time.Minute, 9), seenAt(day+20*time.Minute, 4), seenAt(day+1*time.Minute, 5), seenAt(day, 8),
	})
	h.growth = 1
	a := &similar{past: h, block: thisBlock, days: []similarDay{{1, 1.2, 0}, {2, 1, 0}}, trend: 1.5}
	if got, want := a.rest(), (1.2*5+6)/2*math.Pow(1.5, 0.8); !near(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The margin is what the highest minutes were over what was expected of them an hour and a half
// before, as often as is asked for: three days are 144 blocks, and but for the newest ones each
// came as expected. Those do not tell of one another, since the forecasts are older.
func TestMargin(t *testing.T) {
	for _, c := range []struct {
		name       string
		past       *Past
		confidence float64
		want       float64
	}{
		{"every block", level(10).newest(10.5, 11, 12), 1, 1.2},
		{"all but one", level(10).newest(12, 11, 10.5), 143 / 144.0, 1.1},
		{"a little more than all but one", level(10).newest(11, 12, 10.5), 0.9931, 1.2},
		{"all but two", level(10).newest(10.5, 11, 12), 142 / 144.0, 1.05},
		{"all but three", level(10).newest(10.5, 11, 12), 141 / 144.0, 1.03},
		{"none", level(10).newest(10.5, 11, 12), 0, 1.03},
		{"beyond every one", level(10).newest(12), 2, 1.2},
		{"fewer came than were expected", level(10).newest(5), 1, 1.03},
		{"far more came", level(10).newest(100), 1, 1.35},
		{"an idle stream", level(0.01).newest(0.3), 1, 1.03},
		{"an idle stream that wakes up", level(0.01).newest(0.5), 1, 1.25}, // from 0.4
		{"a stream that falls idle", level(0.44).newest(0.01), 1, 1.03},
		// The last forecast saw 15 where the scaled days say 10 * 125/120, a trend of 1.44.
		{"a trend that goes on", level(10).newest(15, 10, 10, 15), 143 / 144.0, 15 / (10 * 125 / 120.0 * math.Pow(1.44, 0.512))},
		{"three days ago", level(10).with(144, 13), 1, 1.3},
		{"longer ago", level(10).with(145, 13), 1, 1.03},
		{"half a day to compare", level(10).since(24 + 62), 1, 1.03},
		{"less than half a day to compare", level(10).since(23 + 62), 1, 1.1},
		{"nothing to compare", pastOf(pastNoon(), nil), 1, 1.1},
	} {
		if got := c.past.margin(c.confidence); !near(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// with sets the peak of one block, so many before the unfinished one.
func (h *Past) with(ago int, load float64) *Past {
	h.peak[thisBlock-ago] = load
	return h
}

// since lets nothing be known before so many blocks ago.
func (h *Past) since(ago int) *Past {
	h.first = thisBlock - ago
	return h
}

// The forecast follows past days like today.
func TestPredict(t *testing.T) {
	ahead := func(from float64, parts ...float64) []float64 { // loads, each from an hour after noon on
		f := slices.Repeat([]float64{from}, blocksPerDay)
		for i := 0; i < len(parts); i += 2 {
			for block := int(2 * parts[i]); block < blocksPerDay; block++ {
				f[block] = parts[i+1]
			}
		}
		return f
	}
	daysAgo := func(at time.Time) int { return pastNoon().Day() - at.Day() } // all in November
	extra := func(at time.Time) float64 {                                    // at three one day is higher than the two others, at ten one is lower
		switch {
		case at.Hour() == 15 && daysAgo(at) == 2:
			return 6
		case at.Hour() == 22 && daysAgo(at) != 3:
			return 4.5
		}
		return 3
	}
	quarterMore := func(at time.Time) float64 {
		if pastNoon().Sub(at) <= 6*time.Hour {
			return 1.25 * workday(at)
		}
		return workday(at)
	}
	for _, c := range []struct {
		name       string
		samples    []minute
		confidence float64
		want       []float64
		margin     float64
	}{
		{"a flat line", seenDays(3, func(time.Time) float64 { return 3 }), 1, ahead(3), 1.03},
		{"days like today", seenDays(3, workday), 1, ahead(8, 8, 2, 20, 8), 1.03},
		// What followed yesterday's noon ends with this morning, which was a quarter higher by itself:
		// (2 + 2.5)/2 and (8 + 10)/2 are scaled. At first no forecast knew of the quarter.
		{"today a quarter higher", seenDays(3, quarterMore), 1, ahead(10, 8, 2.5, 18, 2.8125, 20, 11.25), 1.25},
		{"that was enough for half of the blocks", seenDays(3, quarterMore), 0.5, ahead(10, 8, 2.5, 18, 2.8125, 20, 11.25), 1.03},
		{"the median of three days alike", seenDays(4, extra), 0.5, ahead(3, 10, 4.5, 11, 3), 1.03},
		// Of three weekdays one was a Friday, of three days off one a Monday.
		{"a weekday follows weekdays", seenDays(8, weekly(time.Saturday, time.Sunday)), 0.5, ahead(8, 8, 2, 20, 8), 1.03},
		{"a day off follows days off", seenDays(8, weekly(time.Saturday, time.Sunday, time.Monday)), 0.5, ahead(2), 1.03},
	} {
		f := pastOf(pastNoon(), c.samples).predict(99, c.confidence) // the present load is of no account
		if !slices.EqualFunc(f.Peak[:], c.want, near) || !near(f.Margin, c.margin) {
			t.Errorf("%s: got %v, margin %v, want %v, margin %v", c.name, f.Peak, f.Margin, c.want, c.margin)
		}
	}
}

// Without a day a stream may come back to its record within twelve hours.
func TestPredictWithoutADay(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []minute
		load    float64
		want    map[int]float64 // by block
	}{
		{"no samples", nil, 5, map[int]float64{0: 5, 1: 5, 12: 5, 47: 5}},
		{"a day, but not the hours before it", seenDays(1, workday), 2, map[int]float64{0: 2, 1: 2.25, 12: 5, 23: 7.75, 24: 8, 25: 8, 47: 8}},
		{"at its record", seenDays(1, workday), 8, map[int]float64{0: 8, 6: 8, 47: 8}},
		{"above what the samples say", seenDays(1, workday), 9, map[int]float64{0: 9, 6: 9, 47: 9}},
	} {
		f := pastOf(pastNoon(), c.samples).predict(c.load, 0.9)
		for block, want := range c.want {
			if !near(f.Peak[block], want) {
				t.Errorf("%s, block %d: got %v, want %v", c.name, block, f.Peak[block], want)
			}
		}
		if f.Margin != 1.1 {
			t.Errorf("%s: margin %v", c.name, f.Margin)
		}
	}
}

// Of the block that is not over only what is still to come counts.
func TestPredictTheUnfinishedBlock(t *testing.T) {
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
		i, _ := slices.BinarySearchFunc(samples, end, func(m minute, at time.Time) int { return m.at.Compare(at) })
		if got := pastOf(end, samples[:i]).predict(3, 0.9).Peak[0]; !near(got, c.want) {
			t.Errorf("%d minutes into the block: got %v, want %v", c.minutes, got, c.want)
		}
	}
}
