package planner

// What past days say of today, held against numbers that were worked out by hand.

import (
	"math"
	"slices"
	"testing"
	"time"
)

// level is a past with the same peak in every block, from the first one that is kept on.
func level(load float64) *Past {
	h := &Past{growth: 1, record: load}
	for i := range h.peak {
		h.peak[i] = load
	}
	return h
}

// newest sets the last loads before the unfinished block.
func (h *Past) newest(loads ...float64) *Past {
	copy(h.peak[thisBlock-len(loads):thisBlock], loads)
	return h
}

func TestCompare(t *testing.T) {
	const now, then = keptBlocks - 1, keptBlocks - 1 - blocksPerDay
	fill := func(h *Past, block int, loads ...float64) {
		for i := range compareBlocks {
			h.peak[block-compareBlocks+i] = loads[i%len(loads)]
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
		h := &Past{}
		fill(h, now, c.today...)
		fill(h, then, c.past...)
		h.peak[now], h.peak[then] = 99, 77 // what the unfinished block shows does not count
		if scale, distance := h.compare(now, then); !near(scale, c.scale) || !near(distance, c.distance) {
			t.Errorf("%s: got scale %v, distance %v, want %v, %v", c.name, scale, distance, c.scale, c.distance)
		}
	}
}

// Days count whose six hours before the block were seen too.
func TestSimilarDaysNeedADayAndSixHours(t *testing.T) {
	for _, c := range []struct{ seen, want int }{ // blocks, days
		{blocksPerDay + 11, 0},
		{blocksPerDay + 12, 1},
		{2*blocksPerDay + 11, 1},
		{2*blocksPerDay + 12, 2},
		{thisBlock, 3},
	} {
		h := level(4)
		h.first = thisBlock - c.seen
		if got := len(h.similar(thisBlock).days); got != c.want {
			t.Errorf("%d blocks seen: %d days, want %d", c.seen, got, c.want)
		}
		if got := len(h.similar(thisBlock - 1).days); c.seen < thisBlock && got > 0 && (c.seen-12)%blocksPerDay == 0 && got != c.want-1 {
			t.Errorf("%d blocks seen, a block earlier: %d days, want %d", c.seen, got, c.want-1)
		}
	}
}

// The three days most alike are followed, the nearest first where they are as much so.
func TestSimilarDaysAreTheMostAlike(t *testing.T) {
	wave := level(4) // each past day goes up and down by so much around today's level
	for day, by := range []float64{3, 1, 2, 4, 2.5, 4, 4, 0.5} {
		for i := 1; i <= compareBlocks; i++ {
			wave.peak[thisBlock-(day+1)*blocksPerDay-i] += by * float64(i%2*2-1)
		}
	}
	for _, c := range []struct {
		name string
		past *Past
		want []similarDay
	}{
		{"by distance", wave, []similarDay{{8, 1, 6}, {2, 1, 12}, {3, 1, 24}}},
		{"all the same", level(4), []similarDay{{1, 1, 0}, {2, 1, 0}, {3, 1, 0}}},
		// Noon is a Monday's.
		{"a weekday", pastOf(pastNoon(), seenDays(9, weekly(time.Saturday, time.Sunday))), []similarDay{{3, 1, 0}, {4, 1, 0}, {5, 1, 0}}},
		{"a day off", pastOf(pastNoon(), seenDays(9, weekly(time.Saturday, time.Sunday, time.Monday))), []similarDay{{1, 1, 0}, {2, 1, 0}, {7, 1, 0}}},
	} {
		if got := c.past.similar(thisBlock).days; !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
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

// The newest block tells how far today is off its days. What it has more, another has less here,
// so that the scale is 1.
func TestTrend(t *testing.T) {
	emptied := level(4) // past days end with nothing, after twice as much
	for day := 1; day <= pastDays; day++ {
		copy(emptied.peak[thisBlock-day*blocksPerDay-2:], []float64{8, 0})
	}
	for _, c := range []struct {
		name string
		past *Past
		want float64
	}{
		{"as expected", level(4), 1},
		{"half more", level(4).newest(2, 6), 1.5},
		{"three times as much", level(4).newest(0, 0, 12), 2},
		{"a quarter less", level(4).newest(5, 3), 0.75},
		{"a quarter", level(4).newest(7, 1), 0.5},
		{"nothing", level(4).newest(8, 0), 1},
		{"nothing was expected", emptied, 1},
		// The scale is 50/48, and so 6 is 1.44 times what was expected.
		{"over the scaled days", level(4).newest(6), 1.44},
	} {
		if got := c.past.similar(thisBlock).trend; !near(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFollow(t *testing.T) {
	loads := []float64{1: 3, 2: 2, 3: 12}
	days := []similarDay{{1, 1, 0}, {2, 1.5, 0}, {3, 0.5, 0}} // say 3, 3 and 6
	for _, c := range []struct {
		name string
		days []similarDay
		want float64
	}{
		{"the median", days, 3},
		{"the mean of two", days[1:], 4.5},
		{"one day", days[1:2], 3},
		{"no day", nil, 0},
	} {
		a := &similar{days: c.days}
		if got := a.follow(func(back int) float64 { return loads[back] }); !near(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// The trend fades: 0.8 of it is left for the block itself, 0.64 for the next one.
func TestPeak(t *testing.T) {
	const block = thisBlock - 5
	h := level(4)
	h.peak[block-blocksPerDay+1], h.peak[block-2*blocksPerDay+1], h.peak[block-1] = 8, 6, 10
	for _, c := range []struct {
		trend float64
		ahead int
		left  float64
		want  float64
	}{
		{1, 0, 0.8, 4 * 1.25},
		{1, 1, 0.64, (1.5*8 + 6) / 2},
		{1, 2, 0.512, 4 * 1.25},
		{1, blocksPerDay - 1, 0, (1.5*10 + 4) / 2},
		{1.5, 0, 0.8, 5 * math.Pow(1.5, 0.8)},
		{1.5, 1, 0.64, 9 * math.Pow(1.5, 0.64)},
		{0.5, 2, 0.512, 5 * math.Pow(0.5, 0.512)},
	} {
		a := &similar{past: h, block: block, days: []similarDay{{1, 1.5, 0}, {2, 1, 0}}, trend: c.trend}
		if got := a.peak(c.ahead, c.left); !near(got, c.want) {
			t.Errorf("%d ahead with a trend of %v: got %v, want %v", c.ahead, c.trend, got, c.want)
		}
	}
}
