package simulate

import (
	"cmp"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// series keeps a stream's metrics by minute. It grows up to the retention, then forgets the oldest.
type series struct {
	retention int
	newest    int64    // minute since 1970 of the newest point
	visible   *int64   // minute since 1970 up to which CloudWatch shows points
	ring      []point  // a power of two; the point of minute m is at m modulo its length
	count     int      // points kept
	lost      int64    // up to this minute since 1970 they are lost
	fanOut    []string // consumers with enhanced fan-out

	samples []scaling.Sample // the points again, as GetMetricData's callers want them, without fan-out; oldest first
}

// point is one minute. Sums are over the minute.
type point struct {
	bytes, records, throttled float64
	age                       float64 // milliseconds
	busy                      bool    // somebody put something: the first three have a point
	polled                    bool    // somebody read with GetRecords: its age has a point
	pushed                    bool    // enhanced fan-out read: its age has a point
}

// firstRing is how many minutes a series holds before it grows: a bit over four hours.
const firstRing = 256

// skipTo says that the next point is of a minute; there are none before it, back to the newest.
func (s *series) skipTo(minute int64) {
	for s.count > 0 && s.newest < minute-1 {
		s.put(point{})
	}
	s.newest = minute - 1
}

func (s *series) put(p point) {
	if s.count == len(s.ring) && s.count < s.retention {
		s.grow()
	}
	if s.newest++; s.lost > 0 && s.newest <= s.lost {
		p = point{}
	}
	s.ring[s.newest&int64(len(s.ring)-1)] = p
	s.count = min(s.count+1, len(s.ring))
	if p.busy || p.polled {
		s.keep(p.sample(s.newest, p.polled))
	}
}

// keep adds a sample, and now and then forgets those that are past the retention. What was handed
// out stays as it was.
func (s *series) keep(sample scaling.Sample) {
	if len(s.samples) >= 2*s.retention {
		s.samples = slices.Clone(s.samples[len(s.samples)-s.retention:])
	}
	s.samples = append(s.samples, sample)
}

// sample is a point of a minute, per second.
func (p point) sample(minute int64, lags bool) scaling.Sample {
	sample := scaling.Sample{
		At: time.Unix(minute*60, 0).UTC(), Bytes: p.bytes / 60, Records: p.records / 60, Throttled: p.throttled / 60,
	}
	if lags {
		sample.IteratorAge = time.Duration(p.age) * time.Millisecond
	}
	return sample
}

// between returns the samples that CloudWatch shows of the minutes from first until end.
func (s *series) between(first, end int64) []scaling.Sample {
	first, end = max(first, s.newest-int64(s.count)+1), min(end, *s.visible+1)
	at := func(minute int64) int {
		i, _ := slices.BinarySearchFunc(s.samples, minute, func(have scaling.Sample, want int64) int {
			return cmp.Compare(have.At.Unix()/60, want)
		})
		return i
	}
	from, until := at(first), at(max(first, end))
	return s.samples[from:until:until]
}

func (s *series) grow() {
	before := s.ring
	s.ring = make([]point, max(2*len(before), firstRing))
	for i := range int64(s.count) {
		minute := s.newest - i
		s.ring[minute&int64(len(s.ring)-1)] = before[minute&int64(len(before)-1)]
	}
}

// at returns the point of a minute, if CloudWatch has it and shows it already.
func (s *series) at(minute int64) (point, bool) {
	if minute > s.newest || minute > *s.visible || minute <= s.newest-int64(s.count) {
		return point{}, false
	}
	return s.ring[minute&int64(len(s.ring)-1)], true
}

// metric is one of a stream's metrics, as alarms see it.
type metric struct {
	series *series
	name   string
}

// At returns the value of a minute.
func (m metric) At(minute int64) (metricmath.Sample, bool) {
	p, found := m.series.at(minute)
	if !found {
		return metricmath.Sample{}, false
	}
	switch m.name {
	case "IncomingBytes":
		return metricmath.Value(p.bytes), p.busy
	case "IncomingRecords":
		return metricmath.Value(p.records), p.busy
	case "WriteProvisionedThroughputExceeded":
		return metricmath.Value(p.throttled), p.busy
	case "GetRecords.IteratorAgeMilliseconds":
		return metricmath.Value(p.age), p.polled
	}
	return metricmath.Value(p.age), p.pushed
}

// noData is a metric that nobody publishes.
type noData struct{}

// At returns nothing.
func (noData) At(int64) (metricmath.Sample, bool) { return metricmath.Sample{}, false }
