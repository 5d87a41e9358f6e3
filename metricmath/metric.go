package metricmath

// Where the data comes from: metrics of one sample a minute.

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"
)

// Sample is what a metric holds for one minute: the statistic set of the values
// that were put in it. A sample whose Count is 0 holds no value and counts as
// missing.
type Sample struct {
	Sum, Minimum, Maximum float64
	Count                 float64 // number of values
}

// Value returns the sample of a minute in which one value was put.
func Value(v float64) Sample { return Sample{Sum: v, Minimum: v, Maximum: v, Count: 1} }

// Metric gives the samples of one metric.
type Metric interface {
	// At returns the sample of a minute and reports whether there is one. A
	// minute is a number of whole minutes since 1970 UTC, see [Minute].
	At(minute int64) (Sample, bool)
}

// Metrics finds metrics.
type Metrics interface {
	// Metric returns the metric with this name. A metric that has no data yet is
	// one without samples; nil is an error of the call that asked. It is called
	// when an alarm is made or replaced, not at each evaluation.
	Metric(MetricName) Metric
}

// Samples is a [Metric] that holds its samples by minute and forgets none. Nil
// has no samples.
type Samples map[int64]Sample

// At returns the sample of a minute and reports whether there is one.
func (s Samples) At(minute int64) (Sample, bool) {
	sample, ok := s[minute]
	return sample, ok
}

// Recorded returns the samples of a metric that got one value a minute, from the
// minute of start on. NaN stands for a minute without one.
func Recorded(start time.Time, values ...float64) Samples {
	s := make(Samples, len(values))
	for i, v := range values {
		if !math.IsNaN(v) {
			s[Minute(start)+int64(i)] = Value(v)
		}
	}
	return s
}

// Minute returns the minute that t lies in.
func Minute(t time.Time) int64 { return floor(t.Unix(), 60) }

// startOf is the inverse of [Minute].
func startOf(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }

// Ring is a [Metric] that remembers a number of recent minutes. It takes
// samples in any order; a sample replaces what its minute held, and the minute
// that lies one ring length earlier or later. It is not safe for concurrent use.
type Ring struct {
	slots []ringSlot // a power of two
}

type ringSlot struct {
	minute int64
	filled bool
	sample Sample
}

// maxRing is more minutes than CloudWatch keeps of a metric, 455 days.
const maxRing = 1 << 20

// NewRing returns an empty ring that remembers at least the given number of
// minutes, but no more than about two years. [Definition.Reach] says how many an
// alarm needs.
func NewRing(minutes int) *Ring {
	return &Ring{slots: make([]ringSlot, powerOfTwo(min(minutes, maxRing)))}
}

// Put stores the sample of a minute. A zero ring remembers one minute, too few
// for any alarm: [New] refuses it.
func (r *Ring) Put(minute int64, s Sample) {
	if len(r.slots) == 0 {
		r.slots = make([]ringSlot, 1)
	}
	*r.slot(minute) = ringSlot{minute, true, s}
}

// At returns the sample of a minute and reports whether the ring holds one.
func (r *Ring) At(minute int64) (Sample, bool) {
	if len(r.slots) == 0 {
		return Sample{}, false
	}
	s := r.slot(minute)
	if !s.filled || s.minute != minute {
		return Sample{}, false
	}
	return s.sample, true
}

func (r *Ring) slot(minute int64) *ringSlot { return &r.slots[minute&int64(len(r.slots)-1)] }

// checked returns an error for a metric that would panic or forget what is asked
// of it: nil, or a ring that remembers fewer minutes than are looked at.
func checked(m Metric, minutes int) error {
	if isNil(m) {
		return errors.New("there is no such metric: got nil; a metric without data is one without samples")
	}
	if r, ok := m.(*Ring); ok && len(r.slots) < minutes {
		return fmt.Errorf("its ring remembers %s and %d are looked at; make it with NewRing", plural(len(r.slots), "minute"), minutes)
	}
	return nil
}

// isNil reports whether an interface holds nothing, or a nil pointer.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// powerOfTwo returns the smallest power of two that is at least n and 1.
func powerOfTwo(n int) int {
	size := 1
	for size < n {
		size *= 2
	}
	return size
}

// aggregate returns the point of the period that ends with the given minute and
// is minutes long. It is missing when no minute has a sample.
func aggregate(m Metric, end, minutes int64, stat Statistic) point {
	var sum Sample
	for minute := end - minutes; minute < end; minute++ {
		s, ok := m.At(minute)
		if !ok || s.Count <= 0 {
			continue
		}
		if sum.Count == 0 {
			sum = s
			continue
		}
		sum.Sum += s.Sum
		sum.Count += s.Count
		sum.Minimum = min(sum.Minimum, s.Minimum)
		sum.Maximum = max(sum.Maximum, s.Maximum)
	}
	if sum.Count == 0 {
		return point{}
	}
	switch stat {
	case Average:
		return finite(sum.Sum / sum.Count)
	case Minimum:
		return finite(sum.Minimum)
	case Maximum:
		return finite(sum.Maximum)
	case SampleCount:
		return finite(sum.Count)
	case Sum:
	}
	return finite(sum.Sum)
}
