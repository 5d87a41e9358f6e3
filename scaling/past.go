package scaling

// What the policy target-tracking has seen of a stream's past days.

import (
	"slices"
	"time"
)

// The past is kept in blocks of half an hour of the clock: long enough to smooth the minute's
// noise, short enough to see a morning. Eight days, so that a week ago is among them.
const (
	blockLength  = 30 * time.Minute
	blocksPerDay = int(24 * time.Hour / blockLength)
	pastDays     = 8
	riseBlocks   = 2   // blocks within which a rise counts as one
	idleLoad     = 0.4 // shards; below this a stream is idle, and its growth no sign
	newGrowth    = 4   // growth of a stream that is not known for a day yet, at least
	keptBlocks   = pastDays*blocksPerDay + alikeBlocks + 1
	thisBlock    = keptBlocks - 1 // the unfinished one
)

// Growth is not expected beyond so many times the highest load of the past days.
const (
	newRecord    = 1.5 // of a stream that is not known for a day yet
	leastRecord  = 1   // of a smooth one,
	recordGrowth = 0.8 // more with its growth,
	mostRecord   = 3   // of a bursty one
)

// A stream that grows up to smoothGrowth-fold is smooth, one that grows burstyGrowth-fold bursty.
const (
	smoothGrowth = 4
	burstyGrowth = 8
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
	record  float64 // the highest load that was seen
	fold    float64 // growth, at least 1; see measureGrowth
}

// loadOf is a sample's traffic in shards. Refused records count, but at most as many as got in:
// producers try again, so refusals overstate the demand.
func loadOf(s *Sample) float64 {
	bytes, records := plausible(s.Bytes), plausible(s.Records)
	load := bytes / BytesPerShard
	if byRecords := records / RecordsPerShard; byRecords > load {
		load = byRecords
	}
	switch refused := plausible(s.Throttled); {
	case refused >= records && refused > 0:
		load *= 2
	case refused > 0:
		load *= 1 + refused/records
	}
	if load > maxLoad {
		return maxLoad
	}
	return load
}

// maxLoad keeps a broken metric within what can be reckoned with.
const maxLoad = 1e9

// digest sorts the samples of the time before end into blocks.
func digest(end time.Time, samples []Sample) *past {
	h := &past{end: end, first: keptBlocks, samples: samples}
	const seconds = int64(blockLength / time.Second)
	oldest := (end.Unix()/seconds - int64(thisBlock)) * seconds // when the first block began
	for i := range samples {                                    // some ten thousand, so none is copied
		s := &samples[i]
		since := s.At.Unix() - oldest
		if since < 0 || since >= int64(keptBlocks)*seconds {
			continue
		}
		block, load := int(since/seconds), loadOf(s)
		h.first = min(h.first, block)
		h.sum[block] += load
		if load > h.peak[block] {
			h.peak[block] = load
		}
	}
	h.record = slices.Max(h.peak[:])
	h.fold = h.measureGrowth()
	return h
}

// known reports whether a whole day was seen.
func (h *past) known() bool { return thisBlock-h.first >= blocksPerDay }

// peakSince is the highest load of a minute that began at from or later.
func (h *past) peakSince(from time.Time) float64 {
	peak := 0.0
	for i := len(h.samples) - 1; i >= 0 && !h.samples[i].At.Before(from); i-- {
		peak = max(peak, loadOf(&h.samples[i]))
	}
	return peak
}

// measureGrowth is how many-fold the stream has grown within an hour and a half in the past days: the
// highest peak over the mean of its block or one shortly before. The mean of all days bounds the
// divisor, since coming back from an outage or from the night is no burst. A flat line has 1,
// smooth streams 2 to 4, bursty ones 8 and more. It is at least 1, and at least newGrowth with
// less than a day of samples.
func (h *past) measureGrowth() float64 {
	from := max(h.first, thisBlock-pastDays*blocksPerDay)
	mean := 0.0
	for i := from; i < thisBlock; i++ {
		mean += h.sum[i] / (blockLength.Minutes() * float64(thisBlock-from))
	}
	fold := 1.0
	for i := from; i < thisBlock; i++ {
		base := max(h.sum[i]/blockLength.Minutes(), mean, idleLoad)
		fold = max(fold, slices.Max(h.peak[i:min(i+riseBlocks+1, thisBlock)])/base)
	}
	if !h.known() {
		return max(fold, newGrowth)
	}
	return fold
}

// bursty is 0 for a stream that grows smoothly, 1 for one that grows in bursts, and between them
// in between.
func (h *past) bursty() float64 {
	return max(0, min(1, (h.fold-smoothGrowth)/(burstyGrowth-smoothGrowth)))
}

// reach is the load that the stream may grow to from a load, when its growth counts for no more
// than most.
func (h *past) reach(load, most float64) float64 {
	times := newRecord
	if h.known() {
		times = max(leastRecord, min(recordGrowth*h.fold, mostRecord))
	}
	return min(max(load, idleLoad)*h.growth(most), max(load, times*h.record))
}

// growth is how many-fold the stream may grow within an hour and a half, 1 to most.
func (h *past) growth(most float64) float64 { return max(1, min(h.fold, most)) }
