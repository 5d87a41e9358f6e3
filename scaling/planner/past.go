package planner

import (
	"math"
	"slices"
	"time"
)

// BlockLength is the time that loads are gathered over and plans are made of: half an hour of the
// clock. It is long enough to smooth the noise of a minute, and short enough to see a morning.
const BlockLength = 30 * time.Minute

// Which past is kept.
const (
	blockSeconds = int64(BlockLength / time.Second)
	blocksPerDay = int(24 * time.Hour / BlockLength)
	pastDays     = 8 // so that the same day of the last week is among them
	keptBlocks   = pastDays*blocksPerDay + compareBlocks + 1
	thisBlock    = keptBlocks - 1 // the unfinished one
)

// Needed is how much of the past Choose wants to see. Less is enough to choose a size.
const Needed = time.Duration(keptBlocks) * BlockLength

// How growth is measured.
const (
	riseBlocks   = 2   // a peak counts as growth from its own block and from so many before it: a crowd gathers within an hour and a half
	climbBlocks  = 2   // the load of so many blocks ago shows how it climbs
	mostClimb    = 3   // factor within that time
	otherHours   = 1.5 // what was seen at other times of day counts the less the more days are known, by this power
	aroundBlocks = 6   // a time of day includes so many blocks before and after it: crowds are not punctual
	idleLoad     = 0.4 // shards; below this a stream is idle, and going from little to less little is no growth
	newGrowth    = 4   // factor for a stream of which less than a day is known, at least: two doublings, as a bursty stream
)

// beyondRecord is how far above the highest load that was seen a forecast with its margin, growth, or the climb of a load that is no
// higher, may be, as a factor of that load.
const beyondRecord = 1.1

// MaxLoad is the highest load that is counted, in shards: a broken metric must stay within what can be
// added and multiplied.
const MaxLoad = 1e9

// Past is what a stream's load was, by half-hours of the clock, until a moment. NewPast begins one
// and Add fills it; loads may come in any order.
type Past struct {
	end    time.Time
	oldest int64                 // when the first block began, in Unix seconds
	first  int                   // first block with a load; keptBlocks: none
	peak   [keptBlocks]float64   // highest load of a minute
	sum    [keptBlocks]float64   // of the loads of all minutes
	rest   [pastDays + 1]float64 // highest load from end, so many days ago, to the end of that block
	record float64               // highest load of all
	growth float64               // the growth factor; 0: not measured yet
}

// NewPast returns a past without loads that ends at a moment, usually the end of the newest minute.
func NewPast(end time.Time) *Past {
	return &Past{end: end, first: keptBlocks, oldest: (end.Unix()/blockSeconds - int64(thisBlock)) * blockSeconds}
}

// Add tells the load of the minute that began at a time, in shards. What is older than Needed or
// begins after the unfinished half-hour is left out; NaN and negative loads count as none.
func (p *Past) Add(minute time.Time, load float64) {
	since := minute.Unix() - p.oldest
	if since < 0 || since >= int64(keptBlocks)*blockSeconds {
		return
	}
	load = plausible(load)
	block := int(since / blockSeconds)
	p.first = min(p.first, block)
	p.sum[block] += load
	if load > p.peak[block] {
		p.peak[block] = load
		p.record = max(p.record, load)
	}
	p.growth = 0
	if block%blocksPerDay == thisBlock%blocksPerDay {
		p.addRest(minute, load, (thisBlock-block)/blocksPerDay)
	}
}

// addRest keeps a load of the block that is unfinished, some days ago, if it came after the time of
// day at which the past ends.
func (p *Past) addRest(minute time.Time, load float64, daysAgo int) {
	if !minute.Before(p.end.Add(-time.Duration(daysAgo) * 24 * time.Hour)) {
		p.rest[daysAgo] = max(p.rest[daysAgo], load)
	}
}

// plausible returns a load within 0 and MaxLoad; 0 for NaN.
func plausible(load float64) float64 {
	switch {
	case load > MaxLoad:
		return MaxLoad
	case load > 0:
		return load
	}
	return 0
}

// Seen reports whether any load was told.
func (p *Past) Seen() bool { return p.first < keptBlocks }

// Known reports whether a whole day was seen.
func (p *Past) Known() bool { return thisBlock-p.first >= blocksPerDay }

// growthUpTo is how many times its load the stream may reach within an hour and a half, judged by
// the past days: 1 to most.
func (p *Past) growthUpTo(most float64) float64 { return max(1, min(p.growthFactor(), most)) }

// growthFactor measures the growth once, after the last load was added.
func (p *Past) growthFactor() float64 {
	if p.growth == 0 {
		p.growth = p.measureGrowth()
	}
	return p.growth
}

// measureGrowth returns by which factor the stream has grown within an hour and a half in the past
// days: the highest peak over the mean of its block or of one shortly before. The mean of all days is
// the least that a peak is divided by, since coming back from an outage or from the night is no burst.
// A flat line has 1, smooth streams 2 to 4, bursty ones 8 and more. The result is at least 1, and at
// least newGrowth with less than a day of loads.
func (p *Past) measureGrowth() float64 {
	from := max(p.first, thisBlock-pastDays*blocksPerDay)
	mean := 0.0
	for i := from; i < thisBlock; i++ {
		mean += p.sum[i] / (BlockLength.Minutes() * float64(thisBlock-from))
	}
	factor := 1.0
	for i := from; i < thisBlock; i++ {
		base := max(p.sum[i]/BlockLength.Minutes(), mean, idleLoad)
		factor = max(factor, slices.Max(p.peak[i:min(i+riseBlocks+1, thisBlock)])/base)
	}
	if !p.Known() {
		return max(factor, newGrowth)
	}
	return factor
}

// plausiblePeak bounds what is expected of a half-hour: a little more than the highest load of the days kept, or than the
// load now, whichever is higher. What was never seen is not expected without a present reason.
func (p *Past) plausiblePeak(expected, load float64) float64 {
	return min(expected, beyondRecord*max(p.record, load))
}

// mayGrowTo is the load that the stream may reach from a load in a block ahead, when growth counts for no more than a
// factor of most. It is never below the load.
func (p *Past) mayGrowTo(ahead int, load, most float64) float64 {
	record := min(p.growthFactor(), beyondRecord) * p.recordAt(ahead)
	return min(max(load, idleLoad)*p.growthUpTo(most), max(load, record))
}

// recordAt is the highest load that a block ahead may see, judged by the days kept: their record at that time of day. What they
// saw at other times counts too, the less the more days are known: see otherHours.
func (p *Past) recordAt(ahead int) float64 {
	around := 0.0
	for ago := 1; ago <= pastDays; ago++ {
		at := thisBlock + ahead - ago*blocksPerDay
		from, to := max(at-aroundBlocks, p.first), min(at+aroundBlocks+1, thisBlock)
		if from < to {
			around = max(around, slices.Max(p.peak[from:to]))
		}
	}
	days := float64(thisBlock-p.first) / float64(blocksPerDay)
	return around + (p.record-around)/math.Pow(max(1, days), otherHours)
}

// earlierRecord is the highest load of the days kept, without the last hour.
func (p *Past) earlierRecord() float64 {
	if until := thisBlock - climbBlocks; p.first < until {
		return slices.Max(p.peak[p.first:until])
	}
	return 0
}

// climbOn is the load that comes within an hour, if the load climbs on as it did in the last. What was not seen does not climb.
func (p *Past) climbOn(load float64) float64 {
	from := max(p.first, thisBlock-climbBlocks)
	if from > thisBlock {
		return load
	}
	return load * max(1, min(load/max(p.peak[from], idleLoad), mostClimb))
}
