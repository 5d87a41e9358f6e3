package scaling

// What the policy target-tracking knows of a stream's past days.

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// The past is kept in blocks of half an hour of the clock: long enough to smooth the minute's
// noise, short enough to see a morning. Eight days, so that a week ago is among them.
const (
	blockLength  = 30 * time.Minute
	blocksPerDay = int(24 * time.Hour / blockLength)
	pastDays     = 8
	alikeBlocks  = 12  // blocks by which days are compared: six hours
	analogDays   = 3   // past days that are followed
	levelFold    = 1.5 // today may be so many times above or below a past day
	riseBlocks   = 2   // blocks within which a rise counts as one
	idleLoad     = 0.4 // shards; below this a stream is idle, and its growth no sign
	newGrowth    = 12  // growth of a stream that is not known for a day yet
	recordFold   = 1.5 // growth is not expected beyond so many times the highest load of the past days
	keptBlocks   = pastDays*blocksPerDay + alikeBlocks + 1
)

// PastNeeded is how much traffic target-tracking wants to see; less is enough to decide.
const PastNeeded = time.Duration(keptBlocks) * blockLength

// past is the digest of samples: load in shards by block, the newest last. It is what was seen;
// History is what was done.
type past struct {
	end     time.Time
	peak    [keptBlocks]float64 // highest minute
	sum     [keptBlocks]float64 // of all minutes
	first   int                 // first block with a sample; keptBlocks: none
	samples []Sample
	ahead   []float64 // forecast peak of the unfinished block and those after it; empty without a past day
	fold    float64   // growth once computed, 0 before
}

// load is a sample's traffic in shards. Refused records count, but at most as many as got in:
// producers try again, so refusals overstate the demand.
func (s Sample) load() float64 {
	bytes, records := min(plausible(s.Bytes), maxRate), min(plausible(s.Records), maxRate)
	load := max(bytes/BytesPerShard, records/RecordsPerShard)
	if records > 0 {
		load *= min(2, 1+plausible(s.Throttled)/records)
	}
	return load
}

// maxRate keeps a broken metric within what can be reckoned with.
const maxRate = 1e12

func digest(end time.Time, samples []Sample) *past {
	h := &past{end: end, first: keptBlocks, samples: samples}
	last := end.Unix() / int64(blockLength/time.Second)
	for _, s := range samples {
		i := keptBlocks - 1 - int(last-s.At.Unix()/int64(blockLength/time.Second))
		if i < 0 || i >= keptBlocks {
			continue
		}
		load := s.load()
		h.first = min(h.first, i)
		h.peak[i] = max(h.peak[i], load)
		h.sum[i] += load
	}
	h.ahead = h.forecast()
	return h
}

// peakSince is the highest load of a minute that began at from or later.
func (h *past) peakSince(from time.Time) float64 {
	peak := 0.0
	for _, s := range slices.Backward(h.samples) {
		if s.At.Before(from) {
			break
		}
		peak = max(peak, s.load())
	}
	return peak
}

// growth is how many-fold the stream has grown within an hour and a half in the past days: the
// highest peak over the mean of its block or one shortly before. The mean of all days bounds the
// divisor, since coming back from an outage or from the night is no burst. A flat line has 1,
// smooth streams 2 to 4, bursty ones 8 and more. It is at least 1, at most most, and newGrowth
// with less than a day of samples.
func (h *past) growth(most float64) float64 {
	now := keptBlocks - 1
	if h.fold == 0 {
		h.fold = newGrowth
		if now-h.first >= blocksPerDay {
			h.fold = h.steepest(max(h.first, now-pastDays*blocksPerDay), now)
		}
	}
	return max(1, min(h.fold, most))
}

func (h *past) steepest(from, to int) float64 {
	mean := 0.0
	for _, sum := range h.sum[from:to] {
		mean += sum / (blockLength.Minutes() * float64(to-from))
	}
	fold := 1.0
	for i := from; i < to; i++ {
		base := max(h.sum[i]/blockLength.Minutes(), mean, idleLoad)
		fold = max(fold, slices.Max(h.peak[i:min(i+riseBlocks+1, to)])/base)
	}
	return fold
}

// reach is the load that the stream may grow to from a load.
func (h *past) reach(load, growth float64) float64 {
	grown := max(load, idleLoad) * growth
	if now := keptBlocks - 1; now-h.first >= blocksPerDay {
		grown = min(grown, max(load, recordFold*slices.Max(h.peak[h.first:])))
	}
	return grown
}

// forecastPeak is the highest load forecast from now until ahead, by whole blocks; 0 without a
// forecast.
func (h *past) forecastPeak(ahead time.Duration) float64 {
	seconds := int64(blockLength / time.Second)
	blocks := int(h.end.Add(ahead).Unix()/seconds - h.end.Unix()/seconds)
	peak := 0.0
	for _, v := range h.ahead[:min(max(blocks+1, 0), len(h.ahead))] {
		peak = max(peak, v)
	}
	return peak
}

// forecast follows the past days whose last hours looked most like today's, scaled to today's
// level, and takes the highest of them. So weekdays find weekdays and weekends weekends, without
// a calendar.
func (h *past) forecast() []float64 {
	type day struct {
		back            int
		scale, distance float64
	}
	now := keptBlocks - 1
	var days []day
	for back := 1; back <= pastDays && now-back*blocksPerDay-alikeBlocks >= h.first; back++ {
		scale, distance := h.compare(now, now-back*blocksPerDay)
		days = append(days, day{back, scale, distance})
	}
	if len(days) == 0 {
		return nil
	}
	slices.SortStableFunc(days, func(a, b day) int { return cmp.Compare(a.distance, b.distance) })
	ahead := make([]float64, blocksPerDay)
	for _, d := range days[:min(analogDays, len(days))] {
		then := now - d.back*blocksPerDay
		for t := range ahead {
			peak := h.peak[then+t]
			if t == 0 { // of this half-hour only what is still to come
				peak = h.restOfBlock(h.end.Add(-time.Duration(d.back) * 24 * time.Hour))
			}
			ahead[t] = max(ahead[t], d.scale*peak)
		}
	}
	return ahead
}

// restOfBlock is the highest load of a minute from a time to the end of its block.
func (h *past) restOfBlock(from time.Time) float64 {
	end := from.Truncate(blockLength).Add(blockLength)
	i, _ := slices.BinarySearchFunc(h.samples, from, func(s Sample, at time.Time) int { return s.At.Compare(at) })
	peak := 0.0
	for ; i < len(h.samples) && h.samples[i].At.Before(end); i++ {
		peak = max(peak, h.samples[i].load())
	}
	return peak
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
