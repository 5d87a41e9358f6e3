package scaling

// What target-tracking expects of a stream: what its past days did that looked like today.

import (
	"math"
	"slices"
	"time"
)

const (
	alikeBlocks  = 12                                // blocks by which days are compared: six hours
	analogDays   = 3                                 // past days that are followed
	levelFold    = 1.5                               // today may be so many times above or below a past day
	trendFold    = 2                                 // the newest block may be so many times above or below what it was expected to be
	trendKept    = 0.8                               // share of that which is left a block later
	returnBlocks = 12                                // blocks within which an unknown stream may come back to its record
	checkedDays  = 3                                 // days whose forecasts are compared with what came
	checkedAhead = 2                                 // blocks that those forecasts looked ahead
	checkedTrend = trendKept * trendKept * trendKept // share of the trend that is left so many blocks later
	newMargin    = 1.1                               // with less than half a day to compare
	leastMargin  = 1.03                              // however good the forecasts were
	mostMargin   = 1.35                              // however bad
)

// forecast is the load that is expected, in shards, and how good such forecasts have been.
type forecast struct {
	peak   [blocksPerDay]float64 // highest minute of the unfinished block and of those after it
	margin float64               // what the loads that came were at most, over those expected, as often as is asked for
}

// foretell says what is ahead. Load is that of the last minutes. Confidence is the share of the past days'
// blocks, 0 to 1, that their forecast with its margin would have been enough for.
//
// A stream of which no day is known may come back to its record within some hours.
func (h *past) foretell(load, confidence float64) forecast {
	f := forecast{margin: h.margin(confidence)}
	if a := h.analogs(thisBlock); len(a.days) > 0 {
		f.peak[0] = a.rest()
		left := trendKept
		for ahead := 1; ahead < len(f.peak); ahead++ {
			left *= trendKept
			f.peak[ahead] = a.peak(ahead, left)
		}
		return f
	}
	for ahead := range f.peak {
		f.peak[ahead] = load + max(h.record-load, 0)*min(1, float64(ahead)/returnBlocks)
	}
	return f
}

// margin compares the forecasts of the last days with what came.
func (h *past) margin(confidence float64) float64 {
	var errors [checkedDays * blocksPerDay]float64
	found := errors[:0]
	a := &analogs{past: h}
	for block := thisBlock - len(errors); block < thisBlock; block++ {
		if a.find(block - checkedAhead); len(a.days) > 0 {
			expected := a.peak(checkedAhead, checkedTrend)
			found = append(found, max(h.peak[block], idleLoad)/max(expected, idleLoad))
		}
	}
	if len(found) < blocksPerDay/2 {
		return newMargin
	}
	slices.Sort(found)
	i := int(math.Ceil(confidence*float64(len(found))-1e-9)) - 1
	return max(leastMargin, min(found[max(0, min(i, len(found)-1))], mostMargin))
}

// analogs are the past days whose last hours looked most like those before a block. So weekdays
// find weekdays and weekends weekends, without a calendar.
type analogs struct {
	past  *past
	block int
	days  []analog // the most alike first
	trend float64  // the last block's load over what these days say of it
	room  [analogDays + 1]analog
}

// analog is one past day.
type analog struct {
	back     int     // days
	scale    float64 // that brings it to today's level
	distance float64 // that is left, in shards
}

func (h *past) analogs(block int) *analogs {
	a := &analogs{past: h}
	a.find(block)
	return a
}

// find looks for the days anew, before another block.
func (a *analogs) find(block int) {
	h := a.past
	a.block, a.days = block, a.room[:0]
	for back := 1; back <= pastDays && block-back*blocksPerDay-alikeBlocks >= h.first; back++ {
		scale, distance := h.compare(block, block-back*blocksPerDay)
		place := len(a.days)
		for place > 0 && distance < a.days[place-1].distance {
			place--
		}
		a.days = slices.Insert(a.days, place, analog{back, scale, distance})
		a.days = a.days[:min(analogDays, len(a.days))]
	}
	a.trend = 1
	if expected := a.follow(func(back int) float64 { return h.peak[block-1-back*blocksPerDay] }); expected > 0 && h.peak[block-1] > 0 {
		a.trend = max(1.0/trendFold, min(h.peak[block-1]/expected, trendFold))
	}
}

// compare returns the scale that brings the hours before block then to the level of those before
// block now, and how far apart they still are.
func (h *past) compare(now, then int) (scale, distance float64) {
	today, past := h.peak[now-alikeBlocks:now], h.peak[then-alikeBlocks:then]
	var a, b float64
	for i := range today {
		a, b = a+today[i], b+past[i]
	}
	scale = 1
	if b > 0 {
		scale = max(1/levelFold, min(a/b, levelFold))
	}
	for i := range today {
		distance += math.Abs(today[i] - scale*past[i])
	}
	return scale, distance
}

// peak is the load expected some blocks after the one that the days were compared before, fewer
// than a day. Left is the share of the trend that is left by then.
func (a *analogs) peak(ahead int, left float64) float64 {
	load := a.follow(func(back int) float64 { return a.past.peak[a.block-back*blocksPerDay+ahead] })
	return load * math.Pow(a.trend, left)
}

// rest is the load expected of what is left of the unfinished block.
func (a *analogs) rest() float64 {
	load := a.follow(func(back int) float64 {
		return a.past.restOfBlock(a.past.end.Add(-time.Duration(back) * 24 * time.Hour))
	})
	return load * math.Pow(a.trend, trendKept)
}

// follow gives the mean of what the days say; for a bursty stream the highest.
func (a *analogs) follow(load func(back int) float64) float64 {
	if len(a.days) == 0 {
		return 0
	}
	sum, highest := 0.0, 0.0
	for _, d := range a.days {
		l := d.scale * load(d.back)
		sum, highest = sum+l, max(highest, l)
	}
	mean := sum / float64(len(a.days))
	return mean + a.past.bursty()*(highest-mean)
}

// restOfBlock is the highest load of a minute from a time to the end of its block.
func (h *past) restOfBlock(from time.Time) float64 {
	end := from.Truncate(blockLength).Add(blockLength)
	i, _ := slices.BinarySearchFunc(h.samples, from, func(s Sample, at time.Time) int { return s.At.Compare(at) })
	peak := 0.0
	for ; i < len(h.samples) && h.samples[i].At.Before(end); i++ {
		peak = max(peak, loadOf(&h.samples[i]))
	}
	return peak
}
