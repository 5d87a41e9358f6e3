package planner

import (
	"math"
	"slices"
	"time"
)

// How the days most like today are found and followed.
const (
	compareBlocks = 12  // days are compared by the hours before now: six, enough to tell a weekday from a day off by its morning
	similarDays   = 3   // that are followed: one alone repeats its accidents, many blur weekdays with weekends
	mostScale     = 1.5 // a day is scaled to today's level by this factor at most, up or down
	mostTrend     = 2   // the newest block counts as this factor above or below what was expected of it at most
	trendKept     = 0.8 // share of the trend that is left a block later
	returnBlocks  = 24  // a stream without a similar day may come back to its record within so many blocks
)

// How the margin is found, which the forecast gets on top.
const (
	checkedDays  = 3                                 // days whose forecasts are compared with what came
	checkedAhead = 2                                 // blocks that those forecasts looked ahead
	checkedTrend = trendKept * trendKept * trendKept // share of the trend that is left so many blocks later
	newMargin    = 1.1                               // with less than half a day to compare
	leastMargin  = 1.03                              // however good the forecasts were
	mostMargin   = 1.35                              // however bad: a few very bad forecasts must not hold the stream high for days
)

// Forecast is the load that is expected of the day ahead, and how far such forecasts fell short.
type Forecast struct {
	// Peak is the highest minute of each half-hour, in shards: of what is left of the unfinished one,
	// then of those after it.
	Peak [blocksPerDay]float64
	// Margin is the factor by which forecasts had to be raised to be enough as often as was asked
	// for: 1.03 to 1.35.
	Margin float64
}

// WithinHour is the highest load expected in the unfinished half-hour and the next, in shards, without the margin.
func (f *Forecast) WithinHour() float64 { return f.Ahead(0) }

// Ahead is the highest load expected in the unfinished half-hour, the next, and those that begin within a lead, in shards, without
// the margin.
func (f *Forecast) Ahead(lead time.Duration) float64 {
	blocks := 2
	for begins := BlockLength; begins < lead && blocks < len(f.Peak); begins += BlockLength {
		blocks++
	}
	return slices.Max(f.Peak[:blocks])
}

// predict returns what is expected of the day ahead. Load is that of the last minutes, in shards.
// Confidence, 0 to 1, is the share of the past blocks that their forecast with its margin would have
// been enough for. None is far above the record of the days kept and the load, see plausiblePeak.
//
// A stream that has no similar day yet is expected to stay where it is, and to come back to its record
// within half a day.
func (p *Past) predict(load, confidence float64) Forecast {
	f := Forecast{Margin: p.margin(confidence)}
	if s := p.similar(thisBlock); len(s.days) > 0 {
		f.Peak[0] = p.plausiblePeak(s.rest(), load)
		left := trendKept
		for ahead := 1; ahead < len(f.Peak); ahead++ {
			left *= trendKept
			f.Peak[ahead] = p.plausiblePeak(s.peak(ahead, left), load)
		}
		return f
	}
	for ahead := range f.Peak {
		f.Peak[ahead] = load + max(p.record-load, 0)*min(1, float64(ahead)/returnBlocks)
	}
	return f
}

// margin forecasts each block of the last days as it would have been forecast then, and compares with
// what came.
func (p *Past) margin(confidence float64) float64 {
	var buffer [checkedDays * blocksPerDay]float64
	short := buffer[:0] // the loads that came over those expected
	s := &similar{past: p}
	for block := thisBlock - len(buffer); block < thisBlock; block++ {
		if s.find(block - checkedAhead); len(s.days) > 0 {
			expected := s.peak(checkedAhead, checkedTrend)
			short = append(short, max(p.peak[block], idleLoad)/max(expected, idleLoad))
		}
	}
	if len(short) < blocksPerDay/2 {
		return newMargin
	}
	slices.Sort(short)
	i := int(math.Ceil(confidence*float64(len(short))-1e-9)) - 1
	return max(leastMargin, min(short[max(0, min(i, len(short)-1))], mostMargin))
}

// similar is the past days whose last hours looked most like those before a block. So weekdays find
// weekdays and weekends find weekends, without a calendar.
type similar struct {
	past   *Past
	block  int
	days   []similarDay // the most alike first
	trend  float64      // the last block's load over what these days say of it
	buffer [similarDays + 1]similarDay
}

// similarDay is one past day.
type similarDay struct {
	ago      int     // days
	scale    float64 // that brings it to today's level
	distance float64 // that is left between the two, in shards
}

func (p *Past) similar(block int) *similar {
	s := &similar{past: p}
	s.find(block)
	return s
}

// find looks for the days most like the one that a block is of, by the hours before the block.
func (s *similar) find(block int) {
	p := s.past
	s.block, s.days = block, s.buffer[:0]
	for ago := 1; ago <= pastDays && block-ago*blocksPerDay-compareBlocks >= p.first; ago++ {
		scale, distance := p.compare(block, block-ago*blocksPerDay)
		s.days = append(s.days, similarDay{ago, scale, distance}) // the buffer has room for one that is not followed
		for i := len(s.days) - 1; i > 0 && s.days[i].distance < s.days[i-1].distance; i-- {
			s.days[i], s.days[i-1] = s.days[i-1], s.days[i]
		}
		s.days = s.days[:min(similarDays, len(s.days))]
	}
	s.trend = 1
	if expected := s.follow(func(ago int) float64 { return p.peak[block-1-ago*blocksPerDay] }); expected > 0 && p.peak[block-1] > 0 {
		s.trend = max(1.0/mostTrend, min(p.peak[block-1]/expected, mostTrend))
	}
}

// compare returns the scale that brings the hours before block then to the level of those before
// block now, and how far apart they still are.
func (p *Past) compare(now, then int) (scale, distance float64) {
	today, past := p.peak[now-compareBlocks:now], p.peak[then-compareBlocks:then]
	var a, b float64
	for i := range today {
		a, b = a+today[i], b+past[i]
	}
	scale = 1
	if b > 0 {
		scale = max(1/mostScale, min(a/b, mostScale))
	}
	for i := range today {
		distance += math.Abs(today[i] - scale*past[i])
	}
	return scale, distance
}

// peak is the load expected some blocks after the one that the days were compared before, fewer
// than a day. Left is the share of the trend that is left by then.
func (s *similar) peak(ahead int, left float64) float64 {
	load := s.follow(func(ago int) float64 { return s.past.peak[s.block-ago*blocksPerDay+ahead] })
	return load * math.Pow(s.trend, left)
}

// rest is the load expected of what is left of the unfinished block.
func (s *similar) rest() float64 {
	load := s.follow(func(ago int) float64 { return s.past.rest[ago] })
	return load * math.Pow(s.trend, trendKept)
}

// follow returns the median of what the days say, each at today's level: one odd day among three, with an outage or a burst, does
// not bend it. Of two days it is the mean.
func (s *similar) follow(load func(ago int) float64) float64 {
	var buffer [similarDays]float64
	said := buffer[:0]
	for _, d := range s.days {
		said = append(said, d.scale*load(d.ago))
	}
	if len(said) == 0 {
		return 0
	}
	slices.Sort(said)
	return (said[(len(said)-1)/2] + said[len(said)/2]) / 2
}
